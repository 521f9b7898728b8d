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

function row(row: number, output: string) {
  const record = {
    id: '7',
    question: 'q',
    choices: ['attract', 'repel'],
    answer: 0,
    image: null,
  } as unknown as DatasetRecord;
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  const prediction = { key: '', output, finishReason: 'unknown', usage } as const;
  const rationale = parseRationale(output);
  const judgement = judge({ recordId: '7', choices: record.choices, answer: 0, prediction, rationale });
  const findings = judgement.verdict === 'wrong' ? [finding] : [];
  return { row, source: { record } as RecordSource, result: { prediction, judgement, findings } };
}

describe('lint', () => {
  it('prints a line a finding, counted from 1, and a summary', () => {
    assert.equal(
      lintOutput([located], 'text'),
      'samples/problems.json:12:15 warning wrong-answer student answers B (repel); gold is A (attract).\n1 finding: 1 warning.\n',
    );
    assert.equal(lintOutput([], 'text'), 'No findings.\n');
  });

  it('prints the JSON of the contract', () => {
    const { findings, counts } = JSON.parse(lintOutput([located, located], 'json'));
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
    assert.equal(lintOutput([located, located], 'jsonl').trimEnd().split('\n').length, 2);
  });
});

describe('judge', () => {
  const rows = [
    row(0, '<REASONING>They do.</REASONING><CONCLUSION>A</CONCLUSION>'),
    row(1, 'B'),
    row(3, 'both'),
  ];

  it('prints a line an output in the order of the file', () => {
    const lines = judgeOutput(rows, 'jsonl')
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
      { rule: 'wrong-answer', severity: 'warning', message: finding.message, evidence: 'B' },
    ]);
  });

  it('sums up in the names of the contract, shares between 0 and 1', () => {
    const sum = JSON.parse(judgeOutput(rows, 'json'));
    const { n, mapped, coverage, correct, accuracy, accuracyMapped, findings, reader } = sum;
    assert.deepEqual([n, mapped, correct], [3, 2, 1]);
    assert.deepEqual([coverage, accuracy, accuracyMapped], [2 / 3, 1 / 3, 1 / 2]);
    assert.ok(sum.interval[0] < accuracy && accuracy < sum.interval[1]);
    assert.deepEqual(findings, { 'wrong-answer': 1 });
    assert.match(reader, /^rationale \d+$/);
  });

  it('prints what a person reads', () => {
    const lines = judgeOutput(rows, 'text').split('\n');
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
    tokens: 12.5,
    recordsPerSecond: 0.5,
    results: [],
  } as unknown as RunReport;

  it('prints a table, what must be known to trust it, and what is worth a look', () => {
    const text = reportOutput([run], 'text', [located]);
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
      /^student-test: 1 prediction no longer fits its record and is left out; 2 requests failed and count as wrong\.$/m,
    );
    assert.match(text, /^Most worth a look:\nsamples\/problems\.json:12:15 wrong-answer student answers B/m);
  });

  it('prints the same numbers as JSON', () => {
    const { runs, findings } = JSON.parse(reportOutput([run], 'json', [located]));
    assert.equal(runs[0].accuracy, 0.5);
    assert.equal(runs[0].recordsPerSecond, 0.5);
    assert.equal(findings[0].rule, 'wrong-answer');
    assert.equal(reportOutput([run, run], 'jsonl').trimEnd().split('\n').length, 2);
  });
});
