/** Data as Markdown: whatever a record or a model writes shows as those characters. */

/** Every mark that begins Markdown, HTML or an automatic link. */
const SPECIAL = /[\\`*_{}[\]<>#|~&@]|(?<=https?):|(?<=\bwww)\.|(?<=^\s*)(?:[-+=]|\d+(?=[.)]))/gim;

/** The text on one line, safe in a paragraph, a list item or a table cell. */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(SPECIAL, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`));
}

/** An image of the given width in pixels, as VS Code's Markdown writes sizes. */
export function imageMarkdown(uri: string, width: number): string {
  const safe = uri.replace(/[\s()<>|"\\]/g, (c) =>
    encodeURIComponent(c).replace('(', '%28').replace(')', '%29'),
  );
  return `![](${safe}|width=${width})`;
}
