import { memo } from './memo.ts';
import type { WordNet } from './types.ts';

/** The first line of a table that this reader reads. */
export const WORDNET_HEADER = 'WordNet 3.0 synonyms, format 1';

/** Words whose synonyms are kept. */
const MOST_KNOWN = 50_000;

const PARTS_OF_SPEECH = ['noun', 'verb', 'adj', 'adv'] as const;
type PartOfSpeech = (typeof PARTS_OF_SPEECH)[number];

/** Endings and what replaces them: the rules of WordNet's `morphy`, as NLTK has them. */
const ENDINGS: Readonly<Record<PartOfSpeech, readonly (readonly [string, string])[]>> = {
  noun: [
    ['s', ''],
    ['ses', 's'],
    ['ves', 'f'],
    ['xes', 'x'],
    ['zes', 'z'],
    ['ches', 'ch'],
    ['shes', 'sh'],
    ['men', 'man'],
    ['ies', 'y'],
  ],
  verb: [
    ['s', ''],
    ['ies', 'y'],
    ['es', 'e'],
    ['es', ''],
    ['ed', 'e'],
    ['ed', ''],
    ['ing', 'e'],
    ['ing', ''],
  ],
  adj: [
    ['er', ''],
    ['est', ''],
    ['er', 'e'],
    ['est', 'e'],
  ],
  adv: [],
};

interface Lexicon {
  readonly endings: readonly (readonly [string, string])[];
  /** From a lemma in lower case to the lines of its synsets. */
  readonly synsets: Map<string, string[]>;
  /** From an irregular form to its lemmas. */
  readonly exceptions: Map<string, readonly string[]>;
}

/**
 * WordNet from the table that `scripts/wordnet-table.ts` writes. After the header each part of speech has a line
 * `# noun` with a line for each synset: its names, `^` before those that lead to the synset but are not offered
 * as synonyms; then a line `! noun` with a line for each irregular form and its lemmas. Throws one sentence when
 * the text is no such table.
 */
export function parseWordNet(table: string): WordNet {
  const lines = table.split('\n');
  if (lines[0] !== WORDNET_HEADER)
    throw new Error(`The WordNet table does not start with "${WORDNET_HEADER}": build it again.`);
  const lexicons = new Map<string, Lexicon>(
    PARTS_OF_SPEECH.map((part) => [
      part,
      { endings: ENDINGS[part], synsets: new Map(), exceptions: new Map() },
    ]),
  );
  let lexicon = lexicons.get('noun') as Lexicon;
  let isException = false;
  for (const line of lines.slice(1)) {
    if (line.startsWith('# ') || line.startsWith('! ')) {
      lexicon = lexicons.get(line.slice(2)) as Lexicon;
      isException = line.startsWith('!');
    } else if (isException) {
      const [form, ...lemmas] = line.split(' ');
      lexicon.exceptions.set(form as string, lemmas);
    } else {
      for (const name of line.split(' ')) {
        const lemma = name.startsWith('^') ? name.slice(1) : name;
        const known = lexicon.synsets.get(lemma);
        if (known) known.push(line);
        else lexicon.synsets.set(lemma, [line]);
      }
    }
  }
  const all = [...lexicons.values()];
  return { synonyms: memo(MOST_KNOWN, (word) => [...new Set(all.flatMap((one) => namesOf(word, one)))]) };
}

/** The names of every synset of a word in one part of speech. */
function namesOf(word: string, lexicon: Lexicon): string[] {
  const forms = [word, ...baseForms(word, lexicon)];
  const lines = forms.flatMap((form) => lexicon.synsets.get(form) ?? []);
  return lines.flatMap((line) => line.split(' ').filter((name) => !name.startsWith('^')));
}

/** What an irregular form stands for; else the word with each ending replaced. */
function baseForms(word: string, { endings, exceptions }: Lexicon): readonly string[] {
  return (
    exceptions.get(word) ??
    endings
      .filter(([ending]) => word.endsWith(ending))
      .map(([ending, replacement]) => word.slice(0, word.length - ending.length) + replacement)
  );
}
