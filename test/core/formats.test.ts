import assert from 'node:assert/strict';
import { judgeOutput } from '../../server/src/cli/formats/judge.ts';
import { lintOutput } from '../../server/src/cli/formats/lint.ts';
import { reportOutput } from '../../server/src/cli/formats/report.ts';
import type { Finding } from '../../server/src/core/annotations/types.ts';
import { judge } from '../../server/src/core/judgements/judge.ts';
import { report } from '../../server/src/core/metrics/report.ts';
import type { RunReport } from '../../server/src/core/pipeline.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import type { DatasetRecord, RecordSource } from '../../server/src/core/records/types.ts';

const finding: Finding = {
  rule: 'wrong-answer',
  severity: 'warning',
  message: 'student answers B (repel); gold is A (attract).',
  recordId: '7',
  field: 'answer',
  span: { start: 80, end: 81 },
  model: 'student',
  evidence: 'B',
  fixes: [],
};
const located = {
  file: 'samples/problems.json',
  finding,
  range: { start: { line: 11, character: 14 }, end: { line: 11, character: 15 } },
};

const check = { command: 'lint', version: '1.2.3', root: '/work', failOn: 'error' } as const;
const files = (...findings: (typeof located)[]) => [
  { file: 'samples/problems.json', records: ['7'], findings },
];

function row(row: number, output: string, confidence: number | null = null) {
  const record = {
    id: '7',
    question: 'q',
    choices: ['attract', 'repel'],
    answer: 0,
    image: null,
    hint: '',
  } as unknown as DatasetRecord;
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  const prediction = { key: '', output, finishReason: 'unknown', usage } as const;
  const rationale = parseRationale(output);
  const judgement = judge({ recordId: '7', choices: record.choices, answer: 0, prediction, rationale });
  const findings = judgement.verdict === 'wrong' ? [finding] : [];
  return { row, source: { record } as RecordSource, result: { prediction, judgement, findings }, confidence };
}

describe('lint', () => {
  it('prints a line a finding, counted from 1, and a summary', () => {
    assert.equal(
      lintOutput(files(located), 'text', check),
      'samples/problems.json:12:15 warning wrong-answer student answers B (repel); gold is A (attract).\n1 finding: 1 warning.\n',
    );
    assert.equal(lintOutput(files(), 'text', check), 'No findings.\n');
  });

  it('prints the JSON of the contract', () => {
    const { findings, counts } = JSON.parse(lintOutput(files(located, located), 'json', check));
    assert.deepEqual(findings[0], {
      rule: 'wrong-answer',
      severity: 'warning',
      file: 'samples/problems.json',
      record: '7',
      field: 'answer',
      message: finding.message,
      range: located.range,
      model: 'student',
      evidence: 'B',
    });
    assert.deepEqual(counts, {
      total: 2,
      error: 0,
      warning: 2,
      information: 0,
      hint: 0,
      rules: { 'wrong-answer': 2 },
    });
    assert.equal(lintOutput(files(located, located), 'jsonl', check).trimEnd().split('\n').length, 2);
  });
});

describe('judge', () => {
  const place = { file: 'outputs.jsonl', range: located.range };
  const judged = (rows: ReturnType<typeof row>[]) => ({
    file: 'outputs.jsonl',
    rows,
    readings: null,
    texts: null,
    places: () => () => place,
    recordPlace: () => located,
  });
  const rows = [
    row(0, '<REASONING>They do.</REASONING><CONCLUSION>A</CONCLUSION>'),
    row(1, 'B'),
    row(3, 'both'),
  ];

  it('prints a line an output in the order of the file', () => {
    const lines = judgeOutput(judged(rows), 'jsonl', check)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ id, row, choice, method, span, verdict }) => [id, row, choice, method, span, verdict]),
      [
        ['7', 0, 0, 'tag', { start: 43, end: 44 }, 'correct'],
        ['7', 1, 1, 'letter', { start: 0, end: 1 }, 'wrong'],
        ['7', 3, null, null, null, 'unmapped'],
      ],
    );
    assert.deepEqual(lines[0].stages[0], {
      name: 'reasoning',
      text: 'They do.',
      span: { start: 11, end: 19 },
      closed: true,
    });
    assert.deepEqual(lines[1].findings, [
      { rule: 'wrong-answer', severity: 'warning', message: finding.message, evidence: 'B', span: null },
    ]);
  });

  it('sums up in the names of the contract, shares between 0 and 1', () => {
    const sum = JSON.parse(judgeOutput(judged(rows), 'json', check));
    const { n, mapped, coverage, correct, accuracy, accuracyMapped, findings, reader } = sum;
    assert.deepEqual([n, mapped, correct], [3, 2, 1]);
    assert.deepEqual([coverage, accuracy, accuracyMapped], [2 / 3, 1 / 3, 1 / 2]);
    assert.ok(sum.interval[0] < accuracy && accuracy < sum.interval[1]);
    assert.deepEqual(findings, { 'wrong-answer': 1 });
    assert.match(reader, /^rationale \d+$/);
  });

  it('says pass@k of several outputs a record, and the calibration where a confidence is stated', () => {
    const sum = JSON.parse(judgeOutput(judged(rows), 'json', check));
    assert.deepEqual(
      [sum.passAt.records, sum.passAt.outputs, sum.passAt.values[0].value.toFixed(9)],
      [1, 3, '0.333333333'],
    );
    assert.equal(sum.calibration, null);
    const sure = [row(0, 'A', 1), row(1, 'B', 0.5), row(2, 'B')];
    const { calibration } = JSON.parse(judgeOutput(judged(sure), 'json', check));
    assert.deepEqual(calibration, { n: 2, error: 0.25, confidence: 0.75, accuracy: 0.5, bins: 15 });
    const text = judgeOutput(judged(sure), 'text', check);
    assert.match(
      text,
      /^Samples: 3 or more outputs of each of 1 records, pass@1 33\.3 %, pass@2 66\.7 %, pass@3 100\.0 %$/m,
    );
    assert.match(text, /^Calibration: expected calibration error 25\.0 points over 15 bins, n 2$/m);
  });

  it('prints what a person reads', () => {
    const lines = judgeOutput(judged(rows), 'text', check).split('\n');
    assert.equal(lines[1], '2 7 wrong B by letter "B" wrong-answer');
    assert.match(
      lines[4] ?? '',
      /^n 3, accuracy 33\.3 % \(\d+\.\d–\d+\.\d\), coverage 66\.7 %, reader rationale \d+$/,
    );
  });
});

describe('report', () => {
  const items = [row(0, 'A'), row(1, 'B')].map(({ source, result }) => ({
    record: source.record,
    judgement: result.judgement,
  }));
  const run = {
    run: { id: 'student-test', model: 'student', role: 'student', seconds: 4 },
    report: report(items),
    stale: 1,
    missing: 0,
    failed: 2,
    failure: 'The image x.png cannot be read.',
    tokens: 12.5,
    cost: null,
    passAt: null,
    calibration: null,
    recordsPerSecond: 0.5,
    results: [],
  } as unknown as RunReport;

  it('prints a table, what must be known to trust it, and what is worth a look', () => {
    const text = reportOutput([run], 'text', { worth: [located] });
    const cells = text.split('\n').map((line) =>
      line
        .split('│')
        .map((cell) => cell.trim())
        .filter((cell) => cell !== ''),
    );
    assert.deepEqual(cells[3], [
      'student-test',
      'student',
      '2',
      '50.0 % (9.5–90.5)',
      '100.0 %',
      '–',
      '12.5',
      '0.5',
    ]);
    assert.match(
      text,
      /^student-test: 1 prediction no longer fits its record and is left out\.\nstudent-test: 2 requests failed and count as wrong; the first says: The image x\.png cannot be read\.$/m,
    );
    assert.match(text, /^Most worth a look:\nsamples\/problems\.json:12:15 wrong-answer student answers B/m);
  });

  it('prints the same numbers as JSON', () => {
    const { runs, findings } = JSON.parse(reportOutput([run], 'json', { worth: [located] }));
    assert.equal(runs[0].accuracy, 0.5);
    assert.equal(runs[0].recordsPerSecond, 0.5);
    assert.equal(findings[0].rule, 'wrong-answer');
    assert.equal(reportOutput([run, run], 'jsonl').trimEnd().split('\n').length, 2);
  });

  it('divides the records by a field, a column a run', () => {
    const text = reportOutput([run, run], 'text', { slice: 'hasImage' });
    assert.match(text, /^│ no +│ 50\.0 % \(9\.5–90\.5\) of 2 │ 50\.0 % \(9\.5–90\.5\) of 2 │$/m);
    assert.match(text, /^│ all +│ 50\.0 % \(9\.5–90\.5\) of 2 │/m);
    const { runs } = JSON.parse(reportOutput([run], 'json', { slice: 'hasImage' }));
    assert.deepEqual(
      runs[0].slices.map(({ dimension, value, n }: { dimension: string; value: string; n: number }) => [
        dimension,
        value,
        n,
      ]),
      [['hasImage', 'no', 2]],
    );
  });

  it('says whose fault the wrong answers are, with n and interval', () => {
    const reasoned = [
      row(0, '<REASONING>The answer is A.</REASONING><CONCLUSION>B</CONCLUSION>'),
      row(1, '<REASONING>The answer is A.</REASONING><CONCLUSION>A</CONCLUSION>'),
    ].map(({ source, result }) => ({ record: source.record, judgement: result.judgement }));
    const torn = { ...run, report: report(reasoned) };
    assert.match(
      reportOutput([torn], 'text'),
      /of 2 whose reasoning and conclusion both name a choice, both are right in 1, only the reasoning in 1 \(reasoning-to-error 50\.0 % \(9\.5–90\.5\)\), only the conclusion in 0, neither in 0/,
    );
    const { quadrants, reasoningToError } = JSON.parse(reportOutput([torn], 'json')).runs[0];
    assert.deepEqual(quadrants, { n: 2, both: 1, reasoningOnly: 1, conclusionOnly: 0, neither: 0 });
    assert.deepEqual([reasoningToError.count, reasoningToError.n, reasoningToError.value], [1, 2, 0.5]);
  });
});
