/** From what an endpoint answers to predictions. */
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { failedPrediction } from '../../core/models/failed.ts';
import type { ModelRequest, Prediction, Usage } from '../../core/models/types.ts';
import { EndpointProblem, notAnAnswer, webPage } from './problems.ts';
import type { EndpointSettings } from './settings.ts';

/** The parts of a chat completion, whole or one chunk of it, that are used here. */
export interface Completion {
  readonly choices?: readonly Choice[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly prompt_tokens_details?: { readonly image_tokens?: number } | null;
  } | null;
  readonly error?: { readonly message?: string } | string;
}

interface Choice {
  readonly index?: number;
  readonly message?: { readonly content?: string | null; readonly refusal?: string | null };
  readonly delta?: { readonly content?: string | null; readonly refusal?: string | null };
  readonly finish_reason?: string | null;
  readonly logprobs?: { readonly content?: readonly { readonly logprob: number }[] | null } | null;
}

const REASONS: Readonly<Record<string, Prediction['finishReason']>> = { stop: 'stop', length: 'length' };

/** Reads a completion that comes in one piece. @throws EndpointProblem */
export async function readWhole(host: string, response: Response): Promise<Completion> {
  const text = await response.text();
  try {
    return JSON.parse(text) as Completion;
  } catch {
    throw /^\s*</.test(text) ? webPage(host) : notAnAnswer(host);
  }
}

/**
 * Reads a completion that comes in pieces.
 * @param onText told what is written so far
 * @throws EndpointProblem also when the stream ends before the answer does: half an answer is none
 */
export async function readStream(
  host: string,
  response: Response,
  onText: (text: string) => void,
): Promise<Completion> {
  // A server that cannot stream answers in one piece.
  if (!response.headers.get('content-type')?.includes('event-stream')) return readWhole(host, response);
  const body = response.body as ReadableStream<Uint8Array>;
  const events = body
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(new EventSourceParserStream());
  let content = '';
  let finish: string | null = null;
  let usage: Completion['usage'] = null;
  const logprobs: { logprob: number }[] = [];
  for await (const { data } of events) {
    if (data === '[DONE]') break;
    const chunk = parsed(host, data);
    if (chunk.error) throw new EndpointProblem(`${host} fails while it answers.`, 'again');
    const [choice] = chunk.choices ?? [];
    usage = chunk.usage ?? usage;
    finish = choice?.finish_reason ?? finish;
    logprobs.push(...(choice?.logprobs?.content ?? []));
    const piece = choice?.delta?.content ?? choice?.delta?.refusal ?? '';
    if (piece === '') continue;
    content += piece;
    onText(content);
  }
  if (finish === null) throw new EndpointProblem(`${host} broke off its answer.`, 'again');
  const told = logprobs.length > 0 ? { content: logprobs } : null;
  return { choices: [{ message: { content }, finish_reason: finish, logprobs: told }], usage };
}

function parsed(host: string, data: string): Completion {
  try {
    return JSON.parse(data) as Completion;
  } catch {
    throw notAnAnswer(host);
  }
}

/**
 * A prediction for each request that the completion answers; fewer when the server gave fewer than were asked for.
 * @throws EndpointProblem when it answers none
 */
export function predictionsOf(
  host: string,
  asked: readonly ModelRequest[],
  { choices, usage }: Completion,
  { price }: EndpointSettings,
): Prediction[] {
  const answered = (Array.isArray(choices) ? choices : []).filter(isAnswer).slice(0, asked.length);
  if (answered.length === 0) throw notAnAnswer(host);
  const share = usageOf(usage, answered.length, price);
  return answered.map((choice, i) => predictionOf(host, (asked[i] as ModelRequest).key, choice, share));
}

function isAnswer({ message }: Choice): boolean {
  return typeof message?.content === 'string' || message?.content === null;
}

function predictionOf(host: string, key: string, choice: Choice, usage: Usage): Prediction {
  const { message, finish_reason: reason, logprobs } = choice;
  if (reason === 'content_filter') {
    return { ...failedPrediction(key, `${host} withheld its answer (content filter).`), usage };
  }
  const told = logprobs?.content;
  return {
    key,
    output: message?.content ?? message?.refusal ?? '',
    finishReason: REASONS[reason ?? ''] ?? 'unknown',
    usage,
    ...(told?.length ? { logProbability: told.reduce((sum, { logprob }) => sum + logprob, 0) } : {}),
  };
}

/** What falls to each of `n` answers of one request. Its prompt was read, and paid, once: the sums stay right. */
function usageOf(usage: Completion['usage'], n: number, price: EndpointSettings['price']): Usage {
  const promptTokens = (usage?.prompt_tokens ?? 0) / n;
  const outputTokens = (usage?.completion_tokens ?? 0) / n;
  const imageTokens = (usage?.prompt_tokens_details?.image_tokens ?? 0) / n;
  const cost = price && (promptTokens * price.input + outputTokens * price.output) / 1_000_000;
  const whole = { promptTokens: Math.round(promptTokens), imageTokens: Math.round(imageTokens) };
  return { ...whole, outputTokens: Math.round(outputTokens), ...(cost === undefined ? {} : { cost }) };
}
