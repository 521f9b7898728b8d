import type { DatasetRecord } from '../records/types.ts';
import { choiceLetter } from '../text.ts';
import { formatOf } from './formats/index.ts';
import { strategyOf } from './strategies/index.ts';
import type { Part, Query, Strategy } from './strategies/strategy.ts';
import type { Message, MessagePart, PromptFile } from './types.ts';

/** A solved record that goes before the question. */
export interface Demonstration {
  readonly record: DatasetRecord;
  /** What the template makes of it. */
  readonly messages: readonly Message[];
  /** What the model should say, when the prompt file has a template for that. */
  readonly answer?: string;
}

/** What the model said to an earlier query. */
export interface EarlierOutput {
  readonly query: Query;
  readonly output: string;
}

/** How a prompt file asks: its strategy and what goes with it. */
export type Asking = Pick<PromptFile, 'strategy' | 'format' | 'order'>;

/** The queries that come before the one for the answer, for a record with or without an image. */
export function queriesBefore({ strategy }: Asking, hasImage: boolean): readonly Query[] {
  if (strategy === null) return [];
  return strategyOf(strategy).before.filter(({ needsImage }) => hasImage || !needsImage);
}

/** True when the model writes more than its answer, so that the order counts. */
export function hasOrder({ strategy }: Asking): boolean {
  return strategy !== null && strategyOf(strategy).writes.length > 0;
}

/**
 * The messages of a query that comes before the one for the answer.
 *
 * @param shown what the template makes of the record
 */
export function composeQuery(shown: readonly Message[], query: Query, earlier: readonly EarlierOutput[]) {
  const fields = query.image ? shown : withoutImages(shown);
  return withText(fields, [...earlier.map(underHeading), query.asks]);
}

/** The messages that ask for the answer. */
export function composeAnswer(
  shown: readonly Message[],
  asking: Asking,
  demonstrations: readonly Demonstration[],
  earlier: readonly EarlierOutput[],
): readonly Message[] {
  const strategy = asking.strategy === null ? null : strategyOf(asking.strategy);
  const request = strategy ? requestOf(strategy, asking) : [];
  const question = withText(shown, [...earlier.map(underHeading), ...request]);
  const [system, turns] = apart(question);
  const solved = demonstrations.flatMap((demonstration) => {
    const [, asked] = apart(withText(demonstration.messages, request));
    const text = demonstration.answer ?? answerOf(demonstration.record, strategy?.writes ?? [], asking);
    return [...asked, { role: 'assistant' as const, content: [{ type: 'text' as const, text }] }];
  });
  const prefill = strategy?.prefill;
  return [
    ...withSystem(system, strategy?.system),
    ...solved,
    ...turns,
    ...(prefill ? [{ role: 'assistant' as const, content: [{ type: 'text' as const, text: prefill }] }] : []),
  ];
}

/** What the model should say of a solved record; its solution is the reasoning. */
function answerOf(record: DatasetRecord, writes: readonly Part[], { format, order }: Asking): string {
  const parts = writes.map(({ name }) => ({ name, text: record.solution.trim() }));
  return formatOf(format).write(parts, choiceLetter(record.answer as number), order);
}

function requestOf({ asks, writes }: Strategy, { format, order }: Asking): string[] {
  return [...(asks === '' ? [] : [asks]), formatOf(format).request(writes, order)];
}

function underHeading({ query, output }: EarlierOutput): string {
  return `${query.heading}\n${output.trim()}`;
}

/** The system messages at the beginning, and the others. */
function apart(messages: readonly Message[]): [system: readonly Message[], turns: readonly Message[]] {
  const first = messages.findIndex(({ role }) => role !== 'system');
  return first === -1 ? [messages, []] : [messages.slice(0, first), messages.slice(first)];
}

function withSystem(system: readonly Message[], text: string | undefined): readonly Message[] {
  if (text === undefined) return system;
  if (system.length === 0) return [{ role: 'system', content: [{ type: 'text', text }] }];
  return [...system.slice(0, -1), added(system.at(-1) as Message, text)];
}

/** The messages with more text at the end of the last one of the user's. */
function withText(messages: readonly Message[], paragraphs: readonly string[]): readonly Message[] {
  if (paragraphs.length === 0) return messages;
  const text = paragraphs.join('\n\n');
  const last = messages.findLastIndex(({ role }) => role === 'user');
  if (last === -1) return [...messages, { role: 'user', content: [{ type: 'text', text }] }];
  return messages.map((message, index) => (index === last ? added(message, text) : message));
}

function added({ role, content }: Message, text: string): Message {
  const last = content.at(-1);
  const more: MessagePart[] =
    last?.type === 'text'
      ? [...content.slice(0, -1), { type: 'text', text: `${last.text}\n\n${text}` }]
      : [...content, { type: 'text', text }];
  return { role, content: more };
}

function withoutImages(messages: readonly Message[]): readonly Message[] {
  return messages
    .map(({ role, content }) => ({ role, content: content.filter(({ type }) => type === 'text') }))
    .filter(({ content }) => content.length > 0);
}
