import { ARCHITECTURES } from '../onnx/architectures/index.ts';
import type { EndpointSettings } from '../openai/settings.ts';
import { PYTHON_FAMILIES } from '../transformers/families.ts';
import { type CatalogEntry, type Server, weightBytes } from './types.ts';

/** Where a model can run, seen from here. */
export type Place =
  | 'here'
  | 'at-endpoint'
  | 'to-fetch'
  | 'to-fetch-for-python'
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

/** A place in a few words; what takes least goes first. */
export const PLACE_WORDS: Readonly<Record<Place, string>> = {
  here: 'yes',
  'at-endpoint': 'at an endpoint',
  'to-fetch': 'once fetched',
  'to-fetch-for-python': 'with Python, once fetched',
  'needs-python': 'needs Python',
  'needs-endpoint': 'needs an endpoint',
  'does-not-fit': 'does not fit',
  'shut-down': 'was shut down',
};

/** The providers that can run a model of the catalog, the one that needs least first. */
export function providersOf({ family, onnx, repository, served, servers }: CatalogEntry): string[] {
  return [
    ...(onnx && family !== null && family in ARCHITECTURES ? ['onnx'] : []),
    ...(repository && family !== null && PYTHON_FAMILIES.has(family) ? ['transformers'] : []),
    ...(served.length > 0 || servers?.length !== 0 ? ['openai'] : []),
  ];
}

/** What is known of this machine. */
export interface Surroundings {
  readonly endpoints: readonly EndpointSettings[];
  /** Ids of entries that were fetched. */
  readonly fetched: ReadonlySet<string>;
  /** Bytes of memory. */
  readonly memory: number;
  /** The Python that would run models; null: there is none, or none that has what that takes. */
  readonly python: { /** Bytes of the largest GPU that it sees. */ readonly gpuMemory: number } | null;
  /** `2026-11-28`. */
  readonly today: string;
}

/** The catalog seen from here: what takes least to run goes first. */
export function placedCatalog(catalog: readonly CatalogEntry[], around: Surroundings): Placed[] {
  const order = Object.keys(PLACE_WORDS);
  return catalog
    .map((entry) => placeOf(entry, around))
    .sort((a, b) => order.indexOf(a.place) - order.indexOf(b.place));
}

/** Says of a model whether it runs here, and if not, what it takes. */
export function placeOf(entry: CatalogEntry, around: Surroundings): Placed {
  const { endpoints, fetched, memory, today } = around;
  const { id, family, repository, onnx, served, servers, shutDown } = entry;
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
  if (family !== null && PYTHON_FAMILIES.has(family)) return inPython(entry, repository, around);
  if (servers?.length === 0) {
    return say(
      'needs-python',
      'No server is known to serve it, and in Python its repository’s own code would have to run, with prompts of its own: Rationale does not do that.',
    );
  }
  const bytes = weightBytes(entry, 'bf16');
  if (bytes !== null && bytes > memory)
    return say(
      'does-not-fit',
      `${tooLarge(bytes, 'in bf16', memory)} ${serve('Serve', repository, servers)}`,
    );
  const why =
    onnx === null
      ? 'No ONNX files of it are known that run here.'
      : `Models of type ${family} do not run here yet.`;
  return say('needs-endpoint', `${why} ${serve('Serve', repository, servers)}`);
}

function tooLarge(bytes: number, how: string, memory: number): string {
  return `Its weights alone take ${gigabytes(bytes)} ${how}, and this machine has ${gigabytes(memory)}.`;
}

/** Of a model that the Python worker runs. */
function inPython(entry: CatalogEntry, repository: string, { memory, python }: Surroundings): Placed {
  const { id, servers, capabilities } = entry;
  const isServed = servers?.length !== 0;
  const served = isServed ? ` ${serve('Serve', repository, servers)}` : '';
  const orServe = isServed ? ` ${serve('Or serve', repository, servers)}` : '';
  const bytes = weightBytes(entry, 'bf16');
  const most = Math.max(memory, python?.gpuMemory ?? 0);
  if (bytes !== null && bytes > most)
    return { entry, place: 'does-not-fit', why: tooLarge(bytes, 'in bf16', most) + served };
  const scores = capabilities.text ? '' : ' It writes no text, and scores a record’s choices.';
  if (python) {
    const why = `Python runs it here once it is fetched: \`models get ${id}\` says how large it is, and asks.`;
    return { entry, place: 'to-fetch-for-python', why: why + scores + orServe };
  }
  const why = `It runs with Python, and none here has PyTorch and transformers: \`models get ${id}\` fetches it, and running it says the one command that installs them.`;
  return { entry, place: 'needs-python', why: why + scores + orServe };
}

function serve(verb: string, repository: string, servers: readonly Server[] | null): string {
  const which = servers === null ? 'a server that knows its kind, such as vLLM' : serverWords(servers);
  return `${verb} it with ${which}, and name an endpoint with "model": "${repository}".`;
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
