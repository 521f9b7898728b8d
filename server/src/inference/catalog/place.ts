import { ARCHITECTURES } from '../onnx/architectures/index.ts';
import type { EndpointSettings } from '../openai/settings.ts';
import { type CatalogEntry, weightBytes } from './types.ts';

/** Where a model can run, seen from here. */
export type Place = 'here' | 'at-endpoint' | 'to-fetch' | 'needs-endpoint' | 'needs-python' | 'does-not-fit';

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
};

/** What is known of this machine. */
export interface Surroundings {
  readonly endpoints: readonly EndpointSettings[];
  /** Ids of entries that were fetched. */
  readonly fetched: ReadonlySet<string>;
  /** Bytes of memory. */
  readonly memory: number;
}

/** Says of a model whether it runs here, and if not, what it takes. */
export function placeOf(entry: CatalogEntry, { endpoints, fetched, memory }: Surroundings): Placed {
  const { id, family, repository, onnx, served, capabilities } = entry;
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
  if (repository === null)
    return say('needs-endpoint', `Only its makers serve it: name an endpoint with "model": "${served[0]}".`);
  if (!capabilities.text) {
    return say(
      'needs-python',
      'It writes no text and scores choices; only Python runs it, and Rationale has no worker for that yet.',
    );
  }
  const bytes = weightBytes(entry, 'bf16');
  if (bytes !== null && bytes > memory)
    return say('does-not-fit', `${tooLarge(bytes, 'in bf16', memory)} ${serve(repository)}`);
  const why =
    onnx === null
      ? 'No ONNX files of it are known that run here.'
      : `Models of type ${family} do not run here yet.`;
  return say('needs-endpoint', `${why} ${serve(repository)}`);
}

function tooLarge(bytes: number, how: string, memory: number): string {
  return `Its weights alone take ${gigabytes(bytes)} ${how}, and this machine has ${gigabytes(memory)}.`;
}

function serve(repository: string): string {
  return `Serve it with vLLM, SGLang or \`transformers serve\`, and name an endpoint with "model": "${repository}".`;
}

/** `4.2 GB`, `210 MB`. */
export function gigabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** `2.2 billion`, `113 million`; in millions. */
export function parametersWords(parameters: number | null): string {
  if (parameters === null) return 'not told';
  return parameters < 1000 ? `${parameters} million` : `${(parameters / 1000).toFixed(1)} billion`;
}
