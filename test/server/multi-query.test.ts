import assert from 'node:assert/strict';
import { decodingOf } from '../../server/src/core/decoding.ts';
import type { Model } from '../../server/src/core/models/types.ts';
import { type AnnotateProgress, Pipeline } from '../../server/src/core/pipeline.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { DatasetRecord, ImageFacts } from '../../server/src/core/records/types.ts';
import type { Store } from '../../server/src/core/store/types.ts';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { AnsweringModel, CARD } from './answering-model.ts';
import { dataset } from './sample-dataset.ts';

const CLOCK = { seconds: () => 0, date: () => '2026-01-01T00:00:00.000Z' };

/** A caption that names the question, so that each record has its own. */
const isCaption = (text: string) => text.includes('Describe what the image shows');
const say = (text: string) =>
  isCaption(text) ? `A picture for ${/number \d+/.exec(text)?.[0]}.` : 'It follows.\nAnswer: B';

const promptFile = (strategy: string, format = 'letter') => ({
  name: strategy,
  text: `---\nmetadata: {rationale: {strategy: ${strategy}, format: ${format}}}\n---\nuser:\n{% if image %}\n![image]({{ image }})\n{% endif %}\n{{ question }}\n`,
});

describe('strategies of several queries', () => {
  let store: Store;
  let pipeline: Pipeline;
  const fresh = () => {
    store = openStore(':memory:');
    const image = ({ image: name }: DatasetRecord): ImageFacts =>
      name === null
        ? { state: 'none' }
        : { state: 'ok', path: `/d/${name}`, width: 8, height: 8, bytes: 9, digest: name };
    // r2 has no image.
    const text = dataset(3, { r0: { image: '0.png' }, r1: { image: '1.png' } });
    const around = { path: '/d/problems.json', image, splits: null, rules: {} };
    pipeline = new Pipeline(DatasetDocument.create(text), around, store);
  };
  beforeEach(fresh);
  afterEach(() => store.close());

  async function run(prompt: ReturnType<typeof promptFile>, model: Model, most = Number.POSITIVE_INFINITY) {
    const decoding = decodingOf({ maxNewTokens: 32 });
    const job = pipeline.plan({ model: CARD, prompt, decoding, split: null }, CLOCK.date());
    const steps: AnnotateProgress[] = [];
    const abort = new AbortController();
    let answered = 0;
    const asked = async function* (...args: Parameters<Model['generate']>) {
      for await (const prediction of model.generate(...args)) {
        if (answered++ >= most) return abort.abort();
        yield prediction;
      }
    };
    const limited: Model = { ...model, card: CARD, device: 'test', generate: asked, close: async () => {} };
    for await (const step of pipeline.annotate(job, async () => limited, abort.signal, CLOCK))
      steps.push(step);
    return { report: pipeline.report(store.run(job.run.id) ?? job.run), steps, runId: job.run.id };
  }

  it('ask each query in turn, the later ones with what was said, and of records without an image the last alone', async () => {
    const model = new AnsweringModel(say);
    const { report } = await run(promptFile('dual-query'), model);
    assert.deepEqual(
      model.asked.map((text) => (isCaption(text) ? 'caption' : 'answer')),
      ['caption', 'caption', 'answer', 'answer', 'answer'],
    );
    const shown = model.asked.filter((text) =>
      text.includes('What the image shows:\nA picture for number 0.'),
    );
    assert.equal(shown.length, 1);
    assert.deepEqual([report.report.n, report.report.correct, report.missing, report.stale], [3, 3, 0, 0]);
    // Two queries of three output tokens for two records, one for the third.
    assert.equal(report.tokens, 15 / 3);
  });

  it('keep what was said to earlier queries: in another format only the answers are asked anew', async () => {
    await run(promptFile('dual-query'), new AnsweringModel(say));
    const model = new AnsweringModel((text) =>
      isCaption(text) ? 'never' : '{"reasoning":"…","answer":"B"}',
    );
    const { report } = await run(promptFile('dual-query', 'json'), model);
    assert.deepEqual(model.asked.filter(isCaption), []);
    assert.equal(model.asked.length, 3);
    assert.equal(report.tokens, 15 / 3);
  });

  it('stopped at any point, go on there and ask nothing twice', async () => {
    for (const most of [1, 2, 3, 4]) {
      store.close();
      fresh();
      const [first, second] = [new AnsweringModel(say), new AnsweringModel(say)];
      const stopped = await run(promptFile('dual-query'), first, most);
      assert.ok(stopped.report.report.n < 3);
      const { report } = await run(promptFile('dual-query'), second);
      assert.equal(report.report.n, 3);
      // The one that was cut off was asked for, but never stored.
      assert.equal(new Set([...first.asked, ...second.asked]).size, 5, `after ${most}`);
      assert.equal(second.asked.length, 5 - most);
    }
  });

  it('a query that fails leaves its record without an answer, says why, and is tried again the next time', async () => {
    const broken = (text: string) =>
      isCaption(text) && /number 1/.test(text) ? new Error('No light.') : say(text);
    const { report } = await run(promptFile('dual-query'), new AnsweringModel(broken));
    assert.deepEqual([report.report.n, report.failed, report.missing], [3, 1, 0]);
    const failed = report.results.find(({ result }) => result.prediction.error !== undefined);
    assert.equal(failed?.result.prediction.error, 'The query "caption" failed: No light.');
    const model = new AnsweringModel(say);
    const again = await run(promptFile('dual-query'), model);
    assert.deepEqual([again.report.failed, again.report.report.correct, model.asked.length], [0, 3, 2]);
  });

  it('tell which query is at work, and how far it is', async () => {
    const { steps } = await run(promptFile('ddcot'), new AnsweringModel(say));
    const names = steps.flatMap(({ query }) => query?.name ?? []);
    assert.deepEqual([...new Set(names)], ['sub-questions', 'recognition']);
    assert.equal(steps.at(-1)?.done, 3);
    assert.equal(steps.at(-1)?.query, null);
  });

  it('after an edit of a record, its answer is no longer current, and it alone is asked again', async () => {
    await run(promptFile('dual-query'), new AnsweringModel(say));
    const { document } = pipeline;
    document.edit({ text: document.text.replace('Which of these is number 1?', 'Which one is number 1?') });
    const model = new AnsweringModel(say);
    await run(promptFile('dual-query'), model);
    assert.equal(model.asked.length, 2);
    assert.ok(model.asked.every((text) => text.includes('Which one is number 1?')));
  });
});
