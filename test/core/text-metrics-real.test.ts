import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { textMetrics } from '../../server/src/core/metrics/text/index.ts';
import { type TextReport, textReport } from '../../server/src/core/metrics/text/report.ts';
import { studyOverall } from '../../server/src/core/metrics/text/study-overall.ts';
import { recordReference } from '../../server/src/core/metrics/text/texts.ts';
import { parseWordNet } from '../../server/src/core/metrics/text/wordnet.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';
import { readWordNetTable } from '../../server/src/files/wordnet.ts';

const DATA = new URL('../../../shared/scienceqa/', import.meta.url);
const NEAR = 1e-9;

interface Matching {
  readonly split: string;
  readonly model: string;
  readonly setting: string;
  readonly published: Readonly<Record<string, number | null>>;
  readonly match: Readonly<Record<string, boolean>>;
}

interface Published {
  readonly split: string;
  readonly model: string;
  readonly setting: number;
  readonly bleu1: number;
  readonly bleu4: number;
  readonly rouge_l: number;
  readonly meteor: number;
  readonly cosine_raw: number;
  readonly overall: number;
}

const IDS = { bleu1: 'bleu-1', bleu4: 'bleu-4', rouge: 'rouge-l-package' } as const;

function read(path: string): string {
  return readFileSync(new URL(path, DATA), 'utf8');
}

function mean(report: TextReport, id: string): number {
  return report.scores.find(({ metric }) => metric.id === id)?.mean as number;
}

describe('The published numbers of the ScienceQA study', function () {
  this.timeout(60_000);
  let records: DatasetRecord[] = [];
  let published: Published[] = [];
  let matching: Matching[] = [];

  before(function () {
    if (!existsSync(DATA)) {
      console.log('      (skipped: the ScienceQA outputs are not beside this repository)');
      this.skip();
    }
    records = Object.values(JSON.parse(read('val.json')));
    published = JSON.parse(read('published_metrics.json')).entries;
    matching = JSON.parse(read('recomputed_metrics.json'));
  });

  it('are what the study mode computes, for each file whose records are here', () => {
    const metrics = textMetrics(parseWordNet(readWordNetTable()));
    const here = matching.filter(
      ({ split, model, setting }) =>
        split === 'val' && existsSync(new URL(`outputs/${model}_${setting}.jsonl`, DATA)),
    );
    assert.ok(here.length > 0);
    for (const entry of here) {
      const rows = read(`outputs/${entry.model}_${entry.setting}.jsonl`).trim().split('\n');
      const items = rows.map((line) => {
        const { index, parsed_explanation } = JSON.parse(line);
        const reference = recordReference(records[index] as DatasetRecord, 'lecture+solution');
        return { candidate: { whole: parsed_explanation, stages: {} }, reference };
      });
      const report = textReport(items, 'scienceqa-study', metrics);
      for (const [name, id] of Object.entries(IDS)) {
        if (!entry.match[name]) continue;
        const value = mean(report, id);
        assert.ok(Math.abs(value - (entry.published[name] as number)) <= NEAR, `${id} ${value}`);
      }
      const setting = Number(entry.setting.match(/\d$/)?.[0]);
      const row = published.find((one) => one.model === entry.model && one.setting === setting);
      const meteor = mean(report, 'meteor');
      assert.ok(Math.abs(meteor - (row?.meteor as number)) <= NEAR, `meteor ${meteor}, not ${row?.meteor}`);
    }
  });

  it('average to the published overall, with the raw cosine on validation and the normalised one on test', () => {
    for (const { split, rouge_l, cosine_raw, overall, ...rest } of published) {
      const means = { ...rest, rougeL: rouge_l, cosine: cosine_raw };
      const { value } = studyOverall(means, split === 'val' ? 'raw' : 'normalised');
      assert.ok(Math.abs((value as number) - overall) <= NEAR, `${rest.model}: ${value}, not ${overall}`);
    }
  });
});
