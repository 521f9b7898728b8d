/** What went wrong at an endpoint, as a sentence, and what to do about it. Never says the key. */
import { shorten } from '../../core/text.ts';

/**
 * `again`: ask the same again, here or elsewhere; `wait`: the endpoint wants no requests for a while; `request`: this
 * request cannot be answered; `endpoint`: no request can be answered here.
 */
export type Remedy = 'again' | 'wait' | 'request' | 'endpoint';

export class EndpointProblem extends Error {
  readonly remedy: Remedy;
  /** Milliseconds that the endpoint asks to be left alone. */
  readonly delay: number | null;
  /** The endpoint does not take the key that it was shown. */
  readonly refusesKey: boolean;

  constructor(message: string, remedy: Remedy, more: { delay?: number | null; refusesKey?: boolean } = {}) {
    super(message);
    this.remedy = remedy;
    this.delay = more.delay ?? null;
    this.refusesKey = more.refusesKey ?? false;
  }
}

/** A key, and the name of the environment variable it belongs into. */
export interface Key {
  readonly value: string;
  readonly name: string;
}

/** Longest wait that is waited for; whoever asks for more is asked again another day. Milliseconds. */
const PATIENCE = 15 * 60_000;
/** Characters of an endpoint's own words that are shown. */
const MOST_WORDS = 200;

/** What an answer that is no completion means. */
export function problemOf(
  host: string,
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  body: string,
  key: Key | null,
): EndpointProblem {
  const said = wordsOf(body, key?.value ?? null);
  const colon = said ? `: ${said}` : '.';
  const delay = retryAfter(headers.get('retry-after'));
  if (status === 401 || status === 403) {
    const why = key
      ? `refuses the key in ${key.name}`
      : 'wants a key: name its environment variable in the setting "key" of the endpoint';
    return new EndpointProblem(`${host} ${why} (HTTP ${status}).`, 'endpoint', { refusesKey: key !== null });
  }
  if (status === 402 || /insufficient_quota|billing/.test(body)) {
    return new EndpointProblem(`${host} wants to be paid (HTTP ${status})${colon}`, 'endpoint');
  }
  if (status === 404 || status === 405) {
    return new EndpointProblem(
      `${host} does not know the model or the address (HTTP ${status})${colon}`,
      'endpoint',
    );
  }
  if (delay !== null && delay > PATIENCE) {
    return new EndpointProblem(
      `${host} asks to be left alone for ${Math.round(delay / 60_000)} minutes (HTTP ${status}); what is done is stored, and annotating again goes on.`,
      'endpoint',
    );
  }
  if (status === 429 || status === 503) {
    return new EndpointProblem(`${host} asks to wait (HTTP ${status})${colon}`, 'wait', { delay });
  }
  if (status >= 500 || status === 408 || status === 409) {
    return new EndpointProblem(`${host} fails (HTTP ${status})${colon}`, 'again', { delay });
  }
  return new EndpointProblem(`${host} refuses the request (HTTP ${status})${colon}`, 'request');
}

/** What an error on the way means. */
export function problemOnTheWay(host: string, error: unknown, seconds: number): EndpointProblem {
  if (error instanceof EndpointProblem) return error;
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') {
    return new EndpointProblem(`${host} gave no answer within ${seconds} seconds.`, 'again');
  }
  const code = cause?.code ?? cause?.message ?? message;
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT|SSL/.test(code)) {
    return new EndpointProblem(`${host} cannot be reached (${code}).`, 'wait');
  }
  if (/redirect/.test(code)) {
    return new EndpointProblem(`${host} sends requests elsewhere: give the address it leads to.`, 'endpoint');
  }
  return new EndpointProblem(`${host} broke off its answer (${code}).`, 'again');
}

/** A web page instead of an answer: a wrong address, or something between us and the server. */
export function webPage(host: string): EndpointProblem {
  return new EndpointProblem(
    `${host} answers with a web page instead of JSON: the address should end where its API begins, often in /v1.`,
    'endpoint',
  );
}

export function notAnAnswer(host: string): EndpointProblem {
  return new EndpointProblem(`${host} answers with something that is no chat completion.`, 'again');
}

/** Milliseconds of a Retry-After header, which says seconds or a date; null when it says neither. */
function retryAfter(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const delay = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(delay) ? null : Math.max(0, delay);
}

/** The endpoint's own words, on one line and without the key, should it repeat it. */
function wordsOf(body: string, key: string | null): string {
  let said = body;
  try {
    const { error, message, detail } = JSON.parse(body);
    const found = error?.message ?? error ?? message ?? detail ?? '';
    said = typeof found === 'string' ? found : JSON.stringify(found);
  } catch {
    if (/^\s*</.test(body)) return '';
  }
  return withoutKey(shorten(said.replace(/\s+/g, ' ').trim(), MOST_WORDS), key);
}

/** Characters of a key that give it away, as in `Incorrect key provided: sk-12345***67890`. */
const TELLING = 6;

/** The text without the words that hold a piece of the key. */
function withoutKey(text: string, key: string | null): string {
  const words = text.replace(/\bBearer\s+\S+/gi, 'Bearer …');
  if (!key) return words;
  const size = Math.min(TELLING, key.length);
  const pieces = Array.from({ length: key.length - size + 1 }, (_, i) => key.slice(i, i + size));
  return words.replace(/\S+/g, (word) =>
    word.includes('**') || pieces.some((piece) => word.includes(piece)) ? '…' : word,
  );
}
