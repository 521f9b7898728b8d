/** A ScienceQA `problems.json` of the published size, made up from a seed: 21,208 records, 34.7 MB, indented by 4. */

const RECORDS = 21_208;
const BYTES = 34_700_000;
const WORDS =
  'the of a to and in is magnet force surface volume planet food web organism matter energy solution particle state rock mineral climate region map colony trade poem sentence noun verb adverb heat light sound wave café naïve'.split(
    ' ',
  );

/** A small generator of equal pseudo-random numbers everywhere (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The text, and the number of record findings its planted faults make (one record in ten has no lecture). */
export function syntheticProblems(): string {
  const next = random(7);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  const words = (n: number) => Array.from({ length: n }, () => pick(WORDS)).join(' ');
  const sentences = (length: number) => {
    let text = '';
    while (text.length < length) text += `${text ? pick([' ', '\n']) : ''}${words(12)}.`;
    return text;
  };
  const records: Record<string, unknown> = {};
  for (let id = 1; id <= RECORDS; id++) {
    const choices = Array.from({ length: 2 + Math.floor(next() * 3) }, (_, i) => `${words(3)} ${i}`);
    const answer = Math.floor(next() * choices.length);
    records[id] = {
      question: `${words(12)}?`,
      choices,
      answer: id % 500 === 0 ? choices.length : answer,
      hint: next() < 0.5 ? sentences(120) : '',
      image: next() < 0.49 ? 'image.png' : null,
      task: 'closed choice',
      grade: `grade${1 + Math.floor(next() * 12)}`,
      subject: pick(['natural science', 'language science', 'social science']),
      topic: pick(['physics', 'biology', 'geography', 'figurative-language']),
      category: words(2),
      skill: words(5),
      lecture: id % 10 === 0 ? '' : sentences(680),
      solution: `${sentences(230)} So, ${choices[answer]} it is.`,
      split: pick(['train', 'train', 'train', 'val', 'test']),
    };
  }
  const text = JSON.stringify(records, null, 4);
  if (Math.abs(text.length / BYTES - 1) > 0.05)
    throw new Error(`The synthetic file has ${text.length} characters.`);
  return text;
}
