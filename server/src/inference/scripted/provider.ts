/** A model that answers from a file: for tests, and for trying things out where no model runs. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type {
  Model,
  ModelCard,
  ModelProvider,
  ModelRequest,
  PartialOutput,
  Prediction,
} from '../../core/models/types.ts';
import { readScript, type ScriptLine } from './script.ts';

const PREFIX = 'scripted:';

/** Offers a model for each `scripted:FILE` that is named, and nothing otherwise. */
export function scriptedProvider({ named }: { readonly named: readonly string[] }): ModelProvider {
  return {
    id: 'scripted',
    async list() {
      return named.filter((name) => name.startsWith(PREFIX)).map(cardOf);
    },
    async open(card) {
      return new ScriptedModel(card, read(card.id).lines);
    },
  };
}

function cardOf(id: string): ModelCard {
  const card = {
    id,
    name: basename(id),
    provider: 'scripted',
    role: 'other' as const,
    description: 'Answers from a file.',
  };
  try {
    return { ...card, revision: read(id).revision };
  } catch (error) {
    return { ...card, revision: '', unavailable: (error as Error).message };
  }
}

function read(id: string): { lines: ScriptLine[]; revision: string } {
  const path = id.slice(PREFIX.length);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error(`The script ${path} cannot be read.`);
  }
  return { lines: readScript(text, path), revision: createHash('sha256').update(text).digest('hex') };
}

class ScriptedModel implements Model {
  readonly card: ModelCard;
  readonly device = 'script';
  private readonly lines: readonly ScriptLine[];

  constructor(card: ModelCard, lines: readonly ScriptLine[]) {
    this.card = card;
    this.lines = lines;
  }

  async *generate(
    requests: Iterable<ModelRequest>,
    _decoding: unknown,
    signal: AbortSignal,
    onPartial?: (partial: PartialOutput) => void,
  ): AsyncIterable<Prediction> {
    for (const request of requests) {
      if (signal.aborted) return;
      const text = textOf(request);
      const line = this.lines.find(
        ({ key, match, sample = request.sample ?? 0 }) =>
          sample === (request.sample ?? 0) &&
          (key === request.key || (match !== undefined && text.includes(match))),
      );
      if (line?.delay) await wait(line.delay, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (line?.die !== undefined) throw new Error(line.die);
      if (line && onPartial) for (const output of beginnings(line)) onPartial({ key: request.key, output });
      yield predictionOf(request.key, text, line);
    }
  }

  async close(): Promise<void> {}
}

function textOf({ messages }: ModelRequest): string {
  const parts = messages.flatMap(({ content }) => content);
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

function predictionOf(key: string, prompt: string, line: ScriptLine | undefined): Prediction {
  const output = line?.output ?? '';
  // A script has no tokenizer: its tokens are words.
  const usage = { promptTokens: words(prompt), imageTokens: 0, outputTokens: words(output) };
  const error = line ? line.fail : 'The script has no answer to this prompt.';
  return error === undefined
    ? { key, output, finishReason: 'stop', usage }
    : { key, output: '', finishReason: 'error', usage, error };
}

/** What is written after each word but the last. */
function beginnings({ output = '' }: ScriptLine): string[] {
  return Array.from(output.matchAll(/\S+/g), ({ index, 0: word }) =>
    output.slice(0, index + word.length),
  ).slice(0, -1);
}

function words(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}
