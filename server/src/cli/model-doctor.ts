import { join } from 'node:path';
import type { ModelRequest } from '../core/models/types.ts';
import { shippedRoot } from '../files/shipped.ts';
import { type OfferedModel, openModel } from './models.ts';

/** How a model does on this machine, as measured. */
export interface Examined {
  readonly model: string;
  readonly device: string | null;
  /** Of one answer by itself, its prompt included: what somebody waits for who asks about one record. */
  readonly tokensPerSecond: number | null;
  /** Bytes of the process that runs it. */
  readonly memory: number | null;
  readonly problem: string | null;
  /** Why it is not a better device, a sentence for each of these. */
  readonly passedOver: readonly string[];
}

const CHOICES = ['a nail', 'a compass needle'];
/** What a model that scores choices is shown: it sees a picture each time. */
const PICTURE = { type: 'image', path: join(shippedRoot, 'media', 'icon.png') } as const;
const QUESTION = 'Question: Which of these is a magnet?\nChoices: (A) a nail (B) a compass needle';
const DECODING = { maxNewTokens: 64, temperature: 0 };

/** Asks a model the same question twice, and measures the second time: the first one warms it up. */
export async function examine({ provider, card }: OfferedModel): Promise<Examined> {
  const nothing = { model: card.id, device: null, tokensPerSecond: null, memory: null, passedOver: [] };
  if (card.unavailable) return { ...nothing, problem: card.unavailable };
  try {
    const model = await openModel(provider, card);
    try {
      let [seconds, tokens] = [0, 0];
      const picture = card.scoresChoices ? [PICTURE] : [];
      for (const key of ['first', 'second']) {
        const request: ModelRequest = {
          key,
          messages: [{ role: 'user', content: [...picture, { type: 'text', text: QUESTION }] }],
          ...(card.scoresChoices && { choices: CHOICES }),
        };
        const began = performance.now();
        for await (const { error, usage } of model.generate(
          [request],
          DECODING,
          new AbortController().signal,
        )) {
          if (error) throw new Error(error);
          tokens = usage.outputTokens;
        }
        seconds = (performance.now() - began) / 1000;
      }
      const { device, memory = null, passedOver = [] } = model;
      const tokensPerSecond = tokens / seconds;
      return { model: card.id, device, tokensPerSecond, memory, problem: null, passedOver };
    } finally {
      await model.close();
    }
  } catch (error) {
    return { ...nothing, problem: error instanceof Error ? error.message : String(error) };
  }
}
