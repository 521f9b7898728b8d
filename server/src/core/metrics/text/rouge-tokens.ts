import { memo } from './memo.ts';
import { numberWords, translated } from './numbering.ts';
import { perPair, perText } from './per-text.ts';
import { porterStem } from './porter.ts';

/** Words whose stems are kept. */
const MOST_KNOWN = 50_000;
const stem = memo(MOST_KNOWN, porterStem);

/** The tokens of rouge-score's default tokenizer (runs of a–z and 0–9 in the lower-cased text), as numbers. */
const plain = tokenizer(tokensOf);
/** The same with `use_stemmer=True`: tokens of more than three characters are stemmed. */
const stemmed = tokenizer((text) => tokensOf(text).map((token) => (token.length > 3 ? stem(token) : token)));

/** Whether tokens are stemmed. */
export type RougeTokens = 'plain' | 'stem';

/** A candidate's tokens by the numbers of the reference's, and the reference's. */
export function rougeTokens(kind: RougeTokens): typeof plain {
  return kind === 'stem' ? stemmed : plain;
}

/** The setting of rouge-score for a kind of tokens. */
export function rougeSetting(kind: RougeTokens): string {
  return `use_stemmer=${kind === 'stem' ? 'True' : 'False'}`;
}

/** The harmonic mean of precision and recall; 0 where both are. */
export function fMeasure(precision: number, recall: number): number {
  return precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0;
}

function tokenizer(tokenize: (text: string) => readonly string[]) {
  const numbered = perText((text) => numberWords(tokenize(text)));
  const candidate = perPair((own, other) => {
    const { numbers, ids } = numbered(own);
    const translation = translated(ids, numbered(other).ids);
    return numbers.map((id) => translation[id] as number);
  });
  return { candidate, reference: numbered };
}

function tokensOf(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}
