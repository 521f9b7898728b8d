import { createHash } from 'node:crypto';
import type { Decoding } from '../../../core/models/types.ts';
import { randomNumbers } from '../../../core/random.ts';
import { argmax } from './argmax.ts';

/** Picks a token from the `words` logits from `start` on. */
export type Choose = (logits: Float32Array, start: number, words: number) => number;

/** How the tokens of one row are drawn. */
export interface Draw {
  readonly temperature: number;
  readonly topP: number;
  /** 32 bits. */
  readonly seed: number;
}

/**
 * The draws of one sample of a prompt: they depend on nothing else, so that a sample is the same in every batch.
 * Null when the likeliest token is taken each time.
 */
export function drawOf(
  { temperature, topP = 1, seed = 0 }: Decoding,
  prompt: readonly number[],
  sample: number,
): Draw | null {
  if (temperature === 0) return null;
  const hash = createHash('sha256').update(`${seed} ${sample} ${prompt.join(' ')}`);
  return { temperature, topP, seed: hash.digest().readUInt32LE() };
}

/** A fresh chooser; the same draw always chooses the same tokens of the same logits. */
export function chooser(draw: Draw | null): Choose {
  if (!draw) return argmax;
  const { temperature, topP } = draw;
  const random = randomNumbers(draw.seed);
  let weights = new Float64Array(0);
  return (logits, start, words) => {
    if (weights.length !== words) weights = new Float64Array(words);
    const total = weigh(logits, start, temperature, weights);
    return topP < 1 ? pickFromNucleus(weights, total, topP, random()) : pick(weights, total * random());
  };
}

/** Fills in what the tokens weigh against the likeliest, which weighs 1; gives the sum. */
function weigh(logits: Float32Array, start: number, temperature: number, weights: Float64Array): number {
  const greatest = logits[start + argmax(logits, start, weights.length)] as number;
  let total = 0;
  for (let token = 0; token < weights.length; token++) {
    const weight = Math.exp(((logits[start + token] as number) - greatest) / temperature);
    weights[token] = weight;
    total += weight;
  }
  return total;
}

/** The first token up to which the weights sum to more than `mark`; the last of any weight when rounding keeps the sum below. */
function pick(weights: Float64Array, mark: number): number {
  let sum = 0;
  let last = 0;
  for (let token = 0; token < weights.length; token++) {
    const weight = weights[token] as number;
    if (weight === 0) continue;
    sum += weight;
    last = token;
    if (sum > mark) break;
  }
  return last;
}

/** The token at `share` (0 to 1) of the likeliest ones that together have the probability `topP`, at least one. */
function pickFromNucleus(weights: Float64Array, total: number, topP: number, share: number): number {
  // Tokens this unlikely lie outside of every nucleus, and most are: only the others are put in order.
  const least = ((1 - topP) * total) / weights.length;
  const likely: number[] = [];
  for (let token = 0; token < weights.length; token++) {
    if ((weights[token] as number) >= least) likely.push(token);
  }
  likely.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  let size = 0;
  let inside = 0;
  while (size < likely.length && (size === 0 || inside < topP * total)) {
    inside += weights[likely[size++] as number] as number;
  }
  const nucleus = likely.slice(0, size);
  return nucleus[
    pick(
      Float64Array.from(nucleus, (token) => weights[token] as number),
      share * inside,
    )
  ] as number;
}
