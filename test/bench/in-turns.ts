/** Two ways of running the same model, in turns in one process, compared by what they cost the processor. */
import type { Decoding, ModelRequest } from '../../server/src/core/models/types.ts';
import { ImageFeatures } from '../../server/src/inference/onnx/host/features.ts';
import { generate } from '../../server/src/inference/onnx/host/generate.ts';
import type { LoadedModel } from '../../server/src/inference/onnx/host/load.ts';

const ROUNDS = 5;

export interface Way {
  readonly name: string;
  /** Called anew in every round. */
  readonly load: () => Promise<LoadedModel>;
  readonly requests: readonly ModelRequest[];
}

interface Measured {
  readonly recordsPerSecond: number;
  readonly outputs: ReadonlyMap<string, string>;
}

/** Prints, and gives, how many times as many records in a second of the processor's `other` makes as `one`. */
export async function inTurns(one: Way, other: Way, decoding: Decoding): Promise<number> {
  await measure({ ...one, requests: one.requests.slice(0, 16) }, decoding);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [first, second] = [await measure(one, decoding), await measure(other, decoding)];
    const same = [...first.outputs].filter(([key, output]) => second.outputs.get(key) === output).length;
    const ratio = second.recordsPerSecond / first.recordsPerSecond;
    console.log(
      `${one.name} ${first.recordsPerSecond.toFixed(1)} records/s, ${other.name} ${second.recordsPerSecond.toFixed(1)}: ${ratio.toFixed(2)} ×; ${same} of ${first.outputs.size} outputs equal`,
    );
    ratios.push(ratio);
  }
  const median = ratios.toSorted((a, b) => a - b)[(ROUNDS - 1) / 2] as number;
  return Math.round(100 * median) / 100;
}

/** On a model that has seen no image yet. Seconds are the processor's: what else this machine does counts for nobody. */
async function measure({ load, requests }: Way, decoding: Decoding): Promise<Measured> {
  const model = await load();
  const outputs = new Map<string, string>();
  const before = process.cpuUsage();
  await generate(model, new ImageFeatures(model.sessions, model.images), requests, decoding, {
    working: () => {},
    alive: () => {},
    partials: null,
    predictions: (predictions) => {
      for (const { key, output, error } of predictions) {
        if (error) throw new Error(error);
        outputs.set(key, output);
      }
    },
  });
  const { user, system } = process.cpuUsage(before);
  return { recordsPerSecond: outputs.size / ((user + system) / 1e6), outputs };
}
