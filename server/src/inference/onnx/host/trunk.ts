/** One row of the decoder's memory that texts branch off from: a prompt, and what was read behind it last. */
import type { Cache } from './cache.ts';
import { embedPrompts } from './decode.ts';
import { runDecoder } from './decoder.ts';
import { freeTensors } from './free.ts';
import type { Memory } from './memory.ts';
import { type ReadyPrompt, sharedLength } from './prompt.ts';
import type { Sessions } from './sessions.ts';

/** What the decoder says of the next token. */
export type Logits = Float32Array;

/** The logits behind the `token`-th token of the `row`-th row. */
export type Behind = (row: number, token: number) => Logits;

export class Trunk {
  private readonly sessions: Sessions;
  private readonly prompt: ReadyPrompt;
  private readonly imageToken: number;
  private readonly oneByOne: boolean;
  private cache: Cache;
  /** What has been read behind the prompt. */
  private read: readonly number[] = [];
  private behindPrompt: Logits = new Float32Array(0);
  private behindLast: Logits = new Float32Array(0);

  private constructor(sessions: Sessions, prompt: ReadyPrompt, imageToken: number, oneByOne: boolean) {
    this.sessions = sessions;
    this.prompt = prompt;
    this.imageToken = imageToken;
    this.oneByOne = oneByOne;
    this.cache = this.newCache();
  }

  /**
   * Reads the prompt.
   *
   * @param oneByOne whether tokens behind the prompt must be read one after the other
   */
  static async open(
    sessions: Sessions,
    prompt: ReadyPrompt,
    imageToken: number,
    oneByOne: boolean,
  ): Promise<Trunk> {
    const trunk = new Trunk(sessions, prompt, imageToken, oneByOne);
    await trunk.readPrompt();
    return trunk;
  }

  /** It can go back to any token that it has read, at no cost. */
  get goesBack(): boolean {
    return this.cache.isSeparable;
  }

  /** Tokens that it has read, the prompt's included. */
  get length(): number {
    return this.cache.used;
  }

  /** The logits behind the last token read. */
  get logits(): Logits {
    return this.behindLast;
  }

  /** Makes these the tokens that have been read behind the prompt; those that have been are not read again. */
  async reach(tokens: readonly number[]): Promise<void> {
    let same = sharedLength(this.read, tokens);
    if (same === this.read.length && same === tokens.length) return;
    // The logits of a token in the middle are gone: it is read once more.
    if (same === tokens.length && same > 0) same--;
    if (same < this.read.length) same = await this.goBack(same);
    const size = this.oneByOne ? 1 : tokens.length - same;
    for (let from = same; from < tokens.length; from += size) {
      const part = tokens.slice(from, from + size);
      const behind = await this.run([part], this.cache, part.length - 1);
      this.behindLast = behind(0, part.length - 1);
    }
    this.read = tokens;
  }

  /**
   * Reads rows of tokens, each behind what the trunk has read, and forgets them again.
   * @param from the first token of a row behind which logits are asked for
   */
  branch(rows: readonly (readonly number[])[], from: number): Promise<Behind> {
    return this.run(rows, this.cache.fork(rows.length), from);
  }

  release(): void {
    this.cache.release();
  }

  private newCache(): Cache {
    return this.sessions.decoder.newCache(1, this.prompt.ids.length);
  }

  private async readPrompt(): Promise<void> {
    const { sessions, prompt, imageToken, cache } = this;
    const places = [{ padding: 0, positions: prompt.positions }];
    const inputs = await embedPrompts(sessions, [prompt], places, imageToken);
    const logits = await runDecoder(sessions.decoder, inputs, places, cache.prompts([[0]]));
    const { data, dims } = logits;
    this.behindPrompt = (data as Float32Array).slice(-(dims.at(-1) as number));
    freeTensors([inputs, logits]);
    this.behindLast = this.behindPrompt;
    this.read = [];
  }

  /** Shorter rows are filled up at their end, which nothing before it sees. */
  private async run(rows: readonly (readonly number[])[], memory: Memory, from: number): Promise<Behind> {
    const { decoder, embeddings } = this.sessions;
    const width = Math.max(...rows.map((row) => row.length));
    const ids = rows.flatMap((row) => [...row, ...Array<number>(width - row.length).fill(0)]);
    const inputs = await embeddings.of(ids, rows.length);
    const places = rows.map(() => ({ padding: 0, positions: this.prompt.positions }));
    const { data, dims } = await runDecoder(decoder, inputs, places, memory, width - from);
    freeTensors([inputs]);
    const [, kept = 0, words = 0] = dims;
    return (row, token) => {
      const column = row * kept + token - (width - kept);
      return (data as Float32Array).subarray(column * words, (column + 1) * words);
    };
  }

  /** @returns to how many tokens behind the prompt it went back */
  private async goBack(length: number): Promise<number> {
    if (this.cache.isSeparable) {
      this.cache.rewind(this.prompt.ids.length + length);
      this.read = this.read.slice(0, length);
      this.behindLast = this.behindPrompt;
      return length;
    }
    this.cache.release();
    this.cache = this.newCache();
    await this.readPrompt();
    return 0;
  }
}
