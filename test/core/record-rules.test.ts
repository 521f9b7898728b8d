import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { RULES } from '../../server/src/core/annotations/rules/index.ts';
import type { Finding, RecordRule, RuleSettings } from '../../server/src/core/annotations/types.ts';
import { RecordChecks } from '../../server/src/core/pipeline/records.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { DatasetRecord, ImageFacts, SplitTable } from '../../server/src/core/records/types.ts';
import { readImageFacts } from '../../server/src/files/images.ts';
import { readSplits } from '../../server/src/files/splits.ts';
import { type MarkedCase, readMarkedCases } from './marked-cases.ts';

const root = join(import.meta.dirname, '../..');
const cases = join(root, 'test/cases/records');
const scienceqa = join(root, '../shared/scienceqa/val.json');
const recordRules = RULES.filter((rule): rule is RecordRule => rule.scope === 'record');

interface Surroundings {
  readonly image?: (record: DatasetRecord) => ImageFacts;
  readonly splits?: SplitTable | null;
}

/** A finding with its place in the whole text. */
interface Located extends Finding {
  readonly start: number;
  readonly end: number;
}

function lint(
  text: string,
  settings: RuleSettings = {},
  { image, splits = null }: Surroundings = {},
): Located[] {
  const document = DatasetDocument.create(text);
  const around = { path: '/problems.json', image: image ?? (() => ({ state: 'none' }) as const), splits };
  const checks = new RecordChecks(document, { ...around, rules: settings });
  checks.compare(() => true);
  return document.chunks.flatMap((chunk, index) => {
    const findings = checks.check(chunk);
    const base = document.startOf(index);
    return findings.map((found) => ({
      ...found,
      start: base + found.span.start,
      end: base + found.span.end,
    }));
  });
}

/** What lies around a case by its word in the file: the same for all records, but for `own`. */
const IMAGES = {
  ok: { state: 'ok', path: 'image.png', width: 96, height: 96, bytes: 500, digest: 'one' },
  missing: { state: 'missing', path: 'images/7/image.png' },
  unreadable: { state: 'unreadable', path: 'notes.txt', reason: 'it is not an image of a known format' },
  outside: { state: 'outside', path: '/photos/magnet.png' },
} as const satisfies Readonly<Record<string, ImageFacts>>;

function imageNamed(word: string): (record: DatasetRecord) => ImageFacts {
  return word === 'own'
    ? ({ id }) => ({ ...IMAGES.ok, digest: id })
    : () => IMAGES[word as keyof typeof IMAGES];
}

interface Case extends MarkedCase {
  readonly surroundings: Surroundings;
}

function readCases(file: string): Case[] {
  return readMarkedCases(join(cases, file)).map((example) => {
    const [, key, value = ''] = /^(\w+): (.*)$/.exec(example.around) ?? [];
    return {
      ...example,
      surroundings: {
        image: key === 'image' ? imageNamed(value) : undefined,
        splits: key === 'splits' ? new Map(Object.entries(JSON.parse(value))) : null,
      },
    };
  });
}

const COMMENT = / {2}\/\/ ([a-z-]+(?:, [a-z-]+)*)$/gm;

const unmarked = (marked: string) => marked.replace(COMMENT, '').replace(/[«»]/g, '');

/** The text as the rules see it, marked anew where they found something. */
function markedByRules(text: string, findings: readonly Located[]): string {
  const marks = findings.flatMap(({ start, end }, order) => [
    { at: start, mark: '«', order: order * 2 },
    { at: end, mark: '»', order: order * 2 + 1 },
  ]);
  let marked = text;
  for (const { at, mark } of marks.sort((a, b) => b.at - a.at || b.order - a.order)) {
    marked = marked.slice(0, at) + mark + marked.slice(at);
  }
  return marked;
}

function applyFix(text: string, finding: Located, title: string): string {
  const fix = finding.fixes.find((offered) => offered.title === title);
  assert.ok(fix, `${title} is not among: ${finding.fixes.map((offered) => offered.title).join('; ')}`);
  const base = finding.start - finding.span.start;
  return [...fix.edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (now, { span, newText }) => now.slice(0, base + span.start) + newText + now.slice(base + span.end),
      text,
    );
}

/** Short examples have neither lecture nor solution and are much alike; only the files about that speak of it. */
function settingsFor(rule: string): RuleSettings {
  const quiet = [['empty-lecture', 'empty-solution'], ['near-duplicate']];
  const off = quiet.flatMap((rules) => (rules.includes(rule) ? [] : rules));
  return Object.fromEntries(off.map((id) => [id, 'off']));
}

describe('Record rules', () => {
  for (const file of readdirSync(cases).filter((name) => name.endsWith('.txt'))) {
    const rule = basename(file, '.txt');
    const settings = settingsFor(rule);
    describe(rule, () => {
      for (const example of readCases(file)) {
        it(example.name, () => {
          const text = unmarked(example.marked);
          const findings = lint(text, settings, example.surroundings);
          assert.equal(markedByRules(text, findings), example.marked.replace(COMMENT, ''));
          const named = [...example.marked.matchAll(COMMENT)].flatMap((match) =>
            (match[1] as string).split(', '),
          );
          assert.deepEqual(
            findings.map((found) => found.rule),
            named,
          );
          if (example.fix)
            assert.equal(applyFix(text, findings[0] as Located, example.fix.title), example.fix.after);
        });
      }
    });
  }

  it('all have marked examples, and no examples are left of a rule that is gone', () => {
    const files = readdirSync(cases)
      .filter((name) => name.endsWith('.txt'))
      .map((name) => basename(name, '.txt'));
    assert.deepEqual(files.sort(), recordRules.map((rule) => rule.id).sort());
  });

  it('report the example on their own page', () => {
    const needFiles = [
      'missing-image',
      'unreadable-image',
      'image-outside-dataset',
      'unknown-split-id',
      'split-overlap',
    ];
    for (const { id, docs } of recordRules.filter((rule) => !needFiles.includes(rule.id))) {
      const text = docs.example.startsWith('"') ? `{ ${docs.example} }` : docs.example;
      assert.ok(
        lint(text).some((found) => found.rule === id),
        id,
      );
    }
  });

  it('speak in sentences', () => {
    for (const file of readdirSync(cases).filter((name) => name.endsWith('.txt'))) {
      for (const { marked, surroundings } of readCases(file)) {
        for (const { message } of lint(unmarked(marked), {}, surroundings)) {
          assert.match(message, /^["A-Z].*([.]|: \S+)$/);
        }
      }
    }
  });

  it('find the planted faults of the sample, each at its place, and nothing in the sample itself', () => {
    const sample = join(root, 'samples/sketchbook');
    const found = (file: string) => {
      const path = join(sample, file);
      const { splits } = readSplits(path);
      return lint(
        readFileSync(path, 'utf8'),
        {},
        { image: (record) => readImageFacts(path, record), splits },
      );
    };
    assert.deepEqual(
      found('faults.json').map(({ recordId, rule, field }) => `${recordId} ${rule} ${field}`),
      [
        'f1 missing-image image',
        'f2 duplicate-choice choices[2]',
        'f3 solution-names-other-choice answer',
        'f4 answer-out-of-range answer',
        'f5 unreadable-image image',
        'f6 empty-choice choices[0]',
        'f7 too-few-choices choices',
        'f8 empty-lecture lecture',
        'f8 empty-solution solution',
      ],
    );
    assert.deepEqual(found('problems.json'), []);
  });

  it('can be switched off and given another severity', () => {
    const text =
      '{"7": {"question": "Which?", "choices": ["a"], "answer": 3, "lecture": "l", "solution": "s"}}';
    const settings = { 'too-few-choices': 'off', 'answer-out-of-range': 'hint' } as const;
    assert.deepEqual(
      lint(text, settings).map(({ rule, severity }) => [rule, severity]),
      [['answer-out-of-range', 'hint']],
    );
    assert.deepEqual(lint('no dataset', { 'malformed-record': 'off' }), []);
  });

  it('are named when one of them fails', () => {
    const failing = () => {
      throw new TypeError('no image');
    };
    const text = '{"7": {"question": "Which?", "choices": ["a", "b"], "answer": 1, "image": "image.png"}}';
    const settings = { 'near-duplicate': 'off', 'split-leak': 'off' } as const;
    assert.throws(
      () => lint(text, settings, { image: failing }),
      /^Error: The rule \S*image\S* failed on record "7": .*no image/,
    );
  });

  it('find nothing wrong with the gold answers of ScienceQA', function () {
    if (!existsSync(scienceqa)) this.skip();
    const found = lint(readFileSync(scienceqa, 'utf8'));
    const share = found.filter(({ rule }) => rule === 'solution-names-other-choice').length / 3216;
    assert.ok(share < 0.003, `${(100 * share).toFixed(2)} % of 3,216 right records are reported`);
    assert.deepEqual(
      found.filter(({ severity }) => severity === 'error'),
      [],
    );
  });

  it('find the pictures that ScienceQA has lost, and nearly all that it would miss', function () {
    if (!existsSync(scienceqa)) this.skip();
    const records = Object.entries<{ question: string; hint: string; image: string | null }>(
      JSON.parse(readFileSync(scienceqa, 'utf8')),
    );
    const found = (text: string) =>
      lint(text)
        .filter(({ rule }) => rule === 'image-needed')
        .map(({ recordId }) => recordId);
    // Read one by one: each asks to read a thermometer that is not there.
    assert.deepEqual(found(readFileSync(scienceqa, 'utf8')), ['73', '1471', '2275', '2771']);
    const stripped = records
      .filter(([, { image }]) => image !== null)
      .map(([id, record]) => [id, { ...record, image: null }]);
    assert.equal(found(JSON.stringify(Object.fromEntries(stripped))).length, 644);
  });

  it('find a third of the gold answers of ScienceQA that are moved to another choice', function () {
    if (!existsSync(scienceqa)) this.skip();
    const records = Object.entries<{ choices: string[]; answer: number }>(
      JSON.parse(readFileSync(scienceqa, 'utf8')),
    );
    const moved = records.map(([id, record]) => [
      id,
      { ...record, answer: (record.answer + 1) % record.choices.length },
    ]);
    const found = lint(JSON.stringify(Object.fromEntries(moved)));
    assert.ok(found.filter(({ rule }) => rule === 'solution-names-other-choice').length > records.length / 3);
  });
});

describe('The record rules', () => {
  it('take any text, and what they say stands in it', () => {
    const field = fc.constantFrom(
      ...['id', 'pid', 'question', 'choices', 'answer', 'hint', 'image', 'lecture', 'solution', 'split'],
      ...['conversations', 'messages', 'images', 'caption'],
    );
    const value = fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '1',
        'B',
        '<image>',
        'train',
        'test',
        'The answer is B.',
        'shown below',
        'a\u0000b',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(0, 1, -1, 1e9, 0.5, Number.MAX_VALUE, null, true),
      fc.array(fc.oneof(fc.constantFrom('A', 'a', 'The answer is B.', 3, null), fc.string()), {
        maxLength: 4,
      }),
      fc.constantFrom(
        [
          { from: 'human', value: '<image>Which? A. x\nB. y' },
          { from: 'gpt', value: 'B' },
        ],
        [{}],
        {},
      ),
    );
    const record = fc.array(fc.tuple(field, value), { maxLength: 8 }).map(Object.fromEntries);
    const layout = fc.constantFrom(
      (records: object[]) =>
        JSON.stringify(Object.fromEntries(records.map((one, i) => [`r${i % 3}`, one])), null, 1),
      (records: object[]) => JSON.stringify(records),
      (records: object[]) => records.map((one) => JSON.stringify(one)).join('\n'),
    );
    const image = fc.constantFrom(...Object.values(IMAGES), { state: 'none' } as const);
    const splits = fc.constantFrom(
      null,
      new Map([
        ['train', ['r0', 'r1']],
        ['test', ['r1', 'x']],
      ]),
    );
    const cut = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom('', '"', '}', ',', '\n', '[', '\ud83d'),
    );
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 5 }),
        layout,
        image,
        splits,
        cut,
        (records, write, facts, table, [at, mark]) => {
          const whole = write(records);
          const place = Math.floor(at * whole.length);
          for (const text of [whole, whole.slice(0, place) + mark + whole.slice(place + 1)]) {
            const settings = Object.fromEntries(recordRules.map(({ id }) => [id, 'error' as const]));
            for (const { start, end, message } of lint(text, settings, {
              image: () => facts,
              splits: table,
            })) {
              // What is said of the file as a whole stands on its first character, if it has none.
              assert.ok(start <= end && end <= Math.max(1, text.length) && message !== '');
            }
          }
        },
      ),
      { numRuns: 1500 },
    );
  }).timeout(30_000);
});
