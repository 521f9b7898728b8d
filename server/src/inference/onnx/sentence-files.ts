/** A folder with a sentence-embedding model in ONNX, in the layout of sentence-transformers and transformers.js. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const GRAPHS = ['onnx/model.onnx', 'model.onnx'];

export interface SentenceFiles {
  readonly folder: string;
  readonly name: string;
  /** Path of the graph. */
  readonly graph: string;
  /** Tokens of a text that are read, special ones included; the rest is cut off, as sentence-transformers does. */
  readonly maxTokens: number;
  readonly lowerCase: boolean;
}

/** @throws Error whose message is one sentence, when the folder holds no such model */
export function sentenceFiles(named: string): SentenceFiles {
  const folder = resolve(named);
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder} with a sentence-embedding model.`);
  const graph = GRAPHS.map((file) => join(folder, file)).find((path) => existsSync(path));
  if (!graph) {
    throw new Error(
      `${folder} holds no sentence-embedding model in ONNX: it has no ${GRAPHS[0]} (python -m rationale_trainer sentences makes one from a Hugging Face folder).`,
    );
  }
  const config = read(folder, 'config.json');
  if (!existsSync(join(folder, 'tokenizer.json'))) throw new Error(`${folder} has no tokenizer.json.`);
  const pooling = readIfThere(folder, '1_Pooling/config.json');
  if (pooling && pooling.pooling_mode_mean_tokens !== true && pooling.pooling_mode !== 'mean') {
    throw new Error(
      `The model in ${folder} does not take the mean of its tokens, the only pooling known here.`,
    );
  }
  const own = readIfThere(folder, 'sentence_bert_config.json');
  const positions = numberOf(config.max_position_embeddings) ?? Number.POSITIVE_INFINITY;
  const maxTokens = Math.min(numberOf(own?.max_seq_length) ?? positions, positions);
  return { folder, name: basename(folder), graph, maxTokens, lowerCase: own?.do_lower_case === true };
}

function readIfThere(folder: string, file: string): Record<string, unknown> | null {
  return existsSync(join(folder, file)) ? read(folder, file) : null;
}

function read(folder: string, file: string): Record<string, unknown> {
  const path = join(folder, file);
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(code === 'ENOENT' ? `${folder} has no ${file}.` : `${path} is not JSON.`);
  }
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null;
}
