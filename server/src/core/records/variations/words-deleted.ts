import { draws } from './draws.ts';
import type { Variation } from './variation.ts';

/** The share of words that goes, at least one (the deletions of "Small edits, big consequences"). */
const SHARE = 0.1;
/** Words that a question can lose without asking something else. */
const LOSABLE = new Set(
  'a an the of to in on at is are was were be been this that these those it its you your do does did will would can could there here below above following shown picture image with for from by and as'.split(
    ' ',
  ),
);

/** One word in ten of the question and its context is left out, of those that carry no meaning of their own. */
export const wordsDeleted: Variation = {
  id: 'words-deleted',
  what: 'one word in ten left out, of those without meaning of their own',
  vary(record) {
    const [question, hint] = [record.question, record.hint].map((text, i) =>
      without(text, record.id, String(i)),
    );
    if (question === record.question && hint === record.hint) return null;
    return { record: { ...record, question: question as string, hint: hint as string } };
  },
};

function without(text: string, id: string, field: string): string {
  const words = text.split(/(?<=\s)(?=\S)/);
  const losable = words.flatMap((word, index) => (LOSABLE.has(word.trim().toLowerCase()) ? [index] : []));
  const most = Math.min(losable.length, Math.max(1, Math.round(words.length * SHARE)));
  const drawn = draws(id, 'words-deleted', field);
  const gone = new Set(
    losable
      .map((index) => ({ index, draw: drawn.next().value }))
      .sort((a, b) => a.draw - b.draw)
      .slice(0, most)
      .map(({ index }) => index),
  );
  return words.filter((_word, index) => !gone.has(index)).join('');
}
