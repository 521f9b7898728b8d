import assert from 'node:assert/strict';
import {
  hasRealOutputs,
  OUTPUT_RULES,
  type RealOutput,
  readRealOutputs,
} from '../../scripts/precision/real-outputs.ts';
import {
  precisionOf,
  precisionTable,
  readVerdicts,
  type Verdicts,
} from '../../scripts/precision/verdicts.ts';
import { checkOutput } from '../../server/src/core/annotations/engine.ts';
import { judge } from '../../server/src/core/judgements/judge.ts';
import { randomIntegers } from '../../server/src/core/random.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import type { RecordSource } from '../../server/src/core/records/types.ts';
import { thorough } from './thoroughness.ts';

const MUTATED = thorough(100_000, 5_000);

const verdicts = readVerdicts();

describe('The verdicts on real outputs', () => {
  it('are on output rules, and no output is on both sides', () => {
    for (const [rule, { deserve, not, mistakes }] of Object.entries(verdicts)) {
      assert.ok(OUTPUT_RULES.includes(rule), rule);
      for (const [file, rows] of Object.entries(deserve))
        for (const row of rows) assert.ok(!not[file]?.includes(row), `${rule}: ${file} ${row}`);
      for (const [file, rows] of Object.entries(mistakes))
        for (const row of rows)
          assert.ok(deserve[file]?.includes(row) || not[file]?.includes(row), `${rule}: ${file} ${row}`);
    }
  });

  it('make a table that says how often a rule was right', () => {
    const output = (row: number, speaks: boolean) =>
      ({ file: 'f', row, findings: speaks ? [{ rule: 'refusal' }] : [] }) as unknown as RealOutput;
    const read: Verdicts = { deserve: { f: [1, 2, 3] }, not: { f: [4, 5] }, mistakes: { f: [3] } };
    const outputs = [output(1, true), output(2, true), output(3, false), output(4, true), output(5, false)];
    const precision = precisionOf('refusal', read, outputs);
    assert.deepEqual(precision, {
      rule: 'refusal',
      hits: 3,
      right: 2,
      nonHits: 2,
      missed: 1,
      newMistakes: ['f 4'],
    });
    assert.match(precisionTable([precision]), /^\| `refusal` \| 3 \| 2 \| 67 % \| 2 \| 1 \|$/m);
  });
});

describe('The output rules on real outputs', function () {
  this.timeout(60_000);
  let outputs: RealOutput[] = [];

  before(function () {
    if (!hasRealOutputs()) {
      console.log('      (skipped: the ScienceQA outputs are not beside this repository)');
      this.skip();
    }
    outputs = readRealOutputs();
  });

  for (const rule of Object.keys(verdicts)) {
    it(`${rule} speaks and keeps silent as the person who read them`, () => {
      assert.deepEqual(precisionOf(rule, verdicts[rule] as Verdicts, outputs).newMistakes, []);
    });
  }

  it('say why nearly nothing can be read of a broken model', () => {
    const why = new Set(['no-output', 'sparse-output', 'repetition', 'language-drift']);
    const broken = outputs.filter(({ file }) => file.includes('PEFT-prefix'));
    const said = broken.filter(({ findings }) => findings.some(({ rule }) => why.has(rule)));
    assert.ok(said.length / broken.length > 0.98, `${said.length} of ${broken.length}`);
  });

  it('suspect gold answers that were made wrong, and hardly any other', () => {
    const suspects = { right: 0, wrong: 0, planted: 0 };
    const seen = new Map<RecordSource, boolean>();
    for (const { context } of outputs) {
      const { source, judgement } = context;
      const { choices, answer } = source.record;
      if (answer === null) continue;
      // Every twentieth record, a share of wrong labels that real datasets have.
      const isPlanted = Number(judgement.recordId) % 20 === 0;
      if (isPlanted && !seen.has(source)) suspects.planted++;
      const gold = isPlanted ? (answer + 1) % choices.length : answer;
      const verdict =
        judgement.reading.choice === null
          ? 'unmapped'
          : judgement.reading.choice === gold
            ? 'correct'
            : 'wrong';
      const record = { ...source.record, answer: gold };
      const planted = {
        ...context,
        source: Object.create(source, { record: { value: record } }) as RecordSource,
        judgement: { ...judgement, verdict } as const,
      };
      const isSuspect = checkOutput(planted, {}).some(({ rule }) => rule === 'gold-suspect');
      seen.set(source, (seen.get(source) ?? false) || isSuspect);
      if (isSuspect) suspects[isPlanted ? 'right' : 'wrong']++;
    }
    assert.ok(suspects.right / (suspects.right + suspects.wrong) > 0.95, JSON.stringify(suspects));
    assert.ok(suspects.right / suspects.planted > 0.5, JSON.stringify(suspects));
  });

  it(`and the reader take ${MUTATED} mutations of them without an exception`, () => {
    const next = randomIntegers(7);
    const pieces = [
      '"',
      '\\',
      '}',
      '{"answer": ',
      '</CONCLUSION>',
      '<REASONING>',
      '<|im_end|>',
      '\n',
      '磁',
      '(B)',
      '.',
    ];
    const mutate = (text: string): string => {
      const [from, length] = [next() % (text.length + 1), next() % 40];
      const piece = pieces[next() % pieces.length] as string;
      if (next() % 3 === 0) return text.slice(0, from);
      if (next() % 2 === 0) return text.slice(0, from) + piece + text.slice(from);
      return (
        text.slice(0, from) + text.slice(from, from + length).repeat(3) + piece + text.slice(from + length)
      );
    };
    for (let i = 0; i < MUTATED; i++) {
      const { context } = outputs[next() % outputs.length] as RealOutput;
      const output = mutate(mutate(context.prediction.output));
      const { choices, answer } = context.source.record;
      const prediction = { ...context.prediction, output };
      const rationale = parseRationale(output);
      const judgement = judge({ recordId: '1', choices, answer, prediction, rationale, indexBase: 0 });
      for (const { rule, outputSpan } of checkOutput({ ...context, prediction, judgement }, {})) {
        const { start, end } = outputSpan ?? { start: 0, end: 0 };
        assert.ok(0 <= start && start <= end && end <= output.length, `${rule}: ${JSON.stringify(output)}`);
      }
    }
  }).timeout(180_000);
});
