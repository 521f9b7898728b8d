import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { RecordChecks } from '../../server/src/core/pipeline/records.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { type Likeness, SimilarRecords } from '../../server/src/core/records/similar.ts';
import { SimilarIndex } from '../../server/src/core/records/similar-index.ts';
import { BANDS, comparedText, jaccard, shinglesOf } from '../../server/src/core/records/similar-text.ts';
import type { DatasetRecord, ImageFacts } from '../../server/src/core/records/types.ts';

const scienceqa = join(import.meta.dirname, '../../../shared/scienceqa/val.json');
const NO_LIMIT = () => true;

/** An image for each name: `a1` and `b1` are as large as each other, and `c1` shows the same as `a1`. */
function image({ image: name }: DatasetRecord): ImageFacts {
  if (name === null) return { state: 'none' };
  const digest = name === 'c1' ? 'a1' : name;
  return { state: 'ok', path: name, width: 96, height: 96, bytes: Number(name.slice(1)), digest };
}

function compared(document: DatasetDocument): SimilarRecords {
  const records = new SimilarRecords({ image, split: (record) => record.split });
  records.update(document.chunks, NO_LIMIT);
  return records;
}

const inWords = (likeness: Likeness) =>
  [likeness.earlier, likeness.elsewhere].map(
    (found) => found && [found.source.record.id, found.split, found.similarity, found.sameAnswer],
  );

/** What is known of each record, by chunk. */
const knownOf = (document: DatasetDocument, records: SimilarRecords) =>
  document.chunks.map((chunk) => inWords(records.of(chunk)));

describe('The words of a record', () => {
  it('are the same however they are written', () => {
    const same = ['The dog, 2 cats.', ' the DOG  2 cats', 'The ｄｏｇ — 2 cats…'];
    assert.deepEqual(new Set(same.map((text) => shinglesOf([text]).join())).size, 1);
    assert.notDeepEqual(shinglesOf(['The cats 2 dog']), shinglesOf(['The dog 2 cats']));
    assert.notDeepEqual(shinglesOf(['2 + 3']), shinglesOf(['2 - 3']));
    assert.equal(shinglesOf(['?! …', '']).length, 0);
  });

  it('are hashed alike on the quick way for ASCII and on the way for all texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        assert.deepEqual(shinglesOf([text]), shinglesOf([`${text}\u00a0`]));
      }),
    );
  });

  it('count by the share that two texts have in common', () => {
    const of = (...hashes: number[]) => Uint32Array.from(hashes);
    assert.equal(jaccard(of(1, 2, 3, 4), of(2, 3, 4, 5)), 3 / 5);
    assert.equal(jaccard(of(1, 2), of(3)), 0);
    assert.equal(jaccard(of(), of()), 1);
  });

  it('are found in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string()), (text, choices) => {
        const record = { question: text, hint: text, choices } as unknown as DatasetRecord;
        const { shingles } = comparedText(record);
        assert.ok(shingles.every((hash, i) => i === 0 || hash > (shingles[i - 1] as number)));
      }),
    );
  });
});

const word = fc.constantFrom('magnet', 'iron', 'north', 'pole', 'pulls', 'wood', '20', '30');
const line = fc
  .record({
    id: fc.integer({ min: 1, max: 12 }),
    // Long beginnings in common, so that many are alike.
    question: fc
      .tuple(fc.constantFrom('a b c d e f g h i j k l m n', 'a b c d e f g h i j k l m o'), word)
      .map((words) => words.join(' ')),
    choices: fc.constantFrom(['yes', 'no'], ['no', 'yes'], ['yes', 'never']),
    answer: fc.constantFrom(0, 1, null),
    image: fc.constantFrom(null, 'a1', 'b1', 'c1', 'a2'),
    split: fc.constantFrom('train', 'val', 'test', null),
  })
  .map((record) => JSON.stringify(record));
const edit = fc.record({
  at: fc.nat(),
  removed: fc.integer({ min: 0, max: 2 }),
  added: fc.array(fc.oneof(line, fc.constant('{"id": 1, "question": "broken'), fc.constant('')), {
    maxLength: 3,
  }),
});

describe('The index of texts', () => {
  it('passes over what very many texts share, and says for whom that begins and ends', () => {
    const shingles = Uint32Array.of(1, 2, 3);
    const texts = Array.from({ length: 258 }, (_, i) => ({
      exact: String(i),
      numbers: '',
      shingles,
      // One band that all have in common.
      bands: Uint32Array.from({ length: BANDS }, (_band, band) => (band === 5 ? 7 : i)),
    }));
    const [first, second] = texts as [(typeof texts)[0], (typeof texts)[0]];
    const index = new SimilarIndex<(typeof texts)[0]>();
    const told = texts.map((text) => index.add(text).length);
    assert.deepEqual(told.slice(254), [0, 0, 257, 0]);
    assert.equal([...index.near(first)].length, 0);
    assert.equal(index.remove(texts[100] as typeof first).length, 0);
    assert.equal([...index.near(first)].length, 0);
    assert.equal(index.remove(second).length, 256);
    assert.equal([...index.near(first)].length, 255);
    assert.equal(index.remove(texts[2] as typeof first).length, 0);
  });
});

describe('Records that are alike', () => {
  it('are the same ones whatever edits led to the dataset, and every change is told', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), fc.array(edit, { maxLength: 6 }), (lines, edits) => {
        const document = DatasetDocument.create(lines.join('\n'));
        const records = compared(document);
        for (const { at, removed, added } of edits) {
          const before = new Map(document.chunks.map((chunk) => [chunk, inWords(records.of(chunk))]));
          const first = at % document.lineCount;
          const range = {
            start: { line: first, character: 0 },
            end: { line: first + removed, character: 0 },
          };
          document.edit({ range, text: added.map((text) => `${text}\n`).join('') });
          const { changed } = records.update(document.chunks, NO_LIMIT);
          assert.deepEqual(knownOf(document, records), knownOf(document, compared(document)));
          for (const chunk of document.chunks) {
            const known = before.get(chunk);
            if (!known || changed.includes(chunk)) continue;
            assert.deepEqual(inWords(records.of(chunk)), known);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are the same ones when they are compared bit by bit, with edits between', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 2, maxLength: 14 }),
        edit,
        fc.nat(20),
        (lines, change, steps) => {
          const document = DatasetDocument.create(lines.join('\n'));
          const records = new SimilarRecords({ image, split: (record) => record.split });
          let left = steps;
          records.update(document.chunks, () => left-- > 0);
          const at = { line: change.at % document.lineCount, character: 0 };
          document.edit({
            range: { start: at, end: at },
            text: change.added.map((text) => `${text}\n`).join(''),
          });
          while (!records.update(document.chunks, () => left++ % 3 === 0).done);
          assert.deepEqual(knownOf(document, records), knownOf(document, compared(document)));
        },
      ),
    );
  });

  it('are not all that begin with one long instruction, and are found again when few enough do', () => {
    const instruction = Array.from(
      { length: 40 },
      (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`,
    ).join(' ');
    const name = (i: number) => String.fromCharCode(97 + Math.floor(i / 26), 97 + (i % 26));
    const lines = Array.from({ length: 600 }, (_, i) =>
      JSON.stringify({ id: i, question: `${instruction} ${name(i)}`, choices: ['yes', 'no'], answer: 0 }),
    );
    const document = DatasetDocument.create(lines.join('\n'));
    const records = compared(document);
    const alike = () => document.chunks.filter((chunk) => records.of(chunk).earlier).length;
    const atFirst = alike();
    assert.ok(atFirst < 60, `${atFirst} of 600 records with the same instruction`);
    const range = { start: { line: 0, character: 0 }, end: { line: 500, character: 0 } };
    document.edit({ range, text: '' });
    records.update(document.chunks, NO_LIMIT);
    assert.equal(alike(), 99);
  });

  it('keep their order however often lines are put in at one place', () => {
    const asking = (id: number, what: string) =>
      `{"id": ${id}, "question": "Which ${what}?", "choices": ["oak", "iron"], "answer": 1}\n`;
    const document = DatasetDocument.create(
      asking(1, 'floats') + asking(2, 'sinks') + asking(3, 'is a metal'),
    );
    const records = compared(document);
    const at = { line: 2, character: 0 };
    for (let id = 4; id < 90; id++) {
      document.edit({ range: { start: at, end: at }, text: asking(id, 'is a metal') });
      records.update(document.chunks, NO_LIMIT);
    }
    const earlier = document.chunks.map((chunk) => records.of(chunk).earlier?.source.record.id);
    assert.deepEqual(earlier.slice(0, 3), [undefined, undefined, undefined]);
    assert.deepEqual(new Set(earlier.slice(3, 89)), new Set(['89']));
    assert.deepEqual(knownOf(document, records), knownOf(document, compared(document)));
  });

  it('are all found in ScienceQA that a comparison of every record with every other finds', function () {
    if (!existsSync(scienceqa)) this.skip();
    const document = DatasetDocument.create(readFileSync(scienceqa, 'utf8'));
    const records = compared(document);
    const texts = document.chunks.flatMap((chunk) => {
      const record = chunk.source?.record;
      if (!record || record.image) return [];
      return { chunk, answer: record.choices[record.answer ?? -1], ...comparedText(record) };
    });
    let found = 0;
    for (const [i, text] of texts.entries()) {
      const best = Math.max(
        0,
        ...texts
          .slice(0, i)
          // A gold answer of other words is for the rule to weigh; here only what leaves no doubt is demanded.
          .filter((other) => other.numbers === text.numbers && other.answer === text.answer)
          .map((other) => jaccard(text.shingles, other.shingles)),
      );
      if (best < 0.8) continue;
      found++;
      assert.ok(
        (records.of(text.chunk).earlier?.similarity ?? 0) >= best,
        document.chunks.indexOf(text.chunk).toString(),
      );
    }
    assert.ok(found > 50, `${found}`);
  }).timeout(20_000);
});

describe('The checks of a dataset', () => {
  const none = { path: '/problems.json', image: () => ({ state: 'none' }) as const };
  const metal = '"question": "Which of these is a metal?", "choices": ["oak", "iron"], "answer": 1';
  const floats = '"question": "Which of these floats?", "choices": ["oak", "iron"], "answer": 0';
  const off = { 'empty-lecture': 'off', 'empty-solution': 'off' } as const;
  const rulesFound = (checks: RecordChecks, document: DatasetDocument) =>
    document.chunks.flatMap((chunk) =>
      checks.check(chunk).map(({ rule, recordId }) => `${recordId} ${rule}`),
    );

  it('say what an edit of one record makes true of another', () => {
    const document = DatasetDocument.create(
      `{"id": 7, ${metal}}\n{"id": 8, ${metal}}\n{"id": 9, ${floats}}\n`,
    );
    const checks = new RecordChecks(document, { ...none, splits: null, rules: off });
    assert.deepEqual(rulesFound(checks, document), [], 'before they are compared');
    checks.compare(NO_LIMIT);
    assert.deepEqual(rulesFound(checks, document), ['8 near-duplicate']);
    const first = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
    document.edit({ range: first, text: `{"id": 7, ${floats}}\n` });
    const { changed } = checks.compare(NO_LIMIT);
    assert.deepEqual(rulesFound(checks, document), ['9 near-duplicate']);
    assert.deepEqual(new Set(changed.map(({ source }) => source?.record.id)), new Set(['8', '9']));
  });

  it('do not compare records for rules that are off', () => {
    const document = DatasetDocument.create(`{"id": 7, ${metal}}\n{"id": 8, ${metal}}\n`);
    const rules = { ...off, 'near-duplicate': 'off', 'split-leak': 'off' } as const;
    const never = () => assert.fail('compared');
    const checks = new RecordChecks(document, { ...none, splits: null, rules });
    assert.deepEqual(checks.compare(never), { done: true, changed: [] });
  });

  it('name ids of the splits that lose and find their record', () => {
    const splits = new Map([['train', ['7', '8']]]);
    const document = DatasetDocument.create(`{\n"7": {${metal}},\n"8": {${floats}}\n}`);
    const checks = new RecordChecks(document, { ...none, splits, rules: off });
    checks.compare(NO_LIMIT);
    assert.deepEqual(rulesFound(checks, document), []);
    const digit = { start: { line: 2, character: 1 }, end: { line: 2, character: 2 } };
    document.edit({ range: digit, text: '9' });
    assert.deepEqual(checks.compare(NO_LIMIT).changed, [document.chunks[0]]);
    assert.deepEqual(rulesFound(checks, document), [' unknown-split-id', '9 unknown-split-id']);
    document.edit({ range: digit, text: '8' });
    assert.deepEqual(checks.compare(NO_LIMIT).changed, [document.chunks[0]]);
    assert.deepEqual(rulesFound(checks, document), []);
  });
});
