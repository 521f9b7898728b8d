/** Ways of asking for a format, and what an answer that is held to one is. */
import assert from 'node:assert/strict';
import { readAnswer } from '../../server/src/core/judgements/reader.ts';
import type { Asking } from '../../server/src/core/prompts/compose.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';

const CHOICES = ['attract', 'repel', 'do nothing', 'melt'];

export const ASKINGS: readonly Asking[] = [
  { strategy: null, format: 'stages', order: 'answer-last' },
  { strategy: 'chain-of-thought', format: 'stages', order: 'answer-first' },
  { strategy: null, format: 'json', order: 'answer-last' },
  { strategy: 'svrd-stages', format: 'json', order: 'answer-last' },
  { strategy: null, format: 'letter', order: 'answer-last' },
  { strategy: 'short', format: 'letter', order: 'answer-last' },
];

/** The output is what its format's own parser takes, and the answer that is read from it is a choice. */
export function assertReads(output: string, { format, strategy }: Asking, choices: number): void {
  const rationale = parseRationale(output);
  const letters = 'ABCD'.slice(0, choices);
  switch (format) {
    case 'stages':
      assert.match(output.trim(), /^<[\s\S]*<\/(?:CONCLUSION|REASONING)>$/);
      for (const { closeTag, text } of rationale.stages) assert.ok(closeTag && text !== '', output);
      assert.ok(letters.includes(rationale.byName.conclusion?.text ?? '?'), output);
      break;
    case 'json':
      assert.ok(letters.includes(JSON.parse(output).answer), output);
      break;
    case 'letter':
      assert.match(output, new RegExp(strategy === null ? `^\\s?[${letters}]$` : `\nAnswer: [${letters}]$`));
      return;
  }
  assert.notEqual(readAnswer(output, rationale, CHOICES.slice(0, choices)).choice, null, output);
}
