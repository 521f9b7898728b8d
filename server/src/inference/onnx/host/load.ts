import { AutoTokenizer, env, type PreTrainedTokenizer } from '@huggingface/transformers';
import type { Device } from '../messages.ts';
import { endTokens, type ModelConfig, readModelConfig } from '../model-files.ts';
import type { Vocabulary } from './decode.ts';
import { type ImageSettings, readImageSettings } from './image-settings.ts';
import { reasonOf } from './reason.ts';
import { openSessions, type Sessions } from './sessions.ts';

// Models are folders here; nothing is ever looked for on the network or written into a cache.
env.allowRemoteModels = false;
env.useFSCache = false;
env.useWasmCache = false;

export interface LoadedModel {
  readonly tokenizer: PreTrainedTokenizer;
  readonly images: ImageSettings;
  readonly sessions: Sessions;
  readonly vocabulary: Vocabulary;
  /** Tokens of prompt and answer together, at most. */
  readonly context: number;
}

/** Loads a model folder. @throws Error whose message is one sentence */
export async function loadModel(folder: string, device: Device): Promise<LoadedModel> {
  const config = readModelConfig(folder);
  const options = { local_files_only: true };
  const tokenizer = await AutoTokenizer.from_pretrained(folder, options).catch(
    wrap(`The tokenizer in ${folder} cannot be loaded`),
  );
  return {
    tokenizer,
    images: readImageSettings(folder),
    sessions: await openSessions(folder, config, device),
    vocabulary: { imageToken: imageToken(config, folder), endTokens: new Set(endTokens(folder, config)) },
    context: config.text_config.max_position_embeddings ?? Number.POSITIVE_INFINITY,
  };
}

function imageToken(config: ModelConfig, folder: string): number {
  const token = config.image_token_index ?? config.image_token_id;
  if (token === undefined)
    throw new Error(`config.json in ${folder} does not name the image token (image_token_index).`);
  return token;
}

function wrap(sentence: string): (error: unknown) => never {
  return (error) => {
    throw new Error(`${sentence}: ${reasonOf(error)}`);
  };
}
