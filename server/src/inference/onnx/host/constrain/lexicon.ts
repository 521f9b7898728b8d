import { DEAD } from '../../../../core/grammars/automaton.ts';
import type { Spelling } from '../../token-spelling.ts';

/** Steps through a text; `DEAD` where none goes on like that. */
export type Step = (state: number, byte: number) => number;

/** The tokens in the order of their bytes, each knowing how much it shares with the one before: they are walked as a tree. */
export class Lexicon {
  readonly size: number;
  readonly special: Spelling['special'];
  private readonly tokens: Int32Array;
  private readonly spelt: readonly Uint8Array[];
  private readonly shared: Int32Array;
  private readonly longest: number;
  private readonly byBytes = new Map<string, number>();

  constructor({ bytes, special }: Spelling) {
    this.size = bytes.length;
    this.special = special;
    const spelt = (token: number) => bytes[token] as Uint8Array;
    const words = Array.from(bytes.keys()).filter((token) => spelt(token).length > 0);
    words.sort((a, b) => Buffer.compare(spelt(a), spelt(b)));
    this.tokens = Int32Array.from(words);
    this.spelt = words.map(spelt);
    this.shared = Int32Array.from(words, (token, i) =>
      i === 0 ? 0 : common(spelt(token), this.spelt[i - 1]!),
    );
    this.longest = this.spelt.reduce((most, { length }) => Math.max(most, length), 0);
    for (const token of words) {
      const word = latin(spelt(token));
      if (!special.has(token) || !this.byBytes.has(word)) this.byBytes.set(word, token);
    }
  }

  /** Tells every token that may come in a state, and the state behind it. */
  walk(state: number, step: Step, tell: (token: number, next: number) => void): void {
    const states = new Int32Array(this.longest + 1);
    states[0] = state;
    let alive = 0;
    this.spelt.forEach((word, i) => {
      // It begins with what the one before it has died of.
      if (this.shared[i]! > alive) return;
      alive = this.shared[i]!;
      while (alive < word.length) {
        const next = step(states[alive]!, word[alive]!);
        if (next === DEAD) return;
        states[++alive] = next;
      }
      tell(this.tokens[i]!, states[alive]!);
    });
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

function common(one: Uint8Array, other: Uint8Array): number {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length++;
  return length;
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
