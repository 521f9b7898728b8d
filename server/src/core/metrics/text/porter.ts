/**
 * The Porter stemmer (Porter, 1980, "An algorithm for suffix stripping", Program 14.3) with NLTK's extensions:
 * `PorterStemmer().stem` of NLTK 3.10.4 for words in lower case.
 */
const IRREGULAR = new Map(
  Object.entries({
    sky: 'sky',
    skies: 'sky',
    dying: 'die',
    lying: 'lie',
    tying: 'tie',
    news: 'news',
    innings: 'inning',
    inning: 'inning',
    outings: 'outing',
    outing: 'outing',
    cannings: 'canning',
    canning: 'canning',
    howe: 'howe',
    proceed: 'proceed',
    exceed: 'exceed',
    succeed: 'succeed',
  }),
);

type Rule = readonly [suffix: string, replacement: string, condition?: (stem: string) => boolean];

const STEP_1A: readonly Rule[] = [
  ['sses', 'ss'],
  ['ies', 'i'],
  ['ss', 'ss'],
  ['s', ''],
];
const STEP_2 = conditional(hasMeasure, {
  ational: 'ate',
  tional: 'tion',
  enci: 'ence',
  anci: 'ance',
  izer: 'ize',
  bli: 'ble',
  alli: 'al',
  entli: 'ent',
  eli: 'e',
  ousli: 'ous',
  ization: 'ize',
  ation: 'ate',
  ator: 'ate',
  alism: 'al',
  iveness: 'ive',
  fulness: 'ful',
  ousness: 'ous',
  aliti: 'al',
  iviti: 'ive',
  biliti: 'ble',
  fulli: 'ful',
  // The l belongs to the stem here, so that short ones (geo, theo) work like archaeo.
}).concat([['logi', 'log', (stem) => hasMeasure(`${stem}l`)]]);
const STEP_3 = conditional(hasMeasure, {
  icate: 'ic',
  ative: '',
  alize: 'al',
  iciti: 'ic',
  ical: 'ic',
  ful: '',
  ness: '',
});
const STEP_4 = [
  ...plainSuffixes('al ance ence er ic able ible ant ement ment ent'),
  ['ion', '', (stem: string) => measure(stem) > 1 && /[st]$/.test(stem)] as Rule,
  ...plainSuffixes('ou ism ate iti ous ive ize'),
];

/** The stem of a word in lower case. */
export function porterStem(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  const astral = word.match(/[\u{10000}-\u{10ffff}]/gu);
  if (astral) return stemAstral(word, astral);
  if (word.length <= 2) return word;
  const step1 = step1c(step1b(step1a(word)));
  const step3 = applyFirst(step2(step1), STEP_3);
  return step5b(step5a(applyFirst(step3, STEP_4)));
}

/** Python counts characters: each one that takes two units here is stemmed as one private character. */
function stemAstral(word: string, astral: readonly string[]): string {
  const distinct = [...new Set(astral)];
  const stand = (character: string) => String.fromCharCode(0xe000 + (distinct.indexOf(character) % 0x1900));
  const stem = porterStem(word.replace(/[\u{10000}-\u{10ffff}]/gu, stand));
  return stem.replace(/[\ue000-\uf8ff]/g, (unit) => distinct[unit.charCodeAt(0) - 0xe000] ?? unit);
}

function step1a(word: string): string {
  return word.length === 4 && word.endsWith('ies') ? word.slice(0, -1) : applyFirst(word, STEP_1A);
}

function step1b(word: string): string {
  if (word.endsWith('ied')) return word.slice(0, word.length === 4 ? -1 : -2);
  if (word.endsWith('eed')) return hasMeasure(word.slice(0, -3)) ? word.slice(0, -1) : word;
  for (const suffix of ['ed', 'ing']) {
    const stem = word.slice(0, -suffix.length);
    if (word.endsWith(suffix) && /v/.test(shape(stem))) return repairStem(stem);
  }
  return word;
}

/** What is left after -ed or -ing, made a word again. */
function repairStem(stem: string): string {
  if (/(?:at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsInDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsInShortSyllable(stem) ? `${stem}e` : stem;
}

function step1c(word: string): string {
  const stem = word.slice(0, -1);
  return word.endsWith('y') && stem.length > 1 && shape(stem).endsWith('c') ? `${stem}i` : word;
}

function step2(word: string): string {
  if (word.endsWith('alli') && hasMeasure(word.slice(0, -4))) return step2(word.slice(0, -2));
  return applyFirst(word, STEP_2);
}

function step5a(word: string): string {
  if (!word.endsWith('e')) return word;
  const stem = word.slice(0, -1);
  const m = measure(stem);
  return m > 1 || (m === 1 && !endsInShortSyllable(stem)) ? stem : word;
}

function step5b(word: string): string {
  const stem = word.slice(0, -1);
  return word.endsWith('ll') && measure(stem) > 1 ? stem : word;
}

/** Only the first rule whose suffix fits is tried, whether or not its condition holds. */
function applyFirst(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (!rule) return word;
  const [suffix, replacement, condition] = rule;
  const stem = word.slice(0, word.length - suffix.length);
  return condition === undefined || condition(stem) ? stem + replacement : word;
}

/** A `c` for each consonant and a `v` for each vowel; y is a vowel after a consonant. */
function shape(word: string): string {
  let shape = '';
  let last = 'v';
  for (const character of word) {
    const isVowel = 'aeiou'.includes(character) || (character === 'y' && last === 'c');
    last = isVowel ? 'v' : 'c';
    shape += last;
  }
  return shape;
}

/** How often a consonant follows a vowel: m of the paper. */
function measure(stem: string): number {
  return shape(stem).match(/vc/g)?.length ?? 0;
}

function hasMeasure(stem: string): boolean {
  return measure(stem) > 0;
}

function endsInDoubleConsonant(word: string): boolean {
  return word.length > 1 && word.at(-1) === word.at(-2) && shape(word).endsWith('c');
}

/** *o of the paper, and NLTK's addition of words of a vowel and a consonant. */
function endsInShortSyllable(word: string): boolean {
  const form = shape(word);
  return (form.endsWith('cvc') && !/[wxy]$/.test(word)) || form === 'vc';
}

function conditional(condition: (stem: string) => boolean, rules: Record<string, string>): Rule[] {
  return Object.entries(rules).map(([suffix, replacement]) => [suffix, replacement, condition]);
}

function plainSuffixes(suffixes: string): Rule[] {
  return suffixes.split(' ').map((suffix) => [suffix, '', (stem: string) => measure(stem) > 1]);
}
