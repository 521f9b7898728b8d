import { letter } from './formats/letter.ts';
import type { FrontMatter } from './front-matter.ts';
import { STRATEGIES, strategyOf } from './strategies/index.ts';
import type { Strategy } from './strategies/strategy.ts';
import { zeroShot } from './strategies/zero-shot.ts';
import { templateFault } from './template-fault.ts';
import type { DemonstrationChoice, Order, PromptFile } from './types.ts';
import { sampleVariables } from './variables.ts';

export const ORDERS: readonly Order[] = ['answer-last', 'answer-first'];
export const STRATEGY_IDS: readonly string[] = STRATEGIES.map(({ id }) => id);
const DEMONSTRATION_KEYS = ['count', 'by', 'split', 'seed', 'answer'] as const;
/** More than any model is shown in practice. */
const MOST_DEMONSTRATIONS = 16;
const MOST_SEED = 2 ** 31 - 1;

/** What stands in a prompt file that says nothing of these. */
export const AS_WRITTEN: Pick<PromptFile, 'strategy' | 'order' | 'demonstrations'> = {
  strategy: null,
  order: 'answer-last',
  demonstrations: { count: null, by: 'topic', split: 'train', seed: 0, answer: null },
};

/**
 * How a prompt file asks: `strategy`, `order` and `demonstrations`.
 *
 * @param own where the keys stand
 */
export function readAsking(matter: FrontMatter, own: readonly string[]): typeof AS_WRITTEN {
  const strategy = matter.oneOf([...own, 'strategy'], STRATEGY_IDS);
  const order = matter.oneOf([...own, 'order'], ORDERS) ?? AS_WRITTEN.order;
  const demonstrations = readDemonstrations(matter, [...own, 'demonstrations']);
  const none = strategy !== null && demonstrations.count ? whyNone(strategyOf(strategy)) : null;
  if (none) matter.reportAt([...own, 'demonstrations'], none);
  return { strategy, order, demonstrations };
}

/** How many solved records a prompt file shows. */
export function demonstrationCount({ strategy, demonstrations }: typeof AS_WRITTEN): number {
  return demonstrations.count ?? (strategy === null ? 0 : strategyOf(strategy).demonstrations);
}

/** The same question, asked for the letter of its answer and nothing else. */
export function answeringAtOnce(file: PromptFile): PromptFile {
  return { ...file, ...AS_WRITTEN, strategy: zeroShot.id, format: letter.id };
}

function readDemonstrations(matter: FrontMatter, path: readonly string[]): DemonstrationChoice {
  const { demonstrations: usual } = AS_WRITTEN;
  matter.onlyKeys(path, DEMONSTRATION_KEYS);
  const answer = matter.text([...path, 'answer']);
  const fault = answer === null ? null : templateFault(answer, sampleVariables({ setting: 3, gold: true }));
  if (fault) matter.reportAt([...path, 'answer'], fault.message);
  return {
    count: matter.wholeNumber([...path, 'count'], MOST_DEMONSTRATIONS),
    by: matter.oneOf([...path, 'by'], ['topic', 'any'] as const) ?? usual.by,
    split: matter.text([...path, 'split']) ?? usual.split,
    seed: matter.wholeNumber([...path, 'seed'], MOST_SEED) ?? usual.seed,
    answer,
  };
}

/** Why a strategy goes with no solved records: they hold a question, a solution and an answer, and no more. */
function whyNone({ id, before, writes }: Strategy): string | null {
  const other = writes.find(({ name }) => name !== 'reasoning')?.name ?? before[0]?.name;
  return other === undefined
    ? null
    : `The strategy "${id}" takes no demonstrations: records hold no ${other} that they could show.`;
}
