import assert from 'node:assert/strict';
import type { PartialOutput, Prediction } from '../../server/src/core/models/types.ts';
import { environmentAccess } from '../../server/src/inference/openai/access.ts';
import { openaiProvider } from '../../server/src/inference/openai/provider.ts';
import { readEndpoints } from '../../server/src/inference/openai/settings.ts';
import { golden, imagePath, needsPair, requestFor, textRequest } from '../server/inference-fixtures.ts';
import { needsPython, ServedModel } from './served-model.ts';

interface OutputGolden {
  readonly model: string;
  readonly id: string;
  readonly input_ids: readonly number[];
  readonly tokens: readonly number[];
  readonly output: string;
}

const GREEDY = { maxNewTokens: 160, temperature: 0 };

describe('a real server, transformers serve', function () {
  this.timeout(300_000);
  let served: ServedModel | undefined;

  before(async function () {
    needsPair(this);
    needsPython(this);
    served = await ServedModel.start();
  });
  after(() => served?.close());

  async function ask(
    requests: Parameters<typeof requestFor>[0][],
    onPartial?: (partial: PartialOutput) => void,
  ) {
    const model = await open(served!.name);
    const found = new Map<string, Prediction>();
    const asked = requests.map((id) => requestFor(id));
    for await (const one of model.generate(asked, GREEDY, new AbortController().signal, onPartial)) {
      found.set(one.key, one);
    }
    return found;
  }

  async function open(model: string) {
    // The server generates one answer after the other, whatever it is asked.
    const { endpoints } = readEndpoints({ teacher: { url: served!.url, model, concurrency: 2 } });
    const provider = openaiProvider({ endpoints, access: environmentAccess({}) });
    const [card] = await provider.list();
    return provider.open(card!, (sentence) => assert.fail(sentence));
  }

  /** The server leaves special tokens out, which the stage tags are. */
  const bare = (output: string) => output.replace(/<\/?[A-Z]+>/g, '').trim();

  it('writes of the embedded teacher’s weights, images included, what the golden file holds', async function () {
    const lines = golden<OutputGolden>(this, 'pair-golden.jsonl').filter(
      ({ model }) => model === 'sketchbook-teacher',
    );
    const some = [
      ...lines.filter(({ id }) => imagePath(id)).slice(0, 3),
      ...lines.filter(({ id }) => !imagePath(id)).slice(0, 1),
    ];
    assert.equal(some.length, 4);
    const found = await ask(some.map(({ id }) => id));
    for (const { id, input_ids, output } of some) {
      const { output: ours, usage, finishReason, error } = found.get(id) as Prediction;
      assert.equal(error, undefined);
      assert.equal(ours.trim(), bare(output), `record ${id}`);
      assert.equal(usage.promptTokens, input_ids.length, `record ${id}`);
      assert.equal(finishReason, 'stop');
    }
  });

  it('tells what it is writing, and ends with the same answer', async function () {
    const [line] = golden<OutputGolden>(this, 'pair-golden.jsonl');
    const partials: string[] = [];
    const found = await ask([line!.id], ({ output }) => partials.push(output));
    const { output, usage } = found.get(line!.id) as Prediction;
    assert.equal(output.trim(), bare(line!.output));
    assert.ok(usage.outputTokens > 0);
    assert.ok(partials.length > 0 && partials.every((partial) => output.startsWith(partial)));
  });

  it('says in one sentence that it does not have a model', async () => {
    const model = await open('nobody/no-such-model');
    const asked = [textRequest('k', 'Which?')];
    for await (const { error } of model.generate(asked, GREEDY, new AbortController().signal)) {
      assert.match(
        error ?? '',
        /^127\.0\.0\.1:\d+ refuses the request \(HTTP 400\): .*nobody\/no-such-model/,
      );
    }
  });
});
