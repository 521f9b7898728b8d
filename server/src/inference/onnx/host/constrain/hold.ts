/** A grammar in a model's tokens: which may come next, and how many it takes to an end. */
import { type Automaton, DEAD } from '../../../../core/grammars/automaton.ts';
import { compile } from '../../../../core/grammars/compile.ts';
import { fixedTexts } from '../../../../core/grammars/forms.ts';
import type { Grammar } from '../../../../core/grammars/types.ts';
import type { Lexicon } from './lexicon.ts';

/** The state behind the end token. */
export const ENDED = -2;

/** What may come next, by rising token. */
export interface Allowed {
  readonly tokens: Int32Array;
  /** The state behind each. */
  readonly behind: Int32Array;
  /** How many tokens it then takes to an end, behind whichever of them takes most. */
  readonly most: number;
}

export class Hold {
  private readonly automaton: Automaton;
  private readonly lexicon: Lexicon;
  private readonly endTokens: ReadonlySet<number>;
  private readonly unusable: ReadonlySet<number>;
  private readonly allowedIn = new Map<number, Allowed>();
  private readonly tokensFrom = new Map<number, number>([[ENDED, 0]]);

  /** @throws Error whose message is one sentence, when the model's tokens cannot spell what the grammar asks for */
  constructor(grammar: Grammar, lexicon: Lexicon, endTokens: ReadonlySet<number>) {
    this.automaton = compile(grammar);
    this.lexicon = lexicon;
    this.endTokens = endTokens;
    const texts = fixedTexts(grammar);
    // A special token is no text, except where the format itself names it, as stage tags may be.
    const unnamed = [...lexicon.special].filter(([, name]) => !texts.some((text) => text.includes(name)));
    this.unusable = new Set([...endTokens, ...unnamed.map(([token]) => token)]);
    if (endTokens.size === 0)
      throw new Error(
        'The model’s files name no token that ends an answer, so no output can be held to a format.',
      );
    const unspelt = texts.find((text) => !this.canSpell(text));
    if (unspelt !== undefined || this.tokensToEnd(this.start) === Number.POSITIVE_INFINITY) {
      const what = JSON.stringify(unspelt ?? texts.join('…'));
      throw new Error(
        `The model’s tokens cannot spell ${what}, so its output cannot be held to this format.`,
      );
    }
  }

  get start(): number {
    return this.automaton.start;
  }

  /** What may come in a state; worked out once. */
  allowed(state: number): Allowed {
    let allowed = this.allowedIn.get(state);
    if (!allowed) {
      allowed = this.find(state);
      this.allowedIn.set(state, allowed);
    }
    return allowed;
  }

  /** How many tokens it takes from a state to an end, the end token not counted; infinite where it is not known. */
  tokensToEnd(state: number): number {
    const known = this.tokensFrom.get(state);
    if (known !== undefined) return known;
    const { automaton, tokensFrom, lexicon } = this;
    const states = [state];
    const bytes: number[] = [];
    for (let byte = automaton.wayOut(state); byte !== null; byte = automaton.wayOut(states.at(-1)!)) {
      bytes.push(byte);
      states.push(automaton.next(states.at(-1)!, byte));
    }
    const text = Uint8Array.from(bytes);
    tokensFrom.set(states.at(-1)!, automaton.accepts(states.at(-1)!) ? 0 : Number.POSITIVE_INFINITY);
    for (let i = bytes.length - 1; i >= 0; i--) {
      const lengths = lexicon.beginnings(text.subarray(i), this.isUsable);
      const left = lengths.map((length) => tokensFrom.get(states[i + length]!)!);
      tokensFrom.set(states[i]!, 1 + Math.min(...left));
    }
    return tokensFrom.get(state)!;
  }

  private readonly isUsable = (token: number): boolean => !this.unusable.has(token);

  private find(state: number): Allowed {
    const { automaton, lexicon } = this;
    const behind = new Int32Array(lexicon.size).fill(DEAD);
    const step = (from: number, byte: number) => automaton.next(from, byte);
    lexicon.walk(state, step, (token, next) => {
      if (this.isUsable(token) && this.tokensToEnd(next) < Number.POSITIVE_INFINITY) behind[token] = next;
    });
    if (automaton.accepts(state)) for (const token of this.endTokens) behind[token] = ENDED;
    const tokens = Int32Array.from(behind.keys().filter((token) => behind[token] !== DEAD));
    const states = tokens.map((token) => behind[token] as number);
    const most = Math.max(...[...new Set(states)].map((next) => this.tokensToEnd(next)));
    return { tokens, behind: states, most };
  }

  private canSpell(text: string): boolean {
    const bytes = new TextEncoder().encode(text);
    const reached = new Set([0]);
    for (let i = 0; i < bytes.length; i++) {
      if (!reached.has(i)) continue;
      for (const length of this.lexicon.beginnings(bytes.subarray(i), this.isUsable)) reached.add(i + length);
    }
    return reached.has(bytes.length);
  }
}
