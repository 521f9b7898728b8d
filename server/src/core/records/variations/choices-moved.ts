import { draws } from './draws.ts';
import type { Variation } from './variation.ts';

/**
 * Every choice stands at another position than before: they are moved on by a number of places that depends on the
 * record. Who answers by position answers otherwise then (Zheng et al., 2024, "Large language models are not robust
 * multiple choice selectors", where all cyclic permutations are tried; one tells as much of many records).
 */
export const choicesMoved: Variation = {
  id: 'choices-moved',
  what: 'every choice at another position',
  vary(record) {
    const { choices, answer, id } = record;
    const n = choices.length;
    if (n < 2) return null;
    const by = 1 + Math.floor(draws(id, 'choices-moved').next().value * (n - 1));
    const places = choices.map((_choice, position) => (position + by) % n);
    const moved = answer === null || answer < 0 || answer >= n ? answer : places.indexOf(answer);
    return {
      record: { ...record, choices: places.map((place) => choices[place] as string), answer: moved },
      places,
    };
  },
};
