import assert from 'node:assert/strict';
import { decodingOf } from '../../server/src/core/decoding.ts';
import type { Model, ModelRequest } from '../../server/src/core/models/types.ts';
import { type AnnotateProgress, Pipeline } from '../../server/src/core/pipeline.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { Store } from '../../server/src/core/store/types.ts';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { AnsweringModel, CARD } from './answering-model.ts';
import { dataset, rationale } from './sample-dataset.ts';

const CLOCK = { seconds: () => 0, date: () => '2026-01-01T00:00:00.000Z' };
const PROMPT = {
  name: 'plain',
  text: '---\nmetadata: {rationale: {format: stages}}\n---\nuser:\n{{ question }}\n',
};
const RECORDS = 100;

describe('a run whose prompts are composed when the model takes them', () => {
  let store: Store;
  let pipeline: Pipeline;
  const open = (text: string) => {
    const around = {
      path: '/d/problems.json',
      image: () => ({ state: 'none' as const }),
      splits: null,
      rules: {},
    };
    pipeline = new Pipeline(DatasetDocument.create(text), around, store);
  };
  beforeEach(() => {
    store = openStore(':memory:');
  });
  afterEach(() => store.close());

  const plan = () =>
    pipeline.plan(
      { model: CARD, prompt: PROMPT, decoding: decodingOf({ maxNewTokens: 32 }), split: null },
      CLOCK.date(),
    );

  async function run(model: Model, job = plan()) {
    const steps: AnnotateProgress[] = [];
    for await (const step of pipeline.annotate(job, async () => model, new AbortController().signal, CLOCK))
      steps.push(step);
    return { card: store.run(job.run.id)!, steps, last: steps.at(-1)! };
  }

  it('makes each request when it is taken', async () => {
    open(dataset(RECORDS));
    const model = new AnsweringModel(() => rationale('B'));
    let ahead = 0;
    const watching: Model = {
      ...{ card: CARD, device: 'test', close: async () => {} },
      async *generate(requests, decoding, signal) {
        let taken = 0;
        const counted = (function* (): Iterable<ModelRequest> {
          for (const request of requests) {
            taken++;
            yield request;
          }
        })();
        let answered = 0;
        for await (const prediction of model.generate(counted, decoding, signal)) {
          ahead = Math.max(ahead, taken - answered++);
          yield prediction;
        }
      },
    };
    const { last, card } = await run(watching);
    assert.equal(ahead, 1);
    assert.deepEqual([last.done, last.total, last.failed], [RECORDS, RECORDS, 0]);
    assert.equal(card.finishedAt, CLOCK.date());
  });

  it('asks once what many records ask, however far apart they stand, and counts every one of them', async () => {
    // Every record but the second asks what the first does.
    const same = Object.fromEntries(
      Array.from({ length: RECORDS }, (_, n) => [`r${n}`, n === 1 ? {} : { question: 'Which one?' }]),
    );
    open(dataset(RECORDS, same));
    const model = new AnsweringModel(() => rationale('B'));
    const { last, card } = await run(model);
    assert.equal(model.asked.length, 2);
    assert.deepEqual([last.done, last.generated], [RECORDS, RECORDS]);
    assert.equal(pipeline.report(card).report.n, RECORDS);
  });

  it('does not try again in the same sitting what has failed, and says so of each record', async () => {
    open(dataset(RECORDS, { r99: { question: 'Which of these is number 0?' } }));
    const broken = (text: string) => (text.includes('number 0?') ? new Error('No light.') : rationale('B'));
    const model = new AnsweringModel(broken);
    const { last, card } = await run(model);
    assert.equal(model.asked.length, RECORDS - 1);
    assert.deepEqual([last.done, last.failed], [RECORDS, 2]);
    const failed = pipeline
      .report(card)
      .results.filter(({ result }) => result.prediction.error !== undefined);
    assert.deepEqual(
      failed.map(({ source }) => source.record.id),
      ['r0', 'r99'],
    );
    const again = plan();
    assert.deepEqual([again.stored, again.open.length], [RECORDS - 2, 2]);
  });

  it('asks of the records as they stood when the run was planned, and shows nothing of those edited since', async () => {
    open(dataset(3));
    const job = plan();
    const { document } = pipeline;
    document.edit({ text: document.text.replace('Which of these is number 1?', 'Which one is number 1?') });
    const model = new AnsweringModel(() => rationale('B'));
    const { card, last } = await run(model, job);
    assert.ok(model.asked.some((text) => text.includes('Which of these is number 1?')));
    assert.equal(last.done, 3);
    const { report, stale } = pipeline.report(card);
    assert.deepEqual([report.n, stale], [2, 1]);
  });

  it('takes the same numbers with and without the results of single records', async () => {
    open(dataset(RECORDS));
    const { card } = await run(
      new AnsweringModel((text) =>
        text.includes('7') ? 'I cannot say.' : rationale('AB'[text.length % 2]!),
      ),
    );
    const { results, ...numbers } = pipeline.report(card);
    assert.deepEqual(pipeline.numbers(card), numbers);
    assert.equal(results.length, RECORDS);
    // What a result says at once is what it says when its output is read again.
    for (const { source, result } of results) {
      const whole = pipeline.answer(card, source.record.id)!.result;
      assert.equal(result.judgement.verdict, whole.judgement.verdict);
      assert.equal(result.judgement.reading.choice, whole.judgement.reading.choice);
      assert.equal(result.prediction.output, whole.prediction.output);
      assert.deepEqual(result.findings, whole.findings);
      assert.deepEqual(result.judgement.reading.span, whole.judgement.reading.span);
      assert.equal(result.judgement.asserted?.choice, whole.judgement.asserted?.choice);
    }
  });
});
