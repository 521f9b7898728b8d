import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import type { Device } from '../../hosts/messages.ts';
import { DEVICES } from '../devices/table.ts';
import { type ModelConfig, nearLengthOf } from '../model-config.ts';
import { architectureOf, graphFile, graphsOf } from '../model-files.ts';
import { cacheLayout, cacheNames } from './cache-layout.ts';
import { type Decoder, growingDecoder, wholeDecoder } from './decoder.ts';
import { Embeddings } from './embeddings.ts';
import { type FreshOutputs, freshOutputs, readsCacheApart } from './fresh-outputs.ts';
import { nodesNamed } from './onnx-file.ts';
import { reasonOf } from './reason.ts';

export interface Sessions {
  readonly embeddings: Embeddings;
  readonly vision: InferenceSession;
  readonly decoder: Decoder;
  /** Width of a token's embedding. */
  readonly hidden: number;
  /** Where the meaning of positions changes: what is read on both sides of it must be read anew. */
  readonly nearLength: number;
}

/** Bytes of a graph, without the weights in files of their own, up to which it is read into memory and changed. */
const CHANGEABLE = 1_000_000_000;

/**
 * Loads a model's three graphs.
 * @throws Error whose message is one sentence naming the file
 */
export async function openSessions(folder: string, config: ModelConfig, device: Device): Promise<Sessions> {
  const { num_hidden_layers: layers, hidden_size: hidden } = config.text_config;
  const path = (name: string) => join(folder, graphFile(folder, config, name));
  const graphs = graphsOf(config);
  const embed = await openSession(path(graphs.embed), device);
  const vision = await openSession(path(graphs.vision), device);
  const decoderPath = path(graphs.decoder);
  const graph = await readGraph(decoderPath);
  const { cache } = DEVICES[device.kind];
  const changed = cache === 'in place' && graph ? freshOutputs(graph, layers) : null;
  // Other devices fail over a product with nothing to sum, WebGPU with the process: over an empty cache, or no token before the last.
  const hasStandIns = cache !== 'in place' && graph !== null && readsCacheApart(graph, layers);
  const { readsBothWays = false } = architectureOf(config);
  const growing = (session: InferenceSession, fresh: FreshOutputs) =>
    growingDecoder(session, cacheLayout(session, layers), hidden, fresh, readsBothWays);
  const whole = (session: InferenceSession) =>
    wholeDecoder(session, cacheLayout(session, layers), hasStandIns);
  const open = (model?: Uint8Array) => openSession(decoderPath, device, model, cacheNames('present', layers));
  const decoder = (changed && (await growing(await open(changed.model), changed))) ?? whole(await open());
  const embeddings = new Embeddings(embed, hidden);
  return { embeddings, vision, decoder, hidden, nearLength: nearLengthOf(config) };
}

async function readGraph(path: string): Promise<Uint8Array | null> {
  const { size } = await stat(path);
  return size <= CHANGEABLE ? readFile(path) : null;
}

/**
 * @throws Error whose message is one sentence naming the file
 * @param model the graph's bytes, when they are not those of the file
 * @param kept outputs that stay on the device, where it keeps the cache
 */
export async function openSession(
  path: string,
  device: Device,
  model?: Uint8Array,
  kept: readonly string[] = [],
): Promise<InferenceSession> {
  const { cache, unfit, session } = DEVICES[device.kind];
  const graph = unfit ? (model ?? (await readGraph(path))) : null;
  const options: InferenceSession.SessionOptions = {
    ...session(graph ? nodesNamed(graph, unfit ?? []) : []),
    intraOpNumThreads: device.threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // Errors only: warnings about where a node runs are no business of the user's.
    logSeverityLevel: 3,
    // Where weights are that the graph names by their files, when it is not read from its own.
    extra: { session: { model_external_initializers_file_folder_path: dirname(path) } },
  };
  if (cache === 'on the device') {
    options.preferredOutputLocation = Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const]));
  }
  try {
    return model
      ? await InferenceSession.create(model, options)
      : await InferenceSession.create(path, options);
  } catch (error) {
    const reason = reasonOf(error);
    const cut = /protobuf parsing failed/.test(reason) ? ' It may be cut off: fetch or export it again.' : '';
    throw new Error(`The model file ${path} cannot be loaded: ${reason}${cut}`);
  }
}
