import { relative } from 'node:path';
import type { RenderedPrompt } from '../../core/pipeline/prompty.ts';
import type { Message, MessagePart } from '../../core/prompts/types.ts';
import { count } from '../../core/text.ts';
import type { Format } from '../options.ts';
import type { PromptTokens } from '../prompt-tokens.ts';
import { jsonLines, jsonText } from './json.ts';

export interface PrintedPrompt extends RenderedPrompt {
  readonly tokens: readonly PromptTokens[];
}

/** What `prompt render` prints. Image paths are relative to the folder in which the command runs. */
export function promptOutput(prompt: PrintedPrompt, format: Format, folder: string): string {
  const messages = messagesIn(folder, prompt.messages);
  const before = prompt.before.map((query) => ({ ...query, messages: messagesIn(folder, query.messages) }));
  switch (format) {
    case 'json':
      return jsonText({ ...prompt, messages, before });
    case 'jsonl':
      return jsonLines([{ ...prompt, messages, before }]);
    case 'text': {
      const queries = [...before, { query: 'answer', messages }];
      const parts = queries.flatMap(({ query, messages: asked }, index) => [
        ...(before.length > 0 ? [`### Query ${index + 1} of ${queries.length}: ${query}\n`] : []),
        ...asked.map(messageText),
      ]);
      const { demonstrations } = prompt;
      const tokens = prompt.tokens.map(tokensText).join('\n');
      return [
        ...parts,
        ...(demonstrations.length > 0 ? [`=== demonstrations\n${demonstrations.join(', ')}\n`] : []),
        `=== left out\n${leftOut(prompt)}\n`,
        ...(tokens === '' ? [] : [`=== tokens\n${tokens}\n`]),
      ].join('\n');
    }
  }
}

function messagesIn(folder: string, messages: readonly Message[]): readonly Message[] {
  return messages.map(({ role, content }) => ({ role, content: content.map((part) => shown(part, folder)) }));
}

function messageText({ role, content }: Message): string {
  return `=== ${role}\n${content.map(partText).join('\n')}\n`;
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
