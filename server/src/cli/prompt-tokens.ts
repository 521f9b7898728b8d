import type { TokenCount } from '../core/models/types.ts';
import type { Message } from '../core/prompts/types.ts';
import { UsageError } from './exit.ts';
import { findModel, offeredModels } from './models.ts';

/** What a prompt costs a model. */
export interface PromptTokens extends TokenCount {
  readonly model: string;
  /** Tokens of prompt and answer together, at most; null where the model does not say. */
  readonly context: number | null;
}

/**
 * The tokens of a prompt for each model. Stderr says of which they cannot be counted, and why.
 *
 * @param asked ids or folders that the user named
 * @param written the models that the prompt file names; without these and those, every model at hand is asked
 * @throws UsageError with one sentence, when a model cannot be asked that the user named
 */
export async function promptTokens(
  messages: readonly Message[],
  asked: readonly string[] | undefined,
  written: readonly string[],
): Promise<PromptTokens[]> {
  if (asked) return Promise.all(asked.map((id) => tokensFor(id, messages)));
  const counted: PromptTokens[] = [];
  for (const id of written.length > 0 ? written : await modelsAtHand()) {
    try {
      counted.push(await tokensFor(id, messages));
    } catch (error) {
      process.stderr.write(`No tokens are counted for ${id}. ${(error as Error).message}\n`);
    }
  }
  return counted;
}

async function modelsAtHand(): Promise<string[]> {
  const offered = await offeredModels('auto');
  const able = offered.filter(({ provider, card }) => provider.tokenCounter && !card.unavailable);
  return able.map(({ card }) => card.id);
}

async function tokensFor(id: string, messages: readonly Message[]): Promise<PromptTokens> {
  const { provider, card } = await findModel(id, 'auto');
  const counter = await provider.tokenCounter?.(card);
  if (!counter) throw new UsageError(`The tokenizer of ${id} is not on this machine.`);
  return { model: card.id, ...counter.count(messages), context: counter.context };
}
