import { hasOrder } from './compose.ts';
import { rewritePrompt } from './rewrite.ts';
import type { Order, OutputFormat, PromptFile, Setting } from './types.ts';
import { templateUses } from './uses.ts';
import { offeredVariables } from './variables.ts';

/** The prompt file alone, nothing added. */
export const AS_WRITTEN = 'as-written';

/** What is varied of a prompt file. */
export interface PromptAxes {
  readonly settings: readonly Setting[];
  /** `as-written`, and names of the table of strategies. */
  readonly strategies: readonly string[];
  readonly formats: readonly OutputFormat[];
  readonly orders: readonly Order[];
}

/** One way of asking. */
export interface PromptCell {
  /** Readable, and another for each cell: `s2 chain-of-thought json answer-last`. */
  readonly id: string;
  readonly setting: Setting;
  readonly strategy: string;
  readonly format: OutputFormat;
  /** Null where nothing but the answer is written, or nothing is added. */
  readonly order: Order | null;
}

/**
 * Every way of asking that the axes make of a prompt file. Those that would ask the very same are one: no order where
 * there is nothing to order, no format where nothing is added, and of settings that show the same the first alone.
 */
export function promptCells(file: PromptFile, axes: PromptAxes): PromptCell[] {
  return distinctSettings(file, axes.settings).flatMap(([setting]) =>
    axes.strategies.flatMap((strategy) => {
      if (strategy === AS_WRITTEN) return [cell(setting, strategy, file.format, null)];
      return axes.formats.flatMap((format) =>
        hasOrder({ strategy, format, order: 'answer-last' })
          ? axes.orders.map((order) => cell(setting, strategy, format, order))
          : [cell(setting, strategy, format, null)],
      );
    }),
  );
}

/** The settings in groups of those that show the same with this template. */
export function distinctSettings(
  file: PromptFile,
  settings: readonly Setting[],
): [first: Setting, ...same: Setting[]][] {
  const asked = new Set(templateUses(file)?.variables.map(({ name }) => name));
  const shows = (setting: Setting) =>
    offeredVariables({ ...file, setting })
      .filter(({ name, isWithheld }) => !isWithheld && asked.has(name))
      .map(({ name }) => name)
      .join();
  return [...Map.groupBy(settings, shows).values()] as [Setting, ...Setting[]][];
}

/** The text of the prompt file that asks as the cell does. */
export function cellText(text: string, { setting, strategy, format, order }: PromptCell): string {
  return rewritePrompt(text, {
    setting,
    format,
    strategy: strategy === AS_WRITTEN ? null : strategy,
    order,
  });
}

/** Why accuracy with a prompt file is no fair claim, in a sentence; null when it is one. */
export function unfairness(file: PromptFile, setting: Setting): string | null {
  const shown = new Set(
    templateUses(file)
      ?.variables.filter(({ how }) => how === 'shown')
      .map(({ name }) => name),
  );
  const told = offeredVariables({ ...file, setting }).find(
    ({ name, tells, isWithheld }) => tells !== null && !isWithheld && shown.has(name),
  );
  if (!told) return null;
  return told.tells === 'solution'
    ? 'The prompt holds the solution, which gives the answer away.'
    : 'The prompt holds the gold answer.';
}

function cell(setting: Setting, strategy: string, format: OutputFormat, order: Order | null): PromptCell {
  const id = [
    `s${setting}`,
    strategy,
    ...(strategy === AS_WRITTEN ? [] : [format]),
    ...(order ? [order] : []),
  ];
  return { id: id.join(' '), setting, strategy, format, order };
}
