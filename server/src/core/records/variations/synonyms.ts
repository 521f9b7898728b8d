import type { Variation } from './variation.ts';

/** Words of questions and others that mean the same wherever they stand in one. */
const SYNONYMS: Readonly<Record<string, string>> = {
  picture: 'image',
  image: 'picture',
  diagram: 'drawing',
  shown: 'displayed',
  shows: 'displays',
  show: 'display',
  below: 'underneath',
  biggest: 'largest',
  largest: 'biggest',
  bigger: 'larger',
  larger: 'bigger',
  select: 'choose',
  choose: 'select',
  pick: 'select',
  identify: 'name',
  begin: 'start',
  begins: 'starts',
  child: 'kid',
  children: 'kids',
  quickly: 'fast',
  often: 'frequently',
  usually: 'normally',
  needs: 'requires',
  need: 'require',
  purchase: 'buy',
  buy: 'purchase',
  approximately: 'about',
  located: 'situated',
  farthest: 'furthest',
  happens: 'occurs',
  colour: 'color',
  color: 'colour',
};
const WORD = /[A-Za-z]+/g;

/** Words of the question are exchanged for others of the same meaning, where choices and context do not hold them. */
export const synonyms: Variation = {
  id: 'synonyms',
  what: 'words exchanged for others of the same meaning',
  vary(record) {
    // A word that the choices or the context hold as well is a term that has to be met again.
    const others = new Set([record.hint, ...record.choices].join(' ').toLowerCase().match(WORD));
    const question = record.question.replace(WORD, (word) => {
      const plain = word.toLowerCase();
      const other = Object.hasOwn(SYNONYMS, plain) && !others.has(plain) ? SYNONYMS[plain] : undefined;
      return other === undefined ? word : likeCase(word, other);
    });
    return question === record.question ? null : { record: { ...record, question } };
  },
};

function likeCase(word: string, other: string): string {
  const isCapital = word.charAt(0) !== word.charAt(0).toLowerCase();
  return isCapital ? other.charAt(0).toUpperCase() + other.slice(1) : other;
}
