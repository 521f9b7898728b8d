/** Tries a device with a piece of attention: proof that it runs, computes what the CPU computes, and how fast. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../../hosts/messages.ts';
import { DEVICES } from '../devices/table.ts';

/** An ONNX model of three nodes, o = MatMul(Softmax(MatMul(q, k)), v): ir 8, opset 13, all dimensions free. */
const ATTENTION =
  'CAgSADqsAQoRCgFxCgFrEgFzIgZNYXRNdWwKJQoBcxIBcCIHU29mdG1heCoUCgRheGlzGP///////////wGgAQIKEQoBcAoBdhIBbyIGTWF0TXVsEgFwWhUKAXESEAoOCAESCgoDEgFuCgMSAWRaFQoBaxIQCg4IARIKCgMSAWQKAxIBbVoVCgF2EhAKDggBEgoKAxIBbQoDEgFkYhUKAW8SEAoOCAESCgoDEgFuCgMSAWRCBAoAEA0=';
const SIDE = 512;
const RUNS = 3;
/** Milliseconds of a run that need not be timed again: software that poses as a GPU takes seconds. */
const SLOW = 500;
/** Of the largest value. Single precision stays within a hundredth of it; half precision, and TF32, is five times off. */
const TOLERANCE = 3e-4;

/** Milliseconds of one run on the device, the best of a few after the first. @throws Error when the device does not do it right */
export async function probe(device: Device): Promise<number> {
  const session = await open(device);
  const many = attention(SIDE);
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= RUNS; run++) {
    const started = performance.now();
    const { o } = await session.run(many);
    if (run > 0) best = Math.min(best, performance.now() - started);
    else if (device.kind !== 'cpu') {
      const reference = await open({ kind: 'cpu', threads: device.threads });
      await compare(reference, many, o);
      // One row, as each token is after the prompt: the same session runs both.
      const one = attention(1);
      await compare(reference, one, (await session.run(one)).o);
    }
    if (run > 0 && best > SLOW) break;
  }
  return best;
}

function open({ kind, threads }: Device): Promise<InferenceSession> {
  return InferenceSession.create(Buffer.from(ATTENTION, 'base64'), {
    ...DEVICES[kind].session([]),
    intraOpNumThreads: threads,
    logSeverityLevel: 4,
  });
}

function attention(rows: number): Record<string, Tensor> {
  return {
    q: tensor(rows, 1, 1),
    k: tensor(SIDE, 2, 0.1),
    v: tensor(SIDE, 3, 1),
  };
}

/** Values between `-most` and `most` that look drawn, and are the same each time. */
function tensor(rows: number, seed: number, most: number): Tensor {
  let state = seed;
  const data = Float32Array.from({ length: rows * SIDE }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 31 - 1) * most;
  });
  return new Tensor('float32', data, [rows, SIDE]);
}

async function compare(
  reference: InferenceSession,
  inputs: Record<string, Tensor>,
  found: Tensor | undefined,
): Promise<void> {
  const expected = (await reference.run(inputs)).o?.data as Float32Array;
  const off = greatest(expected, (value, i) => value - (found?.data[i] as number));
  const share = off / greatest(expected, (value) => value);
  if (share <= TOLERANCE) return;
  const words = Number.isNaN(share) ? 'gives no numbers' : `is off by ${(100 * share).toPrecision(2)} %`;
  throw new Error(
    `It computes a piece of attention wrongly: it ${words}, where single precision agrees with the CPU.`,
  );
}

/** NaN where one is. */
function greatest(values: Float32Array, of: (value: number, i: number) => number): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(of(values[i] as number, i)));
  return most;
}
