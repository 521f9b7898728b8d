/** Sentence embeddings: the mean of a text's token embeddings, of length 1, as sentence-transformers makes them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../../hosts/messages.ts';
import { sentenceFiles } from '../sentence-files.ts';
import { openSession } from './sessions.ts';

/** Texts of one run; those of like length come together, so that little is padded. */
const BATCH = 16;

export class SentenceModel {
  private readonly session: InferenceSession;
  private readonly tokenizer: Tokenizer;
  private readonly maxTokens: number;
  private readonly lowerCase: boolean;

  private constructor(
    session: InferenceSession,
    tokenizer: Tokenizer,
    { maxTokens, lowerCase }: { readonly maxTokens: number; readonly lowerCase: boolean },
  ) {
    this.session = session;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
    this.lowerCase = lowerCase;
  }

  /** @throws Error whose message is one sentence */
  static async load(folder: string, device: Device): Promise<SentenceModel> {
    const files = sentenceFiles(folder);
    const read = (name: string) => JSON.parse(readFileSync(join(files.folder, name), 'utf8'));
    let tokenizer: Tokenizer;
    try {
      tokenizer = new Tokenizer(read('tokenizer.json'), read('tokenizer_config.json'));
    } catch (error) {
      throw new Error(`The tokenizer in ${folder} cannot be loaded: ${(error as Error).message}`);
    }
    return new SentenceModel(await openSession(files.graph, device), tokenizer, files);
  }

  /** One vector for each text, in their order. @param onBatch called after each run */
  async embed(texts: readonly string[], onBatch: () => void): Promise<number[][]> {
    const rows = texts.map((text, index) => ({ index, ids: this.tokenize(text) }));
    rows.sort((a, b) => a.ids.length - b.ids.length);
    const vectors: number[][] = new Array(texts.length);
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = rows.slice(start, start + BATCH);
      const means = await this.run(batch.map(({ ids }) => ids));
      batch.forEach(({ index }, row) => {
        vectors[index] = means[row] as number[];
      });
      onBatch();
    }
    return vectors;
  }

  private tokenize(text: string): number[] {
    const trimmed = this.lowerCase ? text.trim().toLowerCase() : text.trim();
    const { ids } = this.tokenizer.encode(trimmed);
    if (ids.length <= this.maxTokens) return ids;
    const { ids: plain } = this.tokenizer.encode(trimmed, { add_special_tokens: false });
    const before = ids.indexOf(plain[0] as number);
    const after = ids.length - before - plain.length;
    return [...ids.slice(0, this.maxTokens - after), ...ids.slice(ids.length - after)];
  }

  private async run(rows: readonly (readonly number[])[]): Promise<number[][]> {
    const width = Math.max(...rows.map((ids) => ids.length));
    const size = rows.length * width;
    const ids = new BigInt64Array(size);
    const mask = new BigInt64Array(size);
    rows.forEach((row, r) => {
      row.forEach((id, i) => {
        ids[r * width + i] = BigInt(id);
        mask[r * width + i] = 1n;
      });
    });
    const tensor = (data: BigInt64Array) => new Tensor('int64', data, [rows.length, width]);
    const feeds: Record<string, Tensor> = {
      input_ids: tensor(ids),
      attention_mask: tensor(mask),
      token_type_ids: tensor(new BigInt64Array(size)),
    };
    const { inputNames, outputNames } = this.session;
    const output = outputNames.find((name) => name === 'last_hidden_state') ?? (outputNames[0] as string);
    const results = await this.session.run(
      Object.fromEntries(inputNames.map((name) => [name, feeds[name] as Tensor])),
      [output],
    );
    const { data, dims } = results[output] as Tensor;
    const hidden = dims.at(-1) as number;
    return rows.map(({ length }, r) =>
      unitMean(data as Float32Array, { start: r * width * hidden, tokens: length, hidden }),
    );
  }
}

/** The mean of a row's token vectors, scaled to length 1. */
function unitMean(
  data: Float32Array,
  { start, tokens, hidden }: { readonly start: number; readonly tokens: number; readonly hidden: number },
): number[] {
  const sum = new Float64Array(hidden);
  for (let token = 0; token < tokens; token++) {
    for (let i = 0; i < hidden; i++)
      sum[i] = (sum[i] as number) + (data[start + token * hidden + i] as number);
  }
  const length = Math.hypot(...sum) || 1;
  return Array.from(sum, (value) => value / length);
}
