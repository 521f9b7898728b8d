/** Small datasets, images and scripted models for the server's tests. */
import type { Editor } from './harness.ts';

/** A record about the number `n`, text only, whose gold answer is B. Its lines in the file: see `lineOf`. */
export function record(n: number, change: object = {}): object {
  return {
    question: `Which of these is number ${n}?`,
    choices: [`not ${n}`, `number ${n}`],
    answer: 1,
    hint: '',
    image: null,
    task: 'closed choice',
    grade: 'grade2',
    subject: 'natural science',
    topic: n % 2 ? 'physics' : 'biology',
    category: 'Numbers',
    skill: 'numbers',
    lecture: 'Numbers differ.',
    solution: `The answer is number ${n}.`,
    split: n < 2 ? 'val' : 'test',
    ...change,
  };
}

/** A dataset of the records `r0`, `r1`, …, changed where told. */
export function dataset(count: number, change: Record<string, object> = {}): string {
  const records = Array.from({ length: count }, (_, n) => [`r${n}`, record(n, change[`r${n}`])]);
  return JSON.stringify(Object.fromEntries(records), null, 2);
}

/** A four-stage rationale that ends with the letter. */
export function rationale(letter: string, reasoning = 'The words in the choice match the question.'): string {
  return `<SUMMARY>Find the number.</SUMMARY><CAPTION>There is no picture.</CAPTION><REASONING>${reasoning}</REASONING><CONCLUSION>${letter}</CONCLUSION>`;
}

/** Writes a model that answers B everywhere, except where told otherwise, and gives its id. */
export function scriptedModel(editor: Editor, count: number, change: Record<string, object> = {}): string {
  const lines = Array.from({ length: count }, (_, n) => ({
    match: `number ${n}?`,
    output: rationale('B'),
    ...change[`r${n}`],
  }));
  return `scripted:${editor.write('model.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'))}`;
}

/** A picture of one pixel. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
