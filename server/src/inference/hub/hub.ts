/** The parts of a model hub's interface that are used here, as Hugging Face has it. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256 of large files; null where the hub does not tell. */
  readonly digest: string | null;
}

/** A repository at a commit or branch. */
export interface HubRepository {
  /** `https://huggingface.co`. */
  readonly hub: string;
  readonly name: string;
  readonly revision: string;
}

/** The hub that the environment names, as Hugging Face's own tools have it. */
export function hubAddress(environment: NodeJS.ProcessEnv = process.env): string {
  return (environment.HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, '');
}

/** The commit that a branch or tag means now; as it was named where the hub does not tell. */
export async function commitOf({ hub, name, revision }: HubRepository): Promise<string> {
  const url = `${hub}/api/models/${name}/revision/${encodeURIComponent(revision)}`;
  const { sha } = await ask(hub, url, {})
    .then((response) => response.json() as Promise<{ sha?: unknown }>)
    .catch(() => ({ sha: null }));
  return typeof sha === 'string' ? sha : revision;
}

/** Every file of a repository. @throws Error whose message is one sentence */
export async function listFiles({ hub, name, revision }: HubRepository): Promise<HubFile[]> {
  const files: HubFile[] = [];
  let next: string | null = `${hub}/api/models/${name}/tree/${encodeURIComponent(revision)}?recursive=true`;
  while (next) {
    const response: Response = await ask(hub, next, {});
    const entries = (await response.json().catch(() => null)) as TreeEntry[] | null;
    if (!Array.isArray(entries)) throw new Error(`${hub} answers with something that is no list of files.`);
    for (const { type, path, size, lfs } of entries)
      if (type === 'file') files.push({ path, size: lfs?.size ?? size, digest: lfs?.oid ?? null });
    next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? null;
  }
  return files;
}

interface TreeEntry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
  readonly lfs?: { readonly oid: string; readonly size: number };
}

/**
 * Fetches a file, going on where an earlier try broke off; it has its name only when it is whole and what the hub says
 * it is.
 * @param onBytes told how many more bytes are there
 * @throws Error whose message is one sentence
 */
export async function fetchFile(
  { hub, name, revision }: HubRepository,
  { path, size, digest }: HubFile,
  target: string,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  if ((await sizeOf(target)) === size) return onBytes(size);
  const partial = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });
  const there = Math.min(await sizeOf(partial), size);
  if (there < size) {
    const url = `${hub}/${name}/resolve/${encodeURIComponent(revision)}/${path}`;
    const response = await ask(hub, url, there > 0 ? { range: `bytes=${there}-` } : {}, signal);
    const goesOn = response.status === 206;
    if (goesOn) onBytes(there);
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    body.on('data', (piece: Buffer) => onBytes(piece.length));
    await pipeline(body, createWriteStream(partial, { flags: goesOn ? 'a' : 'w' }), { signal });
  } else onBytes(size);
  const isWhole =
    (await sizeOf(partial)) === size && (digest === null || (await digestOf(partial)) === digest);
  if (!isWhole) {
    await rm(partial, { force: true });
    throw new Error(`${path} of ${name} did not arrive as the hub describes it: fetch it again.`);
  }
  await rename(partial, target);
}

async function ask(
  hub: string,
  url: string,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Response> {
  const token = process.env.HF_TOKEN;
  // The token belongs to the hub, and to no address that it refers to.
  const own =
    new URL(url).origin === new URL(hub).origin && token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(url, { headers: { ...headers, ...own }, signal }).catch(
    (error: Error & { cause?: { code?: string } }) => {
      if (signal?.aborted) throw error;
      throw new Error(`${hub} cannot be reached (${error.cause?.code ?? error.message}).`);
    },
  );
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403) {
    throw new Error(`${hub} does not give it to everybody: agree to its licence there, and set HF_TOKEN.`);
  }
  throw new Error(`${hub} does not have ${new URL(url).pathname} (HTTP ${response.status}).`);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}
