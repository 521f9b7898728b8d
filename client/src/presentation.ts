import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

/** A Markdown link to a rule's page, as the server writes it into hovers. */
const PAGE_LINK = /\]\(file:[^)\s]*\/docs\/rules\/([a-z-]+)\.md\)/g;
/** A record's image, as the server begins its hover. */
const IMAGE = /^!\[\]\(([^)\s"|]+)\|width=\d+\)\s*/;
/** Pixels. A hover is about 500 wide and 250 high, and question, choices and answers are to be seen at once. */
const IMAGE_WIDTH = 130;

/**
 * What the server sends, as VS Code shows it best. The server writes for any editor: a rule's link leads to
 * its page as a file, and a record's image stands above its text. Here a click opens the page rendered, and
 * the image stands beside the text.
 */
export const presentation: Middleware = {
  async provideDiagnostics(document, previousResultId, token, next) {
    const report = await next(document, previousResultId, token);
    if (report && 'items' in report) relink(report.items);
    return report;
  },
  handleDiagnostics(uri, diagnostics, next) {
    relink(diagnostics);
    next(uri, diagnostics);
  },
  async provideHover(document, position, token, next) {
    const hover = await next(document, position, token);
    for (const content of hover?.contents ?? []) {
      if (content instanceof vscode.MarkdownString) content.value = arranged(content.value);
    }
    return hover;
  },
};

function relink(diagnostics: readonly vscode.Diagnostic[]): void {
  for (const { code } of diagnostics) {
    if (typeof code === 'object') code.target = vscode.Uri.parse(pageCommand(String(code.value)));
  }
}

function arranged(markdown: string): string {
  return (
    markdown
      .replace(PAGE_LINK, (_, rule: string) => `](${pageCommand(rule)})`)
      // The empty link: a remote window finds the file of an HTML image only if Markdown names it as well.
      .replace(IMAGE, `<img src="$1" align="right" width="${IMAGE_WIDTH}">[]($1)\n\n`)
  );
}

function pageCommand(rule: string): string {
  return `command:rationale.openRulePage?${encodeURIComponent(JSON.stringify([rule]))}`;
}
