import assert from 'node:assert/strict';
import { textMetrics } from '../../server/src/core/metrics/text/index.ts';
import { type TextItem, textReport } from '../../server/src/core/metrics/text/report.ts';
import { studyOverall } from '../../server/src/core/metrics/text/study-overall.ts';
import { recordReference, stagedText } from '../../server/src/core/metrics/text/texts.ts';
import { parseWordNet } from '../../server/src/core/metrics/text/wordnet.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';
import { readWordNetTable } from '../../server/src/files/wordnet.ts';

const metrics = textMetrics(parseWordNet(readWordNetTable()));
const record = { lecture: 'Like poles repel.', solution: 'The magnets repel.' } as DatasetRecord;

function item(candidate: string, reference: string): TextItem {
  return { candidate: { whole: candidate, stages: {} }, reference: { whole: reference, stages: {} } };
}

function row(report: ReturnType<typeof textReport>, id: string, part = 'whole') {
  const found = report.scores.find((scores) => scores.metric.id === id && scores.part === part);
  assert.ok(found, `${id} of ${part}`);
  return found;
}

describe('The report on texts', () => {
  const items = [item('The magnets repel.', 'The magnets repel.'), item('', 'They attract.'), item('x', '')];

  it('counts an empty output as 0 under one denominator, and no record without a reference', () => {
    const report = textReport(items, 'default', metrics);
    assert.deepEqual([report.n, report.empty, report.withoutReference], [2, 1, 1]);
    for (const { n, scores } of report.scores) {
      assert.equal(n, 2);
      assert.equal(scores[1], 0);
      assert.equal(scores[2], null);
    }
    assert.equal(row(report, 'rouge-l').mean, 0.5);
    assert.equal(row(report, 'exact-match').mean, 0.5);
  });

  it('counts in the study mode as the study did: empty outputs in BLEU, not in ROUGE-L and METEOR', () => {
    const report = textReport(items, 'scienceqa-study', metrics);
    assert.deepEqual(
      report.scores.map(({ metric, n }) => [metric.id, n]),
      [
        ['bleu-1', 2],
        ['bleu-4', 2],
        ['rouge-l-package', 1],
        ['meteor', 1],
      ],
    );
    assert.equal(row(report, 'bleu-1').mean, 0.5);
    assert.ok(row(report, 'rouge-l-package').mean > 0.99);
  });

  it('scores each stage that an output has, and 0 where it is missing', () => {
    const tagged = '<REASONING>The magnets repel.</REASONING><CONCLUSION>B</CONCLUSION>';
    const candidate = stagedText(parseRationale(tagged), tagged);
    assert.equal(candidate.whole, 'The magnets repel. B');
    const reference = recordReference(record, 'solution');
    const plain = stagedText(parseRationale(' The magnets repel. '), ' The magnets repel. ');
    const report = textReport(
      [
        { candidate, reference },
        { candidate: plain, reference },
      ],
      'default',
      metrics,
    );
    assert.deepEqual(row(report, 'exact-match', 'reasoning').scores, [1, 0]);
    assert.deepEqual(row(report, 'exact-match').scores, [0, 1]);
    assert.deepEqual(row(report, 'rouge-1', 'conclusion').scores, [0, 0]);
    assert.ok(!report.scores.some(({ part }) => part === 'summary'));
  });

  it("holds a stage against the same stage of a teacher's rationale, where that has one", () => {
    const student = { whole: 'so it is B', stages: { reasoning: 'so it is', conclusion: 'B' } };
    const teacher = { whole: 'it is thus B', stages: { conclusion: 'B' } };
    const report = textReport([{ candidate: student, reference: teacher }], 'default', metrics);
    assert.deepEqual(row(report, 'exact-match', 'conclusion').scores, [1]);
    assert.deepEqual(row(report, 'exact-match', 'reasoning').scores, [null]);
  });

  it('takes lecture and solution, or the solution alone, from the record', () => {
    assert.equal(recordReference(record, 'lecture+solution').whole, 'Like poles repel. The magnets repel.');
    assert.equal(recordReference({ ...record, lecture: '' }, 'lecture+solution').whole, 'The magnets repel.');
    assert.equal(recordReference(record, 'solution').whole, 'The magnets repel.');
  });
});

describe("The study's overall", () => {
  const means = { bleu1: 0.1, bleu4: 0.2, rougeL: 0.3, meteor: 0.4, cosine: 0.5 };

  it('averages the raw cosine or the normalised one, and says what empty outputs get', () => {
    const raw = studyOverall(means, 'raw');
    assert.ok(Math.abs((raw.value as number) - 30) < 1e-9);
    assert.equal(raw.floor, 0);
    const normalised = studyOverall(means, 'normalised');
    assert.ok(Math.abs((normalised.value as number) - 35) < 1e-9);
    assert.equal(normalised.floor, 10);
    assert.match(normalised.formula, /\(cosine \+ 1\) \/ 2/);
  });

  it('is not shown without a cosine', () => {
    assert.equal(studyOverall({ ...means, cosine: null }, 'raw').value, null);
  });
});
