import { ARCHITECTURES } from '../onnx/architectures/index.ts';
import type { EndpointSettings } from '../openai/settings.ts';
import { type CatalogEntry, type Server, weightBytes } from './types.ts';

/** Where a model can run, seen from here. */
export type Place =
  | 'here'
  | 'at-endpoint'
  | 'to-fetch'
  | 'needs-endpoint'
  | 'needs-python'
  | 'does-not-fit'
  | 'shut-down';

export interface Placed {
  readonly entry: CatalogEntry;
  readonly place: Place;
  /** One sentence: why, and what to do. */
  readonly why: string;
}

/** A place in a few words. */
export const PLACE_WORDS: Readonly<Record<Place, string>> = {
  here: 'yes',
  'at-endpoint': 'at an endpoint',
  'to-fetch': 'once fetched',
  'needs-endpoint': 'needs an endpoint',
  'needs-python': 'needs Python',
  'does-not-fit': 'does not fit',
  'shut-down': 'was shut down',
};

/** What is known of this machine. */
export interface Surroundings {
  readonly endpoints: readonly EndpointSettings[];
  /** Ids of entries that were fetched. */
  readonly fetched: ReadonlySet<string>;
  /** Bytes of memory. */
  readonly memory: number;
  /** `2026-11-28`. */
  readonly today: string;
}

/** Says of a model whether it runs here, and if not, what it takes. */
export function placeOf(entry: CatalogEntry, { endpoints, fetched, memory, today }: Surroundings): Placed {
  const { id, family, repository, onnx, served, servers, shutDown, capabilities } = entry;
  const say = (place: Place, why: string): Placed => ({ entry, place, why });
  if (fetched.has(id)) return say('here', 'It was fetched, and runs here.');
  const names = [...served, ...(repository ? [repository] : [])];
  const answering = endpoints.filter(({ model }) => names.includes(model)).map(({ name }) => name);
  if (answering.length > 0) return say('at-endpoint', `It answers as ${answering.join(' and ')}.`);
  if (onnx && family !== null && family in ARCHITECTURES) {
    const bytes = weightBytes(entry, 'q4');
    return bytes !== null && bytes > memory
      ? say('does-not-fit', tooLarge(bytes, 'with 4 bits each', memory))
      : say(
          'to-fetch',
          `It runs here once it is fetched: \`models get ${id}\` says how large it is, and asks.`,
        );
  }
  if (shutDown !== null && shutDown <= today)
    return say('shut-down', `Its makers shut it down on ${shutDown}, and its weights are not to be had.`);
  if (repository === null) {
    const until = shutDown === null ? '' : `, until ${shutDown}`;
    return say(
      'needs-endpoint',
      `Only its makers serve it${until}: name an endpoint with "model": "${served[0]}".`,
    );
  }
  if (!capabilities.text) {
    return say(
      'needs-python',
      'It writes no text and scores choices; only Python runs it, and Rationale has no worker for that yet.',
    );
  }
  if (servers?.length === 0) return say('needs-python', inPython(entry));
  const bytes = weightBytes(entry, 'bf16');
  if (bytes !== null && bytes > memory)
    return say('does-not-fit', `${tooLarge(bytes, 'in bf16', memory)} ${serve(repository, servers)}`);
  const why =
    onnx === null
      ? 'No ONNX files of it are known that run here.'
      : `Models of type ${family} do not run here yet.`;
  return say('needs-endpoint', `${why} ${serve(repository, servers)}`);
}

function tooLarge(bytes: number, how: string, memory: number): string {
  return `Its weights alone take ${gigabytes(bytes)} ${how}, and this machine has ${gigabytes(memory)}.`;
}

function inPython({ family, remoteCode }: CatalogEntry): string {
  if (family !== null && family in ARCHITECTURES)
    return 'No server is known to serve it; `python -m rationale_trainer export FOLDER OUT --verify 0` makes ONNX files of a folder of its weights, which run here.';
  const how = remoteCode ? "transformers and its repository's own code" : 'transformers';
  return `No server is known to serve it; Python runs it with ${how}, and Rationale has no worker for that yet.`;
}

function serve(repository: string, servers: readonly Server[] | null): string {
  const which = servers === null ? 'a server that knows its kind, such as vLLM' : serverWords(servers);
  return `Serve it with ${which}, and name an endpoint with "model": "${repository}".`;
}

/** `vLLM, SGLang or \`transformers serve\``. */
export function serverWords(servers: readonly Server[]): string {
  const names = servers.map((server) => (server === 'transformers serve' ? `\`${server}\`` : server));
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter(Boolean).join(' or ');
}

/** `4.2 GB`, `210 MB`. */
export function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** `2.2 billion`, `113 million`; in millions. */
export function parametersWords(parameters: number | null): string {
  if (parameters === null) return 'unknown';
  return parameters < 1000 ? `${parameters} million` : `${(parameters / 1000).toFixed(1)} billion`;
}
