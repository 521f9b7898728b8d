/** What a user says of an endpoint: one table, from which it is read, checked, described and completed. */
import { type Field, fieldFaults, flag, isObject, schemaOf, text, whole } from '../fields.ts';

/** A server that speaks OpenAI's chat completions, or several that serve the same model. */
export interface EndpointSettings {
  /** What the user calls it; the model's id everywhere. */
  readonly name: string;
  /** Up to and with `/v1`; several take turns. */
  readonly urls: readonly string[];
  /** What the servers call the model. */
  readonly model: string;
  /** Name of the environment variable that holds the key; never the key itself. */
  readonly key?: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  /** Which weights these are, where the name alone does not say. */
  readonly revision?: string;
  /** Requests in flight at each URL. */
  readonly concurrency: number;
  readonly requestsPerMinute?: number;
  /** Seconds until a request is given up and asked again. */
  readonly timeout: number;
  /** Prices of a million tokens. */
  readonly price?: { readonly input: number; readonly output: number };
  /** Longest side, in pixels, of the images that are sent. */
  readonly imageSide?: number;
  readonly logprobs: boolean;
  /** The servers answer several samples of one prompt at once (`n`). */
  readonly n: boolean;
  /** How the servers are told what an output is held to; absent: they cannot be. */
  readonly structured?: 'response_format' | 'structured_outputs' | 'guided';
  /** What else each request says. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

const STRUCTURED = ['response_format', 'structured_outputs', 'guided'] as const;
const ROLES = ['teacher', 'student', 'base', 'other'] as const;
/** Names of environment variables that hold keys: a workspace must not get at others by naming them here. */
const KEY_NAME = '^([A-Z][A-Z0-9_]*_API_(KEY|TOKEN)|HF_TOKEN)$';
const DEFAULTS = { role: 'other', concurrency: 8, timeout: 120, logprobs: false, n: false } as const;

export const ENDPOINT_FIELDS: readonly Field[] = [
  {
    name: 'url',
    required: true,
    schema: {
      type: ['string', 'array'],
      items: { type: 'string' },
      minItems: 1,
      description:
        'Where the server answers, up to and with `/v1`: `http://127.0.0.1:8000/v1`. A list: several servers of the same model, which take turns.',
    },
    must: 'an http or https address such as "http://127.0.0.1:8000/v1", without a user, a key or a query in it, or a list of such',
    fits: (value) => {
      const urls = Array.isArray(value) ? value : [value];
      return urls.length > 0 && urls.every(isPlainUrl);
    },
  },
  { name: 'model', required: true, ...text('What the server calls the model: `gpt-4o-mini`.') },
  {
    name: 'key',
    schema: {
      type: 'string',
      pattern: KEY_NAME,
      description:
        'Name of the environment variable that holds the key: `OPENAI_API_KEY`. Never the key itself. Where the variable is not set, VS Code asks for the key once and keeps it in its secret storage.',
    },
    must: 'the name of an environment variable that ends in _API_KEY, such as "OPENAI_API_KEY"; the key itself belongs there, not here',
    fits: (value) => typeof value === 'string' && new RegExp(KEY_NAME).test(value),
  },
  {
    name: 'role',
    schema: { type: 'string', enum: ROLES, default: DEFAULTS.role, description: 'What the model is to you.' },
    must: `one of ${ROLES.join(', ')}`,
    fits: (value) => ROLES.includes(value as EndpointSettings['role']),
  },
  {
    name: 'revision',
    ...text(
      'Which weights these are: a date, a commit. Stored answers belong to it; absent, they belong to the addresses.',
    ),
  },
  {
    name: 'concurrency',
    ...whole(1, 512, `Requests in flight at each address; ${DEFAULTS.concurrency} where it is not said.`),
  },
  { name: 'requestsPerMinute', ...whole(1, 1_000_000, 'Requests that each address takes in a minute.') },
  {
    name: 'timeout',
    ...whole(
      1,
      280,
      `Seconds until a request is given up and asked again; ${DEFAULTS.timeout} where it is not said.`,
    ),
  },
  {
    name: 'price',
    schema: {
      type: 'object',
      required: ['input', 'output'],
      properties: {
        input: { type: 'number', minimum: 0, description: 'Of a million tokens of the prompt.' },
        output: { type: 'number', minimum: 0, description: 'Of a million generated tokens.' },
      },
      additionalProperties: false,
      description: 'Prices of a million tokens, in whatever currency; reports then say what a run has cost.',
    },
    must: 'an object with the numbers input and output, prices of a million tokens',
    fits: (value) =>
      isObject(value) && [value.input, value.output].every((one) => typeof one === 'number' && one >= 0),
  },
  {
    name: 'imageSide',
    ...whole(16, 8192, 'Longest side, in pixels, of the images that are sent; larger ones are made smaller.'),
  },
  { name: 'logprobs', ...flag('Ask for the probabilities of the generated tokens.') },
  {
    name: 'n',
    ...flag(
      'The server answers several samples of a prompt in one request (`n`), so that its image is paid once: vLLM, SGLang and OpenAI do.',
    ),
  },
  {
    name: 'structured',
    schema: {
      type: 'string',
      enum: STRUCTURED,
      description:
        'How the server is told what an output is held to, for `annotate --constrained`: `response_format` (OpenAI and most others: JSON only), `structured_outputs` (vLLM), `guided` (older vLLM). Absent: it cannot be.',
    },
    must: `one of ${STRUCTURED.join(', ')}`,
    fits: (value) => STRUCTURED.includes(value as (typeof STRUCTURED)[number]),
  },
  {
    name: 'extra',
    schema: { type: 'object', description: 'What else each request says, as the server understands it.' },
    must: 'an object',
    fits: isObject,
  },
];

/** Both a user and a key could stand in an address, and would then be stored with every run. */
function isPlainUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

export interface ReadEndpoints {
  readonly endpoints: readonly EndpointSettings[];
  /** One sentence for each thing that cannot be used. */
  readonly problems: readonly string[];
}

/** Reads `rationale.endpoints`, an object by name. An endpoint with a fault is left out; what it says is never repeated: it may be a key. */
export function readEndpoints(value: unknown): ReadEndpoints {
  if (value === undefined) return { endpoints: [], problems: [] };
  if (!isObject(value)) return { endpoints: [], problems: ['"endpoints" must be an object, by name.'] };
  const endpoints: EndpointSettings[] = [];
  const problems: string[] = [];
  for (const [name, given] of Object.entries(value)) {
    const found = faultsOf(name, given);
    if (found.length === 0) endpoints.push(endpointOf(name, given as Record<string, unknown>));
    problems.push(...found);
  }
  return { endpoints, problems };
}

/** What several places say, each with its name; of endpoints of one name the first counts. */
export function readEndpointsOf(
  places: readonly { readonly name: string; readonly value: unknown }[],
): ReadEndpoints {
  const found = new Map<string, EndpointSettings>();
  const problems: string[] = [];
  for (const { name, value } of places) {
    const read = readEndpoints(value);
    problems.push(...read.problems.map((problem) => `${name}: ${problem}`));
    for (const endpoint of read.endpoints) if (!found.has(endpoint.name)) found.set(endpoint.name, endpoint);
  }
  return { endpoints: [...found.values()], problems };
}

function faultsOf(name: string, given: unknown): string[] {
  if (/^(sketchbook-|scripted:)/.test(name))
    return [`An endpoint cannot be called "${name}": other models are.`];
  return fieldFaults(`endpoint "${name}"`, ENDPOINT_FIELDS, given);
}

function endpointOf(name: string, given: Record<string, unknown>): EndpointSettings {
  const { url, ...rest } = given;
  const urls = (Array.isArray(url) ? url : [url]) as string[];
  const settings = rest as unknown as Omit<EndpointSettings, 'name' | 'urls'>;
  return { ...DEFAULTS, ...settings, name, urls: urls.map((one) => one.replace(/\/+$/, '')) };
}

/** The JSON Schema of `rationale.endpoints`. */
export function endpointsSchema() {
  return { type: 'object', additionalProperties: schemaOf(ENDPOINT_FIELDS) };
}
