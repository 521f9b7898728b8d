import assert from 'node:assert/strict';
import { join } from 'node:path';
import { decodingOf } from '../../server/src/core/decoding.ts';
import type { ScoreRequest, Scores } from '../../server/src/core/models/types.ts';
import { faithfulnessReport, planTests, runTests } from '../../server/src/core/pipeline/faithfulness.ts';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { Store } from '../../server/src/core/store/types.ts';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { AnsweringModel, CARD } from './answering-model.ts';
import { CliSession } from './cli-session.ts';
import { needsPair, sample } from './inference-fixtures.ts';
import { dataset, rationale as stages } from './sample-dataset.ts';

const CLOCK = { seconds: () => 0, date: () => '2026-01-01T00:00:00.000Z' };
const SCORING = { ...CARD, scores: true as const };
const REASONING = 'One fits. So two does not.';
/** Of r2 the answer is A; of r3 there is no reasoning, of r4 no answer; r1 contradicts itself. */
const OUTPUTS: readonly (readonly [string, string])[] = [
  ['number 1?', stages('B', 'So the answer is not 1.')],
  ['number 2?', stages('A', REASONING)],
  ['number 3?', '<CONCLUSION>B</CONCLUSION>'],
  ['number 4?', 'It is hard to say.'],
];

/** Finds A four times as likely as B before the first sentence, and the letter that it was given a reason for afterwards. */
class ScoringModel extends AnsweringModel {
  readonly scored: ScoreRequest[] = [];

  constructor() {
    super((text) => OUTPUTS.find(([asked]) => text.includes(asked))?.[1] ?? stages('B', REASONING), SCORING);
  }

  async *score(requests: readonly ScoreRequest[], signal: AbortSignal): AsyncIterable<Scores> {
    for (const request of requests) {
      if (signal.aborted) return;
      this.scored.push(request);
      const texts = request.texts.map(({ given, text }) => {
        const likely = given.includes('One fits.') ? 'B' : 'A';
        const logProbability = Math.log(text === likely ? 0.08 : 0.02);
        return { logProbability, tokens: [logProbability] };
      });
      yield { key: request.key, texts };
    }
  }
}

describe('testing whether answers follow from rationales', () => {
  let store: Store;
  let pipeline: Pipeline;
  let model: ScoringModel;
  const prompt = { name: 'p', text: '---\nname: p\n---\nuser:\n{{ question }}\n' };

  beforeEach(() => {
    store = openStore(':memory:');
    const around = {
      path: '/d/problems.json',
      image: () => ({ state: 'none' as const }),
      splits: null,
      rules: {},
    };
    pipeline = new Pipeline(DatasetDocument.create(dataset(6)), around, store);
    model = new ScoringModel();
  });
  afterEach(() => store.close());

  async function annotated() {
    const job = pipeline.plan(
      { model: SCORING, prompt, decoding: decodingOf({}), split: null },
      CLOCK.date(),
    );
    for await (const _ of pipeline.annotate(job, async () => model, new AbortController().signal, CLOCK));
    return store.run(job.run.id) ?? job.run;
  }

  async function tested(run: Awaited<ReturnType<typeof annotated>>, ids?: readonly string[]) {
    const plan = planTests(pipeline, run, ids);
    for await (const _ of runTests(pipeline, plan, model, new AbortController().signal));
    return plan;
  }

  it('scores the letters without the rationale, after each sentence, and with the next rationale of another answer', async () => {
    const run = await annotated();
    const { untested } = await tested(run);
    assert.deepEqual(untested, [
      { recordId: 'r3', why: 'no reasoning before the answer' },
      { recordId: 'r4', why: 'no answer' },
    ]);
    assert.equal(model.scored.length, 4);
    const [first] = model.scored as [ScoreRequest];
    assert.deepEqual(first.messages, [
      { role: 'user', content: [{ type: 'text', text: 'Which of these is number 0?' }] },
    ]);
    const own = (reasoning: string) => stages('', reasoning).replace('</CONCLUSION>', '');
    assert.deepEqual(
      first.texts,
      ['<CONCLUSION>', own(''), own('One fits.'), own(REASONING), own(REASONING)].flatMap((given) =>
        ['A', 'B'].map((text) => ({ given, text })),
      ),
    );
    // r0 and r2 have one topic; of the topic of r1 and r5 no answer is A.
    const ids = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'];
    const { tested: found, means } = faithfulnessReport(pipeline, run, ids);
    assert.deepEqual(
      found.map(({ recordId, test }) => [recordId, test.swapped?.recordId]),
      [
        ['r0', 'r2'],
        ['r1', 'r2'],
        ['r2', 'r0'],
        ['r5', 'r2'],
      ],
    );
    const { test } = found[0] as (typeof found)[0];
    assert.deepEqual(
      [test.alone, ...test.curve].map((share) => share.toFixed(2)),
      ['0.20', '0.20', '0.80', '0.80'],
    );
    assert.equal(means?.n, 4);
  });

  it('scores nothing twice, and only the records asked for', async () => {
    const run = await annotated();
    assert.equal((await tested(run, ['r2'])).tests.length, 1);
    assert.deepEqual((await tested(run)).known, ['r2']);
    assert.equal(model.scored.length, 4);
    const again = await tested(run);
    assert.deepEqual([again.tests.length, again.known.length], [0, 4]);
    // Where the record changes, the output is stale, and so are its scores.
    const around = pipeline.surroundings;
    pipeline = new Pipeline(
      DatasetDocument.create(dataset(6, { r2: { question: 'Which is it?' } })),
      around,
      store,
    );
    assert.deepEqual(
      faithfulnessReport(pipeline, run, ['r0', 'r2']).tested.map(({ recordId }) => recordId),
      ['r0'],
    );
  });

  it('says which records are not answered or not scored yet', async () => {
    const run = await annotated();
    await tested(run, ['r5']);
    const { untested } = faithfulnessReport(pipeline, run, ['r0', 'r4', 'r5', 'r9']);
    assert.deepEqual(untested, [
      { recordId: 'r4', why: 'no answer' },
      { recordId: 'r0', why: 'not scored yet' },
      { recordId: 'r9', why: 'not answered yet' },
    ]);
  });

  it('stands as evidence beside a reasoning that contradicts its conclusion', async () => {
    const run = await annotated();
    const evidence = () => {
      const chunk = pipeline.document.chunks[pipeline.document.find('r1') as number];
      assert.ok(chunk);
      return pipeline.findings(chunk).find(({ rule }) => rule === 'reasoning-contradicts-conclusion')
        ?.evidence;
    };
    const before = evidence();
    assert.match(before ?? '', /^"not 1" against "B"$/);
    await tested(run);
    assert.equal(
      evidence(),
      `${before}; scored, B (number 1) has the probability 0.20 without the rationale and 0.20 with it`,
    );
  });

  it('refuses a model that cannot score, in one sentence', async () => {
    const run = await annotated();
    const plan = planTests(pipeline, run);
    const refused = runTests(pipeline, plan, new AnsweringModel(() => 'B'), new AbortController().signal);
    await assert.rejects(async () => {
      for await (const _ of refused);
    }, /^Error: m cannot be tested: its provider \(test\) tells what the model writes, not how likely it finds a given text\.$/);
  });
});

describe('faithfulness', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
  });
  afterEach(() => session.close());

  const numbers = (stdout: string) => JSON.parse(stdout);

  it('answers and scores with the embedded teacher, and does neither again', function () {
    needsPair(this);
    const run = (...more: string[]) =>
      session.run(
        'faithfulness',
        join(sample, 'problems.json'),
        '--model',
        'sketchbook-teacher',
        '--split',
        'test',
        '--limit',
        '8',
        ...more,
      );
    const { stdout, stderr, status } = run();
    assert.equal(status, 0, stderr);
    assert.match(stdout, /P without .*sentence by sentence.*P with/);
    assert.match(
      stdout,
      /Over 8 records, the probability of the answer is 0\.\d{3} without the rationale and [01]\.\d{3} with it/,
    );
    const report = numbers(run('--format', 'json').stdout);
    assert.equal(report.records.length, 8);
    for (const { id, curve, given, alone, swapped, margin } of report.records) {
      for (const share of [...curve, given, alone, swapped.given]) assert.ok(share >= 0 && share <= 1, id);
      assert.equal(curve.at(-1), given);
      assert.ok(margin > 0, 'the teacher names the likeliest choice');
      assert.notEqual(swapped.recordId, id);
    }
    // The teacher was trained to conclude from its reasoning.
    assert.ok(report.means.given > 0.95 && report.means.given > report.means.alone + 0.1);
    const again = run('--format', 'jsonl');
    assert.doesNotMatch(again.stderr, /scoring/);
    assert.deepEqual(again.stdout.trim().split('\n').map(numbers), report.records);
  });

  it('says in one sentence that a model cannot be tested', () => {
    session.write('problems.json', dataset(3));
    const { stdout, stderr, status } = session.run(
      'faithfulness',
      'problems.json',
      '--model',
      session.scripted(3),
    );
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /^scripted:\S+ cannot be tested: its provider \(scripted\) tells what the model writes, not how likely it finds a given text\.$/m,
    );
  });
});
