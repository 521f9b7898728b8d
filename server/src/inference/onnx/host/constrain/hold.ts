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

/** Tokens that are kept for states, in all: a state within a text allows nearly the whole vocabulary. */
const MOST_KEPT = 4_000_000;

/** A grammar in a model's tokens: which may come next, and how many it takes to an end. */
export class Hold {
  private readonly automaton: Automaton;
  private readonly lexicon: Lexicon;
  private readonly endTokens: ReadonlySet<number>;
  private readonly unusable: ReadonlySet<number>;
  /** By state, least recently used first. */
  private readonly kept = new Map<number, Allowed>();
  private keptTokens = 0;
  /** By state. */
  private readonly toEnd: number[] = [];

  /** @throws Error whose message is one sentence, when the model's tokens cannot spell what the grammar asks for */
  constructor(grammar: Grammar, lexicon: Lexicon, endTokens: ReadonlySet<number>) {
    this.automaton = compile(grammar);
    this.lexicon = lexicon;
    this.endTokens = new Set([...endTokens].filter((token) => token < lexicon.size));
    const texts = fixedTexts(grammar);
    // A special token is no text, except where the format itself names it, as stage tags may be.
    const unnamed = [...lexicon.special].filter(([, name]) => !texts.some((text) => text.includes(name)));
    this.unusable = new Set([...endTokens, ...unnamed.map(([token]) => token)]);
    if (this.endTokens.size === 0)
      throw new Error(
        "The model's files name no token that ends an answer, so no output can be held to a format.",
      );
    const unspelt = texts.find((text) => !this.canSpell(text));
    if (unspelt !== undefined || this.tokensToEnd(this.start) === Number.POSITIVE_INFINITY) {
      const what = JSON.stringify(unspelt ?? texts.join('…'));
      throw new Error(
        `The model's tokens cannot spell ${what}, so its output cannot be held to this format.`,
      );
    }
  }

  get start(): number {
    return this.automaton.start;
  }

  /** What may come in a state. */
  allowed(state: number): Allowed {
    const kept = this.kept.get(state);
    const allowed = kept ?? this.find(state);
    this.kept.delete(state);
    this.kept.set(state, allowed);
    if (!kept) this.keptTokens += allowed.tokens.length;
    for (const [oldest, { tokens }] of this.kept) {
      if (this.keptTokens <= MOST_KEPT) break;
      this.kept.delete(oldest);
      this.keptTokens -= tokens.length;
    }
    return allowed;
  }

  /** How many tokens it takes from a state to an end, the end token not counted; infinite where it is not known. */
  tokensToEnd(state: number): number {
    if (state === ENDED) return 0;
    const { automaton, toEnd, lexicon } = this;
    const known = toEnd[state];
    if (known !== undefined) return known;
    const states = [state];
    const bytes: number[] = [];
    let last = state;
    for (let byte = automaton.wayOut(last); byte !== null; byte = automaton.wayOut(last)) {
      last = automaton.next(last, byte);
      bytes.push(byte);
      states.push(last);
    }
    toEnd[last] = automaton.accepts(last) ? 0 : Number.POSITIVE_INFINITY;
    const text = Uint8Array.from(bytes);
    for (let i = bytes.length - 1; i >= 0; i--) {
      const lengths = lexicon.beginnings(text.subarray(i), this.isUsable);
      const left = lengths.map((length) => toEnd[states[i + length] as number] as number);
      toEnd[states[i] as number] = 1 + Math.min(...left);
    }
    return toEnd[state] as number;
  }

  private readonly isUsable = (token: number): boolean => !this.unusable.has(token);

  private find(state: number): Allowed {
    const { automaton, lexicon } = this;
    const behind = new Int32Array(lexicon.size).fill(DEAD);
    const step = (from: number, byte: number) => automaton.next(from, byte);
    let count = 0;
    const allow = (token: number, next: number) => {
      behind[token] = next;
      count++;
    };
    lexicon.walk(state, step, (token, next) => {
      if (this.tokensToEnd(next) < Number.POSITIVE_INFINITY && this.isUsable(token)) allow(token, next);
    });
    if (automaton.accepts(state)) for (const token of this.endTokens) allow(token, ENDED);
    const tokens = new Int32Array(count);
    const states = new Int32Array(count);
    let place = 0;
    for (let token = 0; token < behind.length; token++) {
      if (behind[token] === DEAD) continue;
      tokens[place] = token;
      states[place++] = behind[token] as number;
    }
    const most = [...new Set(states)].reduce((sum, next) => Math.max(sum, this.tokensToEnd(next)), 0);
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
