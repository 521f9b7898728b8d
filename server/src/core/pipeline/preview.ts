/** What a model would be shown for a record, with where each piece of it comes from. */
import type { Pipeline } from '../pipeline.ts';
import { type Leak, PromptSources, type SourcedText } from '../prompts/sources.ts';
import type { Message, PromptFile } from '../prompts/types.ts';
import type { RecordSource } from '../records/types.ts';
import { composeRecord, type RenderedPrompt, rendered } from './prompty.ts';
import type { NamedPrompt } from './types.ts';

export type { Leak, SourcedText };

/** A message with what its texts were made of. Image paths are absolute. */
export interface SourcedMessage {
  readonly role: Message['role'];
  readonly content: readonly (
    | { readonly type: 'text'; readonly pieces: readonly SourcedText[] }
    | { readonly type: 'image'; readonly path: string }
  )[];
}

export interface PromptPreview extends Omit<RenderedPrompt, 'messages' | 'before'> {
  readonly messages: readonly SourcedMessage[];
  readonly before: readonly { readonly query: string; readonly messages: readonly SourcedMessage[] }[];
  readonly leaks: readonly Leak[];
  /** The split that the prompt file is for; null when it names none. */
  readonly split: string | null;
}

/**
 * What a model would be shown for the record.
 *
 * @throws Error with one sentence when the prompt file cannot be used
 */
export function previewRecord(prompt: NamedPrompt, source: RecordSource, dataset: Pipeline): PromptPreview {
  const { messages, before, ...composed } = composeRecord(prompt, source, dataset, { isMarked: true });
  const { file, setting } = composed;
  const all = [...before.flatMap((query) => query.messages), ...messages];
  const sources = new PromptSources(all, source.record, setting, fieldsOf(file));
  const sourced = (some: readonly Message[]): SourcedMessage[] =>
    some.map(({ role, content }) => ({
      role,
      content: content.map((part) =>
        part.type === 'text' ? { type: 'text', pieces: sources.of(part.text) } : part,
      ),
    }));
  return {
    ...rendered(source, composed),
    messages: sourced(messages),
    before: before.map((query) => ({ query: query.query, messages: sourced(query.messages) })),
    leaks: sources.leaks,
    split: file.split,
  };
}

/** The field of the record that each variable is of. */
function fieldsOf({ fields }: PromptFile): (variable: string) => string {
  return (variable) => {
    const field = Object.hasOwn(fields, variable) ? (fields[variable] as string) : variable;
    if (field === 'letters') return 'choices';
    return field.startsWith('answer') ? 'answer' : field;
  };
}
