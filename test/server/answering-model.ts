import type { Model, ModelCard, ModelRequest, Prediction } from '../../server/src/core/models/types.ts';

export const CARD: ModelCard = {
  ...{ id: 'm', name: 'M', provider: 'test', role: 'other', revision: 'r1', description: '' },
};

/** Answers with what `say` makes of a prompt's text, and remembers every prompt. */
export class AnsweringModel implements Model {
  readonly card: ModelCard;
  readonly device = 'test';
  readonly asked: string[] = [];
  closed = 0;
  private readonly say: (text: string) => string | Error;

  constructor(say: (text: string) => string | Error, card = CARD) {
    this.say = say;
    this.card = card;
  }

  async *generate(
    requests: Iterable<ModelRequest>,
    _decoding: unknown,
    signal: AbortSignal,
  ): AsyncIterable<Prediction> {
    for (const { key, messages } of requests) {
      if (signal.aborted) return;
      const parts = messages.flatMap(({ content }) => content);
      const text = parts.map((part) => (part.type === 'text' ? part.text : `[${part.path}]`)).join('\n');
      this.asked.push(text);
      const usage = { promptTokens: 10, imageTokens: 0, outputTokens: 3 };
      const output = this.say(text);
      yield output instanceof Error
        ? { key, output: '', finishReason: 'error', usage, error: output.message }
        : { key, output, finishReason: 'stop', usage };
    }
  }

  async close(): Promise<void> {
    this.closed++;
  }
}
