/** One address of an endpoint: when it may be asked, and asking it once. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Decoding, Prediction } from '../../core/models/types.ts';
import { type Completion, predictionsOf, readStream, readWhole } from './answer.ts';
import { EndpointProblem, type Key, problemOf, problemOnTheWay } from './problems.ts';
import { type Ask, type LimitName, requestBody } from './request.ts';
import type { EndpointSettings } from './settings.ts';

/** How waits grow: doubled with each failure in a row, up to a bound. */
export interface Backoff {
  /** Milliseconds after the first failure. */
  readonly first: number;
  readonly most: number;
}

export const BACKOFF: Backoff = { first: 500, most: 60_000 };

/** Requests that are refused in a row, when none was ever answered, after which no other is tried. */
const REFUSALS = 20;
/** Rounds of failures in a row, without an answer between them, after which an address counts as down. */
const DOWN = 8;

export class Lane {
  readonly host: string;
  private readonly url: string;
  private readonly settings: EndpointSettings;
  private readonly key: Key | null;
  private readonly backoff: Backoff;
  private limit: LimitName = 'max_tokens';
  /** Rounds of failures since the last answer: requests that were under way together fail together, and count as one. */
  private failures = 0;
  private refusals = 0;
  private hasAnswered = false;
  /** Not to be asked before; as `performance.now` counts. */
  private closedUntil = 0;
  private nextSlot = 0;

  constructor(url: string, settings: EndpointSettings, key: Key | null, backoff: Backoff) {
    this.url = url;
    this.host = new URL(url).host;
    this.settings = settings;
    this.key = key;
    this.backoff = backoff;
  }

  /** The address wants to be left alone for now. */
  get isClosed(): boolean {
    return this.closedFor > 0;
  }

  /** For how many milliseconds yet, if any. */
  get closedFor(): number {
    return this.closedUntil - performance.now();
  }

  /** Resolved when the address does not want to be left alone any more. */
  async opened(signal: AbortSignal): Promise<void> {
    while (this.isClosed) await pause(this.closedUntil, signal);
  }

  /** Resolved when its rate allows another request. */
  async slot(signal: AbortSignal): Promise<void> {
    const { requestsPerMinute } = this.settings;
    if (!requestsPerMinute) return;
    const slot = Math.max(performance.now(), this.nextSlot);
    this.nextSlot = slot + 60_000 / requestsPerMinute;
    await pause(slot, signal);
  }

  /**
   * Asks once.
   * @param onText told what is written so far; null: the answer comes in one piece
   * @throws EndpointProblem, and an AbortError when it was cancelled
   */
  async ask(
    ask: Ask,
    decoding: Decoding,
    signal: AbortSignal,
    onText: ((text: string) => void) | null,
  ): Promise<Prediction[]> {
    const { timeout } = this.settings;
    const round = this.failures;
    const silence = AbortSignal.timeout(timeout * 1000);
    try {
      const completion = await this.complete(ask, decoding, AbortSignal.any([signal, silence]), onText);
      const predictions = predictionsOf(this.host, ask, completion, this.settings);
      this.failures = 0;
      this.hasAnswered = true;
      return predictions;
    } catch (error) {
      if (signal.aborted) throw error;
      throw this.failed(problemOnTheWay(this.host, silence.aborted ? silence.reason : error, timeout), round);
    }
  }

  /** Milliseconds after which a failed request is worth another try; not the same for all, or they would all come back at once. */
  get delay(): number {
    const { first, most } = this.backoff;
    return Math.min(most, first * 2 ** Math.max(0, this.failures - 1)) * (0.75 + Math.random() / 2);
  }

  private async complete(
    ask: Ask,
    decoding: Decoding,
    signal: AbortSignal,
    onText: ((text: string) => void) | null,
  ): Promise<Completion> {
    const { limit, host } = this;
    const body = await requestBody(this.settings, ask, decoding, limit, onText !== null).catch((error) => {
      throw new EndpointProblem((error as Error).message, 'request');
    });
    const response = await fetch(`${this.url}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.key ? { authorization: `Bearer ${this.key.value}` } : {}),
      },
      body: JSON.stringify(body),
      // A redirect could carry the key and the dataset elsewhere.
      redirect: 'error',
      signal,
    });
    if (response.ok) return onText ? readStream(host, response, onText) : readWhole(host, response);
    const said = await response.text();
    if (response.status === 400 && limit === 'max_tokens' && said.includes('max_completion_tokens')) {
      this.limit = 'max_completion_tokens';
      return this.complete(ask, decoding, signal, onText);
    }
    throw problemOf(host, response, said, this.key);
  }

  /** Takes a failure in: others may have to wait, or the address is given up. */
  private failed(problem: EndpointProblem, round: number): EndpointProblem {
    if (problem.remedy === 'endpoint') return problem;
    if (problem.remedy === 'request') {
      const isHopeless = ++this.refusals >= REFUSALS && !this.hasAnswered;
      return isHopeless ? new EndpointProblem(problem.message, 'endpoint') : problem;
    }
    if (round === this.failures) this.failures++;
    if (this.failures >= DOWN) return new EndpointProblem(problem.message, 'endpoint');
    if (problem.remedy === 'wait') {
      this.closedUntil = Math.max(this.closedUntil, performance.now() + (problem.delay ?? this.delay));
    }
    return problem;
  }
}

async function pause(until: number, signal: AbortSignal): Promise<void> {
  await wait(Math.max(0, until - performance.now()), undefined, { signal });
}
