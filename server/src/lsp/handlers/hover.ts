import { pathToFileURL } from 'node:url';
import { type Hover, MarkupKind } from 'vscode-languageserver/node';
import { recordHover } from '../../core/annotations/hover.ts';
import { RULES } from '../../core/annotations/rules/index.ts';
import type { Finding } from '../../core/annotations/types.ts';
import type { Chunk } from '../../core/records/types.ts';
import { findingsAt } from '../checked-text.ts';
import { modelResults, toRange } from '../convert.ts';
import type { Dataset } from '../dataset.ts';
import type { RequestHandler } from '../handler.ts';
import { OutputsFile } from '../outputs-file.ts';
import { hoverText } from '../outputs-view.ts';
import { hoverText as promptText } from '../prompt-view.ts';
import { touches } from '../range.ts';
import { hoverText as recipeText } from '../recipe-view.ts';

/** The record, the output, the variable or the recipe's key under the pointer, then the rules of the findings there. */
export const hover: RequestHandler<'textDocument/hover'> = async ({ textDocument, position }, session) => {
  const here = { start: position, end: position };
  const ruleLink = (rule: string) => session.rulePage(rule);
  const prompt = session.prompts.open(textDocument.uri);
  if (prompt) {
    const studied = session.prompts.studiedIn(prompt);
    const text = await promptText(prompt, position, studied, (id) => session.modelNamed(id));
    return shown(text, findingsAt(prompt, here), ruleLink);
  }
  const recipe = session.recipes.open(textDocument.uri);
  if (recipe) return shown(recipeText(recipe, position), findingsAt(recipe, here), ruleLink);
  const checked = session.datasets.open(textDocument.uri) ?? session.outputs.open(textDocument.uri);
  if (!checked) return null;
  const { document, findings } = checked;
  const index = document.chunkIndexAt(document.offsetAt(position));
  const found = findings.findings(index).filter(({ span }) => touches(toRange(document, index, span), here));
  const text =
    checked instanceof OutputsFile
      ? hoverText(checked, position, ruleLink)
      : recordText(checked, document.chunks[index] as Chunk, ruleLink);
  return shown(text, found, ruleLink);
};

function shown(
  text: string | null,
  found: readonly Finding[],
  ruleLink: (rule: string) => string,
): Hover | null {
  const rules = [...new Set(found.map(({ rule }) => rule))].map((rule) => ruleText(rule, ruleLink(rule)));
  const parts = [text ?? '', ...rules].filter((part) => part !== '');
  return parts.length === 0
    ? null
    : { contents: { kind: MarkupKind.Markdown, value: parts.join('\n\n---\n\n') } };
}

function recordText({ pipeline }: Dataset, chunk: Chunk, ruleLink: (rule: string) => string): string {
  const { source } = chunk;
  if (!source) return '';
  const image = pipeline.surroundings.image(source.record);
  const imageUri = image.state === 'ok' ? pathToFileURL(image.path).href : null;
  const results = modelResults(pipeline.results(chunk)).map((result) => ({
    ...result,
    faithfulness: pipeline.judging.faithfulness(result.prediction, result.judgement),
  }));
  return recordHover({ source, imageUri, results, ruleLink });
}

/** What the rule's page says, in short. */
function ruleText(id: string, page: string): string {
  const rule = RULES.find((candidate) => candidate.id === id);
  if (!rule) return '';
  const { what, why, fix } = rule.docs;
  return `**[${id}](${page})**: ${what}\n\n${why}\n\n*What to do:* ${fix}`;
}
