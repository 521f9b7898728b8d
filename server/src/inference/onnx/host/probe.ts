/** Times a device with a matrix product: proof that it runs, and how fast. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../../hosts/messages.ts';

/** An ONNX model of one node, MatMul(a, b) → c: ir 8, opset 13, all dimensions free. */
const MATMUL =
  'CAg6WwoRCgFhCgFiEgFjIgZNYXRNdWwSAXBaFQoBYRIQCg4IARIKCgMSAW0KAxIBa1oVCgFiEhAKDggBEgoKAxIBawoDEgFuYhUKAWMSEAoOCAESCgoDEgFtCgMSAW5CBAoAEA0=';
const SIDE = 768;
const RUNS = 3;
/** Milliseconds of a product that need not be timed again: software that poses as a GPU takes seconds. */
const SLOW = 500;

/** Milliseconds of one product on the device, the best of a few after the first. @throws when the device does not run it right */
export async function probe(device: Device): Promise<number> {
  const session = await InferenceSession.create(Buffer.from(MATMUL, 'base64'), {
    executionProviders: [device.kind],
    intraOpNumThreads: device.threads,
    logSeverityLevel: 4,
  });
  const ones = new Tensor('float32', new Float32Array(SIDE * SIDE).fill(1), [SIDE, SIDE]);
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run <= RUNS; run++) {
    const started = performance.now();
    const { c } = await session.run({ a: ones, b: ones });
    if (run > 0) best = Math.min(best, performance.now() - started);
    if (c?.data[0] !== SIDE) throw new Error('The device gives a wrong matrix product.');
    if (run > 0 && best > SLOW) break;
  }
  return best;
}
