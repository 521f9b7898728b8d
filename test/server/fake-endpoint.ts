/** A server that speaks OpenAI's chat completions and misbehaves as told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A request as it came in. */
export interface Asked {
  readonly body: {
    readonly model: string;
    readonly messages: readonly { readonly role: string; readonly content: unknown }[];
    readonly stream?: boolean;
    readonly n?: number;
    readonly [field: string]: unknown;
  };
  readonly headers: IncomingMessage['headers'];
  /** The last message's text. */
  readonly text: string;
  /** How often this text was asked, this time included. */
  readonly times: number;
}

export type Behaviour =
  | {
      readonly say: string | readonly string[];
      readonly finish?: string;
      readonly after?: number;
      readonly logprobs?: number[];
    }
  | { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
  /** Begins to answer with this, and hangs up. */
  | { readonly cut: string }
  | { readonly raw: string; readonly type?: string }
  | { readonly hang: true };

export class FakeEndpoint {
  readonly asked: Asked[] = [];
  /** Requests under way now, and the most there ever were. */
  inFlight = 0;
  most = 0;
  private readonly counts = new Map<string, number>();
  private readonly server: Server;
  private readonly behave: (asked: Asked) => Behaviour;

  private constructor(behave: (asked: Asked) => Behaviour) {
    this.behave = behave;
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(behave: (asked: Asked) => Behaviour): Promise<FakeEndpoint> {
    const endpoint = new FakeEndpoint(behave);
    await new Promise<void>((resolve) => endpoint.server.listen(0, '127.0.0.1', resolve));
    return endpoint;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}/v1`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.most = Math.max(this.most, ++this.inFlight);
    response.once('close', () => this.inFlight--);
    let text = '';
    for await (const piece of request) text += piece;
    if (request.url !== '/v1/chat/completions' || request.method !== 'POST') return end(response, 404, '{}');
    const body = JSON.parse(text);
    const said = textOf(body.messages.at(-1).content);
    const times = (this.counts.get(said) ?? 0) + 1;
    this.counts.set(said, times);
    const asked = { body, headers: request.headers, text: said, times };
    this.asked.push(asked);
    await this.act(this.behave(asked), asked, response);
  }

  private async act(behaviour: Behaviour, { body }: Asked, response: ServerResponse): Promise<void> {
    if ('hang' in behaviour) return;
    if ('status' in behaviour)
      return end(response, behaviour.status, behaviour.body ?? '{}', behaviour.headers);
    if ('raw' in behaviour)
      return end(response, 200, behaviour.raw, { 'content-type': behaviour.type ?? 'application/json' });
    if ('cut' in behaviour) {
      response.writeHead(200, { 'content-type': body.stream ? 'text/event-stream' : 'application/json' });
      response.write(
        body.stream ? chunk({ choices: [{ delta: { content: behaviour.cut } }] }) : behaviour.cut,
      );
      setTimeout(() => response.destroy(), 20);
      return;
    }
    if (behaviour.after) await wait(behaviour.after);
    const said = typeof behaviour.say === 'string' ? [behaviour.say] : behaviour.say;
    const finish_reason = behaviour.finish ?? 'stop';
    const usage = { prompt_tokens: 100, completion_tokens: 10 * said.length };
    const logprobs = behaviour.logprobs && { content: behaviour.logprobs.map((logprob) => ({ logprob })) };
    if (!body.stream) {
      const choices = said.map((content, index) => ({
        index,
        message: { content },
        finish_reason,
        logprobs,
      }));
      return end(response, 200, JSON.stringify({ choices, usage }));
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': ping\n\n');
    for (const word of (said[0] as string).split(/(?<= )/)) {
      response.write(chunk({ choices: [{ delta: { content: word }, finish_reason: null }] }));
      await wait(30);
    }
    response.write(chunk({ choices: [{ delta: {}, finish_reason, logprobs }] }));
    response.end(`${chunk({ choices: [], usage })}data: [DONE]\n\n`);
  }
}

function end(
  response: ServerResponse,
  status: number,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

function chunk(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return (content as { type: string; text?: string }[]).map(({ text }) => text ?? '').join('');
}
