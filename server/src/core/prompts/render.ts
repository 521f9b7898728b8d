import type { DatasetRecord } from '../records/types.ts';
import { quote } from '../text.ts';
import { trimMarked } from './marks.ts';
import { type Piece, reasonOf, renderTemplate } from './template.ts';
import type { Message, MessagePart, Prompt, PromptFile, Setting } from './types.ts';
import { omittedFields, type Showing, variablesOf } from './variables.ts';

export interface RenderOptions {
  /** In place of the prompt file's own. */
  readonly setting?: Setting;
  /** False when the record names an image that cannot be shown: the prompt is then that of a record without one. */
  readonly hasImage?: boolean;
  /** Whether texts say which variables their parts were made of (marks.ts). */
  readonly isMarked?: boolean;
}

/**
 * What a model is asked for the record.
 * @throws Error with one sentence when the template cannot be rendered
 */
export function renderPrompt(file: PromptFile, record: DatasetRecord, options: RenderOptions = {}): Prompt {
  const image = options.hasImage === false ? null : record.image;
  const { gold, fields } = file;
  const showing: Showing = { setting: options.setting ?? file.setting, image, gold, fields };
  return {
    messages: messagesOf(file, record, showing, options.isMarked),
    setting: showing.setting,
    omitted: omittedFields(record, showing),
  };
}

/** What a model should say of a solved record, by the template for it. */
export function renderAnswer(file: PromptFile, record: DatasetRecord): string {
  const { answer } = file.demonstrations;
  const variables = variablesOf(record, { ...file, setting: 3, image: record.image, gold: true });
  const template = { template: answer ?? '', imageInputs: [] };
  const text = rendered(file, record, () => renderTemplate(template, variables));
  return text
    .map((piece) => (piece.type === 'text' ? piece.text : ''))
    .join('')
    .trim();
}

function messagesOf(file: PromptFile, record: DatasetRecord, showing: Showing, isMarked = false): Message[] {
  const messages: { role: Message['role']; content: MessagePart[] }[] = [];
  let current: MessagePart[] = [];
  const pieces = rendered(file, record, () =>
    renderTemplate(file, variablesOf(record, showing), { isMarked }),
  );
  for (const piece of pieces) {
    if (piece.type === 'role') {
      // As in Prompty, text before the first role line instructs.
      if (messages.length === 0 && current.length > 0) messages.push({ role: 'system', content: current });
      current = [];
      messages.push({ role: piece.role, content: current });
    } else if (piece.type === 'image') {
      if (showing.image !== null) current.push({ type: 'image', path: showing.image });
    } else {
      const text = trimMarked(piece.text);
      if (text !== '') current.push({ type: 'text', text });
    }
  }
  // A template without any role line is the question itself.
  if (messages.length === 0 && current.length > 0) messages.push({ role: 'user', content: current });
  return messages.filter((message) => message.content.length > 0);
}

function rendered(file: PromptFile, record: DatasetRecord, render: () => Piece[]): Piece[] {
  try {
    return render();
  } catch (error) {
    const reason = reasonOf(error);
    throw new Error(
      `The prompt ${quote(file.name)} cannot be rendered for record ${quote(record.id, 40)}: ${reason}`,
    );
  }
}
