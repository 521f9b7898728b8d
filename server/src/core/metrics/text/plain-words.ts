import { numberOf, translated } from './numbering.ts';
import { perPair, perText } from './per-text.ts';
import { splitWords } from './python-text.ts';

/** A text as the ScienceQA evaluation takes it apart: at full stops, then at white space, case kept. */
export interface PlainWords {
  /** The words of each sentence, by number; none for a sentence of white space. */
  readonly sentences: readonly Int32Array[];
  /** Of all sentences together. */
  readonly length: number;
  readonly ids: ReadonlyMap<string, number>;
}

/** A text's words. */
export const plainWords = perText((text): PlainWords => {
  const ids = new Map<string, number>();
  const sentences: Int32Array[] = [];
  let length = 0;
  for (const part of text.split('.')) {
    if (part === '') continue;
    const words = splitWords(part);
    const numbers = new Int32Array(words.length);
    for (let at = 0; at < words.length; at++) numbers[at] = numberOf(words[at] as string, ids);
    sentences.push(numbers);
    length += numbers.length;
  }
  return { sentences, length, ids };
});

/** The sentences of a candidate by the numbers of the reference's words; `UNKNOWN` for those that it lacks. */
export const translatedSentences = perPair((candidate, reference): readonly Int32Array[] => {
  const { sentences, ids } = plainWords(candidate);
  const translation = translated(ids, plainWords(reference).ids);
  return sentences.map((sentence) => sentence.map((id) => translation[id] as number));
});
