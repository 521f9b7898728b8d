/** Folders of weights as Hugging Face's libraries keep them, which Python runs. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { revisionOf } from './revision.ts';

/** In the folder itself; what is consolidated is there once more, as its makers' own code reads it. */
const WEIGHTS = /^(?!consolidated)[^/]+\.safetensors$/;
/** Says which tensor is in which file. */
export const WEIGHTS_INDEX = 'model.safetensors.index.json';
/** Learnt keys and values before every sequence, which no index names. */
const PREFIX = 'prefix.safetensors';
/** Besides the weights: configurations, tokenizers and templates. */
const SMALL = /\.(json|jinja|model|txt|py)$/;
/** Smaller files are read whole for the revision. */
const WHOLE = 64_000_000;
/** Bytes of each tensor that stand for it in larger ones. */
const PIECE = 4096;

/** Whether the folder holds weights that Python runs, and none that ONNX Runtime does. */
export function isWeightsFolder(folder: string): boolean {
  return (
    existsSync(join(folder, 'config.json')) &&
    !existsSync(join(folder, 'onnx')) &&
    (existsSync(join(folder, WEIGHTS_INDEX)) || readdirSync(folder).some((name) => WEIGHTS.test(name)))
  );
}

/** `model_type` of config.json. @throws Error whose message is one sentence */
export function familyOf(folder: string): string {
  const path = join(folder, 'config.json');
  let config: unknown;
  try {
    config = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Error(`${path} is not JSON.`);
  }
  const { model_type: family } = (config ?? {}) as { model_type?: unknown };
  if (typeof family !== 'string') throw new Error(`${path} does not say what type of model it is.`);
  return family;
}

/** Names of the files of weights. @param names of all files of the folder. @param index text of the index, if there is one */
export function weightFiles(names: readonly string[], index: string | null): string[] {
  if (index === null) return names.filter((name) => WEIGHTS.test(name));
  const { weight_map: map } = JSON.parse(index) as { weight_map: Record<string, string> };
  return [...new Set([...Object.values(map), ...names.filter((name) => name === PREFIX)])].toSorted();
}

/** Names of the files of weights in a folder. @throws Error whose message is one sentence, when one is missing */
export function presentWeights(folder: string): string[] {
  const index = join(folder, WEIGHTS_INDEX);
  const files = weightFiles(readdirSync(folder), existsSync(index) ? readFileSync(index, 'utf8') : null);
  const missing = files.find((file) => !existsSync(join(folder, file)));
  if (missing) throw new Error(`the file ${missing} is missing in ${folder}.`);
  return files;
}

/** Bytes of the weights. */
export function weightsSize(folder: string): number {
  return presentWeights(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

/**
 * Content address of a folder of weights. Large files are told apart by their headers and the beginning of every tensor:
 * reading 25 GB takes minutes, and training that leaves all of these as they were is not known to anybody.
 */
export async function weightsRevision(folder: string): Promise<string> {
  const hash = createHash('sha256');
  hash.update(
    await revisionOf(
      folder,
      readdirSync(folder).filter((name) => SMALL.test(name)),
    ),
  );
  for (const file of presentWeights(folder)) hash.update(`${file} ${await digestOf(folder, file)}\n`);
  return hash.digest('hex');
}

/** Digests by path, as long as size and time of the file stay the same. */
const known = new Map<string, { readonly state: string; readonly digest: string }>();

async function digestOf(folder: string, file: string): Promise<string> {
  const path = join(folder, file);
  const { size, mtimeMs } = statSync(path);
  if (size < WHOLE) return revisionOf(folder, [file]);
  const state = `${size} ${mtimeMs}`;
  const before = known.get(path);
  if (before?.state === state) return before.digest;
  const digest = await digestOfPieces(path, size);
  known.set(path, { state, digest });
  return digest;
}

async function digestOfPieces(path: string, size: number): Promise<string> {
  const hash = createHash('sha256').update(`${size}\n`);
  await using handle = await open(path);
  const read = async (start: number, length: number) =>
    (await handle.read(Buffer.alloc(length), 0, length, start)).buffer;
  const header = await read(8, Number((await read(0, 8)).readBigUInt64LE()));
  hash.update(header);
  const tensors = JSON.parse(header.toString('utf8')) as Record<string, { data_offsets?: [number, number] }>;
  for (const { data_offsets: place } of Object.values(tensors)) {
    if (place) hash.update(await read(8 + header.length + place[0], Math.min(PIECE, place[1] - place[0])));
  }
  return hash.digest('hex');
}
