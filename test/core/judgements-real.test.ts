import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { judge } from '../../server/src/core/judgements/judge.ts';
import { readAll } from '../../server/src/core/judgements/read-all.ts';
import type { Judgement } from '../../server/src/core/judgements/types.ts';
import { type JudgedRecord, report } from '../../server/src/core/metrics/report.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';
import { thorough } from './thoroughness.ts';

const DATA = new URL('../../../shared/scienceqa/', import.meta.url);
/** Choices that a person read from outputs, as [row, choice]; null where a careful person could read none. */
const READINGS: Record<string, [number, number | null][]> = JSON.parse(
  readFileSync(new URL('../cases/readings.json', import.meta.url), 'utf8'),
);
/** How many mutated outputs are read, in some twenty seconds. */
const MUTATED = thorough(100_000, 5_000);

interface Row {
  index: number;
  raw_output: string;
  /** The authors' reading: a zero-based choice, -1, or a number that is no choice. */
  parsed_answer?: number | string;
}

/**
 * Real outputs of models on ScienceQA. `accuracy` is what the authors published; with these outputs read as a
 * person reads them it is at least `plain`. The prompts counted the choices from 0.
 */
const FILES = [
  { file: 'gemini_1_5_flash_8B_json_s4', coverage: 1, accuracy: 0.9583, plain: 0.9629 },
  { file: 'gemini_1_5_flash_8B_freetext_s1', coverage: 0.985, accuracy: null, plain: 0.805 },
  { file: 'qwen2-vl-2b_s1', coverage: 0.88, accuracy: 0.3747, plain: 0.524 },
  { file: 'paligemma-3b-ft-scienceqa_s1', coverage: 0.69, accuracy: 0.2646, plain: 0.326 },
] as const;
/** Outputs of broken models: next to nothing in them can be read. */
const DEGENERATE = ['paligemma2-3b-pt_PEFT-prefix_teacher_s1', 'qwen2-vl-2b_PEFT-prefix_golden_s1'];

function readRows(file: string): Row[] {
  const text = readFileSync(new URL(`outputs/${file}.jsonl`, DATA), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

describe('The answer reader on real outputs', function () {
  this.timeout(60_000);
  let records: DatasetRecord[] = [];

  before(function () {
    if (!existsSync(DATA)) {
      console.log('      (skipped: the ScienceQA outputs are not beside this repository)');
      this.skip();
    }
    records = Object.values(JSON.parse(readFileSync(new URL('val.json', DATA), 'utf8')));
  });

  function judged(row: Row): JudgedRecord & { judgement: Judgement } {
    const record = records[row.index] as DatasetRecord;
    const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
    const prediction = { key: '', output: row.raw_output, finishReason: 'unknown', usage } as const;
    const rationale = parseRationale(row.raw_output);
    const { choices, answer } = record;
    return {
      record,
      judgement: judge({ recordId: String(row.index), choices, answer, prediction, rationale, indexBase: 0 }),
    };
  }

  for (const { file, coverage, accuracy, plain } of FILES) {
    it(`reads ${file} no worse than its authors, and nowhere otherwise`, () => {
      const rows = readRows(file);
      const items = rows.map(judged);
      const numbers = report(items);
      assert.ok(numbers.coverage.value >= coverage, `coverage ${numbers.coverage.value}`);
      assert.ok(numbers.accuracy.value >= plain, `accuracy ${numbers.accuracy.value}`);
      assert.ok(accuracy === null || numbers.accuracy.value > accuracy);
      const otherwise = rows.filter((row, i) => {
        const { choice } = items[i]!.judgement.reading;
        const theirs = Number(row.parsed_answer ?? -1);
        return (
          choice !== null && theirs >= 0 && theirs < records[row.index]!.choices.length && theirs !== choice
        );
      });
      assert.deepEqual(
        otherwise.map((row) => row.raw_output),
        [],
      );
    });
  }

  for (const file of DEGENERATE) {
    it(`reads next to nothing from ${file}`, () => {
      const rows = readRows(file).filter((row) => records[row.index]);
      assert.ok(report(rows.map(judged)).coverage.value < 0.01);
    });
  }

  it('reads as a person does, and nothing where a person could not', () => {
    const verdicts = Object.entries(READINGS).flatMap(([file, readings]) => {
      const rows = new Map(readRows(file).map((row) => [row.index, row]));
      return readings.map(([index, hand]) => ({
        hand,
        read: judged(rows.get(index)!).judgement.reading.choice,
        row: `${file} ${index}`,
      }));
    });
    const otherwise = verdicts.filter(({ hand, read }) => hand !== read);
    const unmappable = verdicts.filter(({ hand }) => hand === null);
    const mapped = unmappable.filter(({ read }) => read !== null);
    assert.ok(verdicts.length >= 240 && unmappable.length >= 100);
    assert.ok(otherwise.length <= 0.02 * verdicts.length, otherwise.map(({ row }) => row).join(', '));
    assert.ok(mapped.length <= 0.01 * unmappable.length, mapped.map(({ row }) => row).join(', '));
    assert.deepEqual(
      otherwise.filter(({ hand, read }) => hand !== null && read !== null),
      [],
      'never another choice',
    );
  });

  it('maps at least as many outputs as any other reader whose readings can be trusted', () => {
    const inputs = readRows('paligemma-3b-ft-scienceqa_s1').map((row) => {
      const { choices, answer } = records[row.index]!;
      const output = row.raw_output;
      const rationale = parseRationale(output);
      return { output, rationale, choices, answer, indexBase: 0 as const, baseSource: 'prompt' as const };
    });
    const { counts, differing } = readAll(inputs);
    for (const id of ['scienceqa', 'llava', 'lmms-eval'])
      assert.ok(counts.rationale!.mapped >= counts[id]!.mapped, id);
    assert.ok(differing.length > 0 && differing.length < inputs.length);
  });

  it(`takes ${MUTATED} real outputs, cut, spliced and garbled`, () => {
    const outputs = FILES.flatMap(({ file }) => readRows(file)).filter((row) => row.raw_output !== '');
    const marks = [
      '{',
      '}',
      '"',
      "'",
      '“',
      '\\',
      ',',
      ':',
      '\n',
      '[',
      ']',
      '</s>',
      '[INST]',
      '<CONCLUSION>',
      'not ',
      '1',
      'B',
      '',
    ];
    const cut = fc.record({
      first: fc.nat(outputs.length - 1),
      second: fc.nat(outputs.length - 1),
      at: fc.float({ min: 0, max: 1, noNaN: true }),
      until: fc.float({ min: 0, max: 1, noNaN: true }),
      mark: fc.constantFrom(...marks),
    });
    fc.assert(
      fc.property(cut, ({ first, second, at, until, mark }) => {
        const row = outputs[first]!;
        const text = row.raw_output;
        const other = outputs[second]!.raw_output;
        const mutated = `${text.slice(0, at * text.length)}${mark}${other.slice(until * other.length)}`;
        const { reading } = judged({ ...row, raw_output: mutated }).judgement;
        const spans = [reading.span, ...reading.candidates.map(({ span }) => span)];
        for (const span of spans) assert.ok(!span || (span.start < span.end && span.end <= mutated.length));
      }),
      { numRuns: MUTATED },
    );
  }).timeout(600_000);
});
