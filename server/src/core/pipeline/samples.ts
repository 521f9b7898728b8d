/** What a run's answers took, and what its samples tell beyond their votes. */
import type { Counted, Vote } from '../judgements/types.ts';
import { calibration } from '../metrics/calibration.ts';
import { hasGold, type JudgedRecord } from '../metrics/report.ts';
import { passAt } from '../metrics/samples.ts';
import type { Prediction } from '../models/types.ts';
import type { DatasetRecord } from '../records/types.ts';
import type { RunReport } from './types.ts';

/** Adds up the numbers of a run that are taken of every sample, not of the records' votes, record by record. */
export class SampleNumbers {
  private readonly judged: JudgedRecord[] = [];
  private readonly stated: { readonly confidence: number; readonly correct: boolean }[] = [];
  private records = 0;
  private failed = 0;
  private failure: string | null = null;
  private promptTokens = 0;
  private outputTokens = 0;
  private cost: number | null = null;

  /** @param vote null when the run takes one sample */
  add(record: DatasetRecord, samples: readonly Counted[], vote: Vote | null, isRight: boolean): void {
    this.records++;
    if (!vote) return;
    for (const judgement of samples) this.judged.push({ record, judgement });
    if (hasGold(record)) this.stated.push({ confidence: vote.agreement, correct: isRight });
  }

  /** What a request took. @param isAnswer false: a query before the one for the answer */
  spend({ usage, error }: Prediction, isAnswer: boolean): void {
    this.promptTokens += usage.promptTokens;
    this.outputTokens += usage.outputTokens;
    if (usage.cost !== undefined) this.cost = (this.cost ?? 0) + usage.cost;
    if (!isAnswer || error === undefined) return;
    this.failed++;
    this.failure ??= error;
  }

  numbers(): Pick<
    RunReport,
    'failed' | 'failure' | 'promptTokens' | 'tokens' | 'cost' | 'passAt' | 'calibration'
  > {
    const perRecord = (sum: number) => (this.records === 0 ? 0 : sum / this.records);
    return {
      failed: this.failed,
      failure: this.failure,
      promptTokens: perRecord(this.promptTokens),
      tokens: perRecord(this.outputTokens),
      cost: this.cost,
      passAt: passAt(this.judged),
      calibration: calibration(this.stated),
    };
  }
}
