import type { Device } from '../../hosts/messages.ts';
import type { ImageReader } from '../architectures/types.ts';
import { ChatTokenizer } from '../chat-tokenizer.ts';
import { contextOf, endTokens, imageTokenOf } from '../model-config.ts';
import { architectureOf, readModelConfig } from '../model-files.ts';
import { Holds } from './constrain/holds.ts';
import { openSessions, type Sessions } from './sessions.ts';

export interface Vocabulary {
  readonly imageToken: number;
  readonly endTokens: ReadonlySet<number>;
}

export interface LoadedModel {
  readonly tokenizer: ChatTokenizer;
  readonly images: ImageReader;
  readonly sessions: Sessions;
  readonly vocabulary: Vocabulary;
  readonly holds: Holds;
  /** Tokens of a prompt of this length and its answer together, at most. */
  context(length: number): number;
  /** Tokens that are read at once see each other, not only those before. */
  readonly readsBothWays: boolean;
}

/** Loads a model folder. @throws Error whose message is one sentence */
export async function loadModel(folder: string, device: Device): Promise<LoadedModel> {
  const config = readModelConfig(folder);
  const { imageReader, imageMarks, imageToken, ends: spelt, readsBothWays = false } = architectureOf(config);
  const tokenizer = new ChatTokenizer(folder, imageMarks);
  const ends = new Set(endTokens(folder, config, spelt));
  const images = imageReader(folder, config);
  const sessions = await openSessions(folder, config, device);
  const whole = contextOf(config) ?? Number.POSITIVE_INFINITY;
  return {
    tokenizer,
    images,
    sessions,
    vocabulary: { imageToken: imageTokenOf(config, folder, imageToken), endTokens: ends },
    holds: new Holds(tokenizer, ends, config.text_config.vocab_size),
    // An answer ends where its prompt would have to be read anew.
    context: (length) => (length < sessions.nearLength ? Math.min(whole, sessions.nearLength) : whole),
    readsBothWays,
  };
}
