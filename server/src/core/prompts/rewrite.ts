import { isMap, parseDocument } from 'yaml';
import { OWN } from './front-matter-keys.ts';
import type { Order, OutputFormat, Setting } from './types.ts';

/** What of a prompt file's own front matter is to be another. */
export interface Rewrite {
  readonly setting?: Setting;
  readonly format?: OutputFormat;
  /** Null: none, the template alone. */
  readonly strategy?: string | null;
  readonly order?: Order | null;
  readonly models?: readonly string[];
}

const FRONT_MATTER = /^(\uFEFF?---[ \t]*\r?\n)((?:.*\r?\n)*?)(---[ \t]*(?:\r?\n|$))/;

/**
 * The text of a prompt file that can be used, with other values under `metadata.rationale`; comments and everything
 * else stay.
 */
export function rewritePrompt(text: string, rewrite: Rewrite): string {
  const match = FRONT_MATTER.exec(text);
  if (!match) return text;
  const [whole, opening = '', yaml = '', closing = ''] = match;
  const document = parseDocument(yaml);
  for (const [key, value] of Object.entries(rewrite)) {
    const path = [...OWN, key];
    if (value !== null && value !== undefined) document.setIn(path, value);
    else if (isMap(document.getIn(OWN))) document.deleteIn(path);
  }
  return opening + document.toString({ lineWidth: 0 }) + closing + text.slice(whole.length);
}
