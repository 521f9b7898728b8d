import { DEAD } from '../../../../core/grammars/automaton.ts';
import type { Spelling } from '../../token-spelling.ts';

/** Steps through a text; `DEAD` where none goes on like that. */
export type Step = (state: number, byte: number) => number;

/** The tokens in the order of their bytes, each knowing how much it shares with the one before: they are walked as a tree. */
export class Lexicon {
  readonly size: number;
  readonly special: Spelling['special'];
  private readonly tokens: Int32Array;
  /** All their bytes in one piece: a vocabulary of small pieces is slow to go through. */
  private readonly bytes: Uint8Array;
  private readonly starts: Int32Array;
  private readonly shared: Uint16Array;
  private readonly longest: number;
  private readonly byBytes = new Map<string, number>();

  constructor({ bytes, special }: Spelling) {
    this.size = bytes.length;
    this.special = special;
    const spelt = (token: number) => latin(bytes[token] as Uint8Array);
    // As strings, bytes keep their order.
    const words = Array.from(bytes.keys(), (token) => ({ token, word: spelt(token) }))
      .filter(({ word }) => word !== '')
      .sort((a, b) => (a.word < b.word ? -1 : Number(a.word > b.word)));
    this.tokens = Int32Array.from(words, ({ token }) => token);
    this.bytes = Buffer.from(words.map(({ word }) => word).join(''), 'latin1');
    this.starts = new Int32Array(words.length + 1);
    this.shared = new Uint16Array(words.length);
    this.longest = words.reduce((most, { word }) => Math.max(most, word.length), 0);
    words.forEach(({ token, word }, i) => {
      this.starts[i + 1] = (this.starts[i] as number) + word.length;
      this.shared[i] = i === 0 ? 0 : common(word, words[i - 1]?.word as string);
      if (!special.has(token) || !this.byBytes.has(word)) this.byBytes.set(word, token);
    });
  }

  /** Tells every token that may come in a state, and the state behind it. */
  walk(state: number, step: Step, tell: (token: number, next: number) => void): void {
    const { tokens, bytes, starts, shared } = this;
    const states = new Int32Array(this.longest + 1);
    states[0] = state;
    let alive = 0;
    for (let i = 0; i < tokens.length; i++) {
      // It begins with what the one before it has died of.
      if ((shared[i] as number) > alive) continue;
      alive = shared[i] as number;
      const start = starts[i] as number;
      const length = (starts[i + 1] as number) - start;
      while (alive < length) {
        const next = step(states[alive] as number, bytes[start + alive] as number);
        if (next === DEAD) break;
        states[++alive] = next;
      }
      if (alive === length) tell(tokens[i] as number, states[alive] as number);
    }
  }

  /** Lengths of the beginnings of a text that are a token each. */
  beginnings(text: Uint8Array, isUsable: (token: number) => boolean): number[] {
    const letters = latin(text.subarray(0, this.longest));
    return Array.from(letters, (_, i) => i + 1).filter((length) => {
      const token = this.byBytes.get(letters.slice(0, length));
      return token !== undefined && isUsable(token);
    });
  }
}

function common(one: string, other: string): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
