import { relative } from 'node:path';
import type { RenderedPrompt } from '../../core/pipeline-prompty.ts';
import type { MessagePart } from '../../core/prompts/types.ts';
import { count } from '../../core/text.ts';
import type { Format } from '../options.ts';
import type { PromptTokens } from '../prompt-tokens.ts';
import { jsonLines, jsonText } from './json.ts';

export interface PrintedPrompt extends RenderedPrompt {
  readonly tokens: readonly PromptTokens[];
}

/** What `prompt render` prints. Image paths are relative to the folder in which the command runs. */
export function promptOutput(prompt: PrintedPrompt, format: Format, folder: string): string {
  const messages = prompt.messages.map(({ role, content }) => ({
    role,
    content: content.map((part) => shown(part, folder)),
  }));
  switch (format) {
    case 'json':
      return jsonText({ ...prompt, messages });
    case 'jsonl':
      return jsonLines([{ ...prompt, messages }]);
    case 'text': {
      const parts = messages.map(({ role, content }) => `=== ${role}\n${content.map(partText).join('\n')}\n`);
      const tokens = prompt.tokens.map(tokensText).join('\n');
      return [
        ...parts,
        `=== left out\n${leftOut(prompt)}\n`,
        ...(tokens === '' ? [] : [`=== tokens\n${tokens}\n`]),
      ].join('\n');
    }
  }
}

function shown(part: MessagePart, folder: string): MessagePart {
  return part.type === 'image' ? { ...part, path: relative(folder, part.path) } : part;
}

function partText(part: MessagePart): string {
  return part.type === 'image' ? `[image ${part.path}]` : part.text;
}

function leftOut({ omitted }: RenderedPrompt): string {
  if (omitted.length === 0) return 'nothing';
  return omitted.map(({ field, why }) => `${field}: ${why}`).join('\n');
}

function tokensText({ model, total, image, context }: PromptTokens): string {
  const images = image > 0 ? `, ${image} of them for images` : '';
  const most = context === null ? '' : `; it takes ${context}, its answer included`;
  return `${model}: ${count(total, 'token')}${images}${most}`;
}
