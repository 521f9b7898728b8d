import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { textMetrics } from '../../server/src/core/metrics/text/index.ts';
import { metricText } from '../../server/src/core/metrics/text/per-text.ts';
import { porterStem } from '../../server/src/core/metrics/text/porter.ts';
import { punktSentences } from '../../server/src/core/metrics/text/punkt.ts';
import { treebankTokens } from '../../server/src/core/metrics/text/treebank.ts';
import { parseWordNet, WORDNET_HEADER } from '../../server/src/core/metrics/text/wordnet.ts';
import { readWordNetTable } from '../../server/src/files/wordnet.ts';
import { thorough } from './thoroughness.ts';

const CASES = new URL('../cases/', import.meta.url);

interface Golden {
  readonly candidate: string;
  readonly reference: string;
  readonly scores: Readonly<Record<string, number>>;
}

interface Words {
  readonly sentences: readonly [string, string[]][];
  readonly tokens: readonly [string, string[]][];
  readonly stems: Readonly<Record<string, string>>;
  readonly synonyms: Readonly<Record<string, string[]>>;
}

const goldens = readFileSync(new URL('text-metrics-golden.jsonl', CASES), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Golden);
const words: Words = JSON.parse(readFileSync(new URL('text-metrics-words.json', CASES), 'utf8'));
const wordNet = parseWordNet(readWordNetTable());
const metrics = textMetrics(wordNet);

describe('Text metrics', () => {
  for (const { id, implementation, range, score } of metrics) {
    it(`${id} equals ${implementation}`, () => {
      let high = 0;
      for (const { candidate, reference, scores } of goldens) {
        const value = score(metricText(candidate), metricText(reference));
        assert.ok(
          Math.abs(value - (scores[id] as number)) <= 1e-9,
          `${value} for ${JSON.stringify({ candidate, reference })}, not ${scores[id]}`,
        );
        if (value > range[1] / 2) high++;
      }
      assert.ok(high > 0, 'no golden pair is alike');
    });
  }

  it('have a golden score for each id and no other', () => {
    const ids = metrics.map(({ id }) => id).sort();
    for (const { scores } of goldens) assert.deepEqual(Object.keys(scores).sort(), ids);
  });

  it('give an empty candidate the lowest value', () => {
    for (const { id, range, score } of metrics)
      assert.equal(score(metricText(''), metricText('some reference')), range[0], id);
  });

  it('stay in their range for any two strings, and never throw', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({
        unit: fc.constantFrom('a', 'b', ' ', '.', "'", '"', '!', '\n', '\ud800', 'é'),
        maxLength: 60,
      }),
    );
    fc.assert(
      fc.property(text, text, (candidate, reference) => {
        for (const { id, range, score } of metrics) {
          const value = score(metricText(candidate), metricText(reference));
          assert.ok(value >= range[0] && value <= range[1] + 1e-9, `${id}: ${value}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('take texts of hundreds of thousands of characters in a moment', () => {
    const times = thorough(50_000, 10_000);
    const spaces = `a.${' '.repeat(4 * times)}b`;
    const long = 'magnets attract each other. '.repeat(times / 10);
    const unbroken = '.!?\'"('.repeat(times);
    for (const text of [spaces, long, unbroken])
      for (const other of [long, 'Do magnets attract each other?'])
        for (const { score } of metrics) score(metricText(text), metricText(other));
  });
});

describe('The parts of METEOR', () => {
  it('divide a text into sentences as Punkt does with the same parameters', () => {
    for (const [text, sentences] of words.sentences) assert.deepEqual(punktSentences(text), sentences);
  });

  it('divide a sentence into tokens as NLTK does', () => {
    for (const [text, tokens] of words.tokens) assert.deepEqual(treebankTokens(text), tokens);
  });

  it('stem a word as the Porter stemmer of NLTK does', () => {
    for (const [word, stem] of Object.entries(words.stems)) assert.equal(porterStem(word), stem, word);
  });

  it('know the synonyms that NLTK finds in WordNet 3.0, irregular forms included', () => {
    assert.ok(wordNet.synonyms('mice').includes('mouse'));
    for (const [word, names] of Object.entries(words.synonyms))
      assert.deepEqual([...wordNet.synonyms(word)].sort(), names, word);
  });

  it('refuse a table of another format', () => {
    assert.throws(() => parseWordNet('WordNet 2.0'), new RegExp(WORDNET_HEADER));
  });
});
