import type { WorkDoneProgressReporter } from 'vscode-languageserver/node';
import { faithfulnessWords } from '../core/annotations/faithfulness.ts';
import { planTests, refuseUnscored, runTests, UNTESTED_WORDS } from '../core/pipeline/faithfulness.ts';
import type { RecordResult } from '../core/pipeline.ts';
import type { FaithfulnessParams, FaithfulnessResult } from '../protocol/messages.ts';
import type { Dataset } from './dataset.ts';
import { recordAt } from './prompt-record.ts';
import type { Session } from './session.ts';

type Said = FaithfulnessResult['models'][number];

/** Tests what models have answered to a record. @throws Error whose message is one sentence */
export function testFaithfulness(
  session: Session,
  { record, model }: FaithfulnessParams,
  progress: WorkDoneProgressReporter,
  cancel: AbortController,
): Promise<FaithfulnessResult> {
  session.store(); // Says why not, before anything is begun.
  return session.annotator.inTurn(progress, cancel, async (turn) => {
    progress.begin('Testing faithfulness', undefined, undefined, true);
    await turn();
    const dataset = session.datasets.get(record.dataset);
    const chunk = recordAt(record, dataset);
    if (!chunk?.source) throw new Error('No record stands there.');
    const { id } = chunk.source.record;
    const results = dataset.pipeline
      .results(chunk)
      .filter(({ run }) => model === undefined || run.model === model);
    if (results.length === 0)
      throw new Error(
        `${model ?? 'No model'} has ${model ? 'not ' : ''}answered record ${id} as it stands: annotate it first.`,
      );
    const models: Said[] = [];
    for (const result of results) {
      if (cancel.signal.aborted) break;
      progress.report(`${result.run.model} on record ${id}`);
      models.push(await said(session, dataset, result, id, cancel.signal));
    }
    session.storeChanged(dataset.path, new Set([id]));
    return { record: id, models, cancelled: cancel.signal.aborted };
  });
}

/** One model's answer, tested. */
async function said(
  session: Session,
  { pipeline }: Dataset,
  { run }: RecordResult,
  id: string,
  signal: AbortSignal,
): Promise<Said> {
  try {
    const offered = await session.models.find(run.model, session.device);
    refuseUnscored(offered.card);
    const plan = planTests(pipeline, run, [id]);
    const [untested] = plan.untested;
    if (untested) throw new Error(UNTESTED_WORDS[untested.why]);
    if (plan.tests.length > 0) {
      const model = await session.models.open(offered, (sentence) => session.client.log(sentence));
      try {
        for await (const { error } of runTests(pipeline, plan, model, signal))
          if (error !== null) throw new Error(error);
      } finally {
        await model.close();
      }
    }
    const answer = pipeline.answer(run, id);
    const test = answer && pipeline.judging.faithfulness(answer.result.prediction, answer.result.judgement);
    if (!test) throw new Error('It was stopped before it was through.');
    return { model: run.model, said: faithfulnessWords(test, answer.source), isTested: true };
  } catch (error) {
    return { model: run.model, said: (error as Error).message, isTested: false };
  }
}
