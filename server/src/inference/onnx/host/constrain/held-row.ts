import type { Choose } from '../sampler.ts';
import type { Allowed, Hold } from './hold.ts';

let scratch = new Float32Array(0);

/**
 * One answer while it is written: each token is chosen as it would be, among those that the grammar allows. When
 * only as many tokens are left as it takes to an end, it is led there, so that there is an answer to read; the
 * model still chooses whatever is left to choose, the letter above all.
 */
export class HeldRow {
  /** The limit has kept it from going on as it would have. */
  isCut = false;
  private readonly hold: Hold;
  private readonly draw: Choose;
  private state: number;
  /** Tokens that may still be written. */
  private left: number;

  constructor(hold: Hold, draw: Choose, limit: number) {
    this.hold = hold;
    this.draw = draw;
    this.state = hold.start;
    this.left = limit;
  }

  readonly choose: Choose = (logits, start) => {
    const allowed = this.hold.allowed(this.state);
    this.left--;
    let at = this.pick(allowed.tokens, logits, start);
    if (allowed.most > this.left && this.toEnd(allowed, at) > this.left) {
      this.isCut = true;
      const closing = this.closing(allowed);
      const tokens = closing.map((place) => allowed.tokens[place]!);
      at = closing[this.pick(tokens, logits, start)]!;
    }
    this.state = allowed.behind[at]!;
    return allowed.tokens[at]!;
  };

  /** Which of the tokens is chosen. */
  private pick(tokens: Int32Array, logits: Float32Array, start: number): number {
    if (tokens.length === 1) return 0;
    if (scratch.length < tokens.length) scratch = new Float32Array(tokens.length);
    for (let i = 0; i < tokens.length; i++) scratch[i] = logits[start + tokens[i]!]!;
    return this.draw(scratch, 0, tokens.length);
  }

  /** Places of the tokens behind which there is an end within what is left, or else of those nearest to one. */
  private closing(allowed: Allowed): Int32Array {
    const places = Int32Array.from(allowed.tokens.keys());
    const within = places.filter((at) => this.toEnd(allowed, at) <= this.left);
    if (within.length > 0) return within;
    const least = places.reduce(
      (best, at) => Math.min(best, this.toEnd(allowed, at)),
      Number.POSITIVE_INFINITY,
    );
    return places.filter((at) => this.toEnd(allowed, at) === least);
  }

  private toEnd({ behind }: Allowed, at: number): number {
    return this.hold.tokensToEnd(behind[at]!);
  }
}
