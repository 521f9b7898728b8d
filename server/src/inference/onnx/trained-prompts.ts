import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainedPrompt } from '../../core/models/types.ts';

/** What `training.json` of a model folder says of the prompts; undefined when there is none that can be read. */
export function trainedPrompts(folder: string): readonly TrainedPrompt[] | undefined {
  try {
    const { prompts } = JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8')) as {
      prompts?: unknown;
    };
    return Array.isArray(prompts) ? prompts.filter(isTrainedPrompt) : undefined;
  } catch {
    // The model runs as well without it.
    return undefined;
  }
}

function isTrainedPrompt(value: unknown): value is TrainedPrompt {
  const { name, setting, template } = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && [1, 2, 3, 4].includes(setting as number) && typeof template === 'string';
}
