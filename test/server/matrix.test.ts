import assert from 'node:assert/strict';
import { decodingOf } from '../../server/src/core/decoding.ts';
import type { ModelCard } from '../../server/src/core/models/types.ts';
import { Matrix } from '../../server/src/core/pipeline/matrix.ts';
import type { MatrixOptions, MatrixProgress } from '../../server/src/core/pipeline/matrix-types.ts';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { Store } from '../../server/src/core/store/types.ts';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { AnsweringModel, CARD } from './answering-model.ts';
import { dataset } from './sample-dataset.ts';

const CLOCK = { seconds: () => 0, date: () => '2026-01-01T00:00:00.000Z' };
/** Shows the solution where the setting allows it. The gold answer of every record is `number N`, choice B. */
const PROMPT = {
  name: 'p',
  text: `---
metadata:
  rationale: {setting: 4, format: letter} # as it is
---
user:
{{ question }}
{% for choice in choices %}({{ letters[loop.index0] }}) {{ choice }}
{% endfor %}
{% if lecture %}
{{ lecture }}
{% endif %}
{% if solution %}
{{ solution }}
{% endif %}
`,
};

/** The letter of the choice that says `number N`, wherever it stands. */
const right = (text: string) => /\((\w)\) number/.exec(text)?.[1] as string;
/** Right where it may reason, else always the first choice. */
const reasoner = (text: string) =>
  text.includes('step by step') ? `So it is.\nAnswer: ${right(text)}` : 'A';

describe('the matrix', () => {
  let store: Store;
  let pipeline: Pipeline;
  beforeEach(() => {
    store = openStore(':memory:');
    const around = {
      path: '/d/problems.json',
      image: () => ({ state: 'none' }) as const,
      splits: null,
      rules: {},
    };
    pipeline = new Pipeline(DatasetDocument.create(dataset(120)), around, store);
  });
  afterEach(() => store.close());

  const matrix = (change: Partial<MatrixOptions> = {}) =>
    new Matrix(pipeline, {
      prompt: PROMPT,
      models: [CARD],
      axes: {
        settings: [1, 2],
        strategies: ['as-written', 'zero-shot', 'chain-of-thought'],
        formats: ['letter'],
        orders: ['answer-last', 'answer-first'],
      },
      decoding: decodingOf({ maxNewTokens: 32 }),
      split: null,
      sample: { n: 10, seed: 0 },
      racing: false,
      variations: [],
      ...change,
    });

  async function run(grid: Matrix, model: AnsweringModel, most = Number.POSITIVE_INFINITY) {
    const steps: MatrixProgress[] = [];
    const opened: ModelCard[] = [];
    const abort = new AbortController();
    const open = async (card: ModelCard) => {
      opened.push(card);
      return model;
    };
    for await (const step of grid.run(open, abort.signal, CLOCK)) {
      steps.push(step);
      if (model.asked.length >= most) abort.abort();
    }
    return { steps, opened, result: grid.result() };
  }

  const ids = (grid: Matrix) => grid.cells.map(({ cell }) => cell.id);

  it('has a cell for each way of asking, and one for those that ask the very same', () => {
    assert.deepEqual(ids(matrix()), [
      's1 as-written',
      's1 zero-shot letter',
      's1 chain-of-thought letter answer-last',
      's1 chain-of-thought letter answer-first',
      's2 as-written',
      's2 zero-shot letter',
      's2 chain-of-thought letter answer-last',
      's2 chain-of-thought letter answer-first',
    ]);
    const plain = { name: 'p', text: PROMPT.text.replace(/{% if lecture[\s\S]*/, '') };
    const grid = matrix({ prompt: plain });
    assert.equal(ids(grid).length, 4);
    assert.match(
      grid.result().notes.join('\n'),
      /shows the same in setting 2 as in setting 1: it is asked once/,
    );
  });

  it('finds the best fair cell, and gives its prompt file with everything else left as it was', async () => {
    const grid = matrix();
    const { result, opened } = await run(grid, new AnsweringModel(reasoner));
    const best = result.cells.find(({ isBest }) => isBest);
    assert.equal(best?.accuracy.value, 1);
    assert.equal(best?.cell.strategy, 'chain-of-thought');
    assert.equal(best?.pAgainstBest, null);
    const zeroShot = result.cells.find(({ cell }) => cell.strategy === 'zero-shot');
    // Ten records that only the best has right: 2 × 2⁻¹⁰.
    assert.equal(zeroShot?.pAgainstBest?.toFixed(6), (2 * 2 ** -10).toFixed(6));
    assert.deepEqual(zeroShot?.positions, { n: 10, chosen: [10, 0], gold: [0, 10], even: [5, 5] });
    assert.equal(opened.length, 1);
    const text = grid.best()?.text ?? '';
    assert.match(text, /setting: [12],/);
    assert.match(text, /strategy: chain-of-thought/);
    assert.match(text, /# as it is/);
    assert.ok(text.endsWith(PROMPT.text.slice(PROMPT.text.indexOf('user:'))));
    const again = pipeline.plan(
      {
        ...{ model: CARD, decoding: decodingOf({ maxNewTokens: 32 }), split: null },
        prompt: { name: 'best', text },
      },
      CLOCK.date(),
    );
    assert.equal(again.settled.length, 10, 'what the cell has asked is known to a run with its prompt file');
  });

  it('marks cells whose prompt holds the solution, and never takes one as the best', async () => {
    const tell = (text: string) => (text.includes('The answer is') ? right(text) : 'A');
    const grid = matrix({
      axes: { settings: [1, 4], strategies: ['zero-shot'], formats: ['letter'], orders: ['answer-last'] },
    });
    const { result } = await run(grid, new AnsweringModel(tell));
    assert.deepEqual(
      result.cells.map(({ cell, accuracy, isBest, unfair }) => [
        cell.setting,
        accuracy.value,
        isBest,
        unfair !== null,
      ]),
      [
        [1, 0, true, false],
        [4, 1, false, true],
      ],
    );
    assert.match(result.notes.join('\n'), /1 cell holds the solution or the answer/);
  });

  it('asked again, asks nothing; stopped anywhere, it goes on there', async () => {
    const whole = new AnsweringModel(reasoner);
    await run(matrix(), whole);
    const second = new AnsweringModel(reasoner);
    const { opened, result } = await run(matrix(), second);
    assert.deepEqual(
      [second.asked.length, opened.length, result.cells.every(({ state }) => state === 'done')],
      [0, 0, true],
    );
    store.close();
    store = openStore(':memory:');
    pipeline = new Pipeline(pipeline.document, pipeline.surroundings, store);
    const [first, rest] = [new AnsweringModel(reasoner), new AnsweringModel(reasoner)];
    const stopped = await run(matrix(), first, 25);
    assert.ok(stopped.result.cells.some(({ state }) => state !== 'done'));
    await run(matrix(), rest);
    assert.equal(first.asked.length + rest.asked.length, whole.asked.length);
  });

  it('asks a caption once for all formats', async () => {
    const image = () =>
      ({ state: 'ok', path: '/d/i.png', width: 8, height: 8, bytes: 9, digest: 'i' }) as const;
    pipeline = new Pipeline(pipeline.document, { ...pipeline.surroundings, image }, store);
    const model = new AnsweringModel((text) => (text.includes('Describe') ? 'A picture.' : 'B'));
    await run(
      matrix({
        axes: {
          settings: [1],
          strategies: ['dual-query'],
          formats: ['letter', 'json', 'stages'],
          orders: ['answer-last', 'answer-first'],
        },
      }),
      model,
    );
    assert.equal(model.asked.filter((text) => text.includes('Describe')).length, 10);
    assert.equal(model.asked.length, 10 + 6 * 10);
  });

  it('with moved choices, tells who answers by position from who does not', async () => {
    const variations = ['choices-moved'];
    const axes = {
      settings: [1] as const,
      strategies: ['zero-shot', 'chain-of-thought'],
      formats: ['letter'] as const,
    };
    const grid = matrix({ variations, axes: { ...axes, orders: ['answer-last'] } });
    const { result } = await run(grid, new AnsweringModel(reasoner));
    const [byPosition, byContent] = result.cells.map((cell) => cell.variations['choices-moved']);
    // Two choices: the gold one now stands first, so that "A" is right.
    assert.deepEqual(
      [byPosition?.samePosition?.value, byPosition?.changed.value, byPosition?.accuracy.value],
      [1, 1, 1],
    );
    assert.deepEqual(
      [byContent?.samePosition?.value, byContent?.changed.value, byContent?.accuracy.value],
      [0, 0, 1],
    );
    assert.deepEqual(byPosition?.positions.gold, [10, 0]);
  });

  it('stops in a race the cells that cannot win, by its rule, and says so', async () => {
    const grid = matrix({ racing: true, sample: { n: 100, seed: 0 } });
    const model = new AnsweringModel(reasoner);
    const { result } = await run(grid, model);
    const states = new Map(result.cells.map(({ cell, state, n, why }) => [cell.id, { state, n, why }]));
    assert.deepEqual(states.get('s1 zero-shot letter'), {
      state: 'stopped',
      n: 25,
      why: 'Stopped after 25 records: it can hardly win any more.',
    });
    assert.equal(states.get('s1 chain-of-thought letter answer-last')?.n, 100);
    assert.match(result.notes.join('\n'), /After every 25 records, a cell is stopped/);
    // Four cells with reasoning to the end, four without for a quarter.
    assert.equal(model.asked.length, 4 * 100 + 4 * 25);
  });

  it('goes on with the other cells when one cannot be asked', async () => {
    const axes = { settings: [1] as const, formats: ['letter'] as const, orders: ['answer-last'] as const };
    const grid = matrix({ axes: { ...axes, strategies: ['few-shot', 'zero-shot'] } });
    const { result } = await run(grid, new AnsweringModel(reasoner));
    assert.deepEqual(
      result.cells.map(({ state }) => state),
      ['failed', 'done'],
    );
    assert.match(result.cells[0]?.why ?? '', /the split "train" has only 0/);
    assert.throws(
      () => matrix({ axes: { ...axes, strategies: ['few-shot'] } }),
      /the split "train" has only 0/,
    );
  });

  it('keeps its runs out of the dataset’s findings', async () => {
    await run(matrix(), new AnsweringModel(reasoner));
    pipeline.storeChanged();
    assert.ok(pipeline.document.chunks.every((chunk) => pipeline.results(chunk).length === 0));
  });

  it('counts to the end, through every part', async () => {
    const { steps } = await run(matrix({ variations: ['choices-moved'] }), new AnsweringModel(reasoner));
    const last = steps.at(-1);
    assert.equal(last?.done, last?.total);
    assert.ok(steps.every((step, i) => step.done >= (steps[i - 1]?.done ?? 0)));
    assert.ok(steps.some(({ part }) => part === 'choices-moved'));
  });
});
