import { type FieldFault, type Fields, wrongType } from './field-faults.ts';
import { askedText, repliedChoice } from './turn-choices.ts';
import type { Conversation } from './types.ts';

/** The fields that hold the turns of a conversation (LLaVA and ShareGPT; TRL and LLaMA-Factory). */
const TURN_FIELDS = ['conversations', 'messages'] as const;
const USERS: ReadonlySet<unknown> = new Set(['human', 'user']);
const ASSISTANTS: ReadonlySet<unknown> = new Set(['gpt', 'assistant']);
const IMAGE_TOKEN = /<image>/g;
/** Images that are no files of the dataset. */
const REMOTE = /^(?:data|https?):/i;

/** A conversation as a record of ScienceQA's form. */
export interface ReadConversation {
  /** Its own fields, with those that its first question and the reply to it stand for. */
  readonly fields: Fields;
  readonly conversation: Conversation;
  /** Which path each field that stands for another was read from: `question` from `conversations[0].value`. */
  readonly places: ReadonlyMap<string, string>;
  readonly faults: readonly FieldFault[];
}

/** A turn that can be read. */
interface Turn {
  readonly role: unknown;
  readonly text: string;
  /** Path of its first text. */
  readonly path: string;
  /** Places in it where an image is to be shown. */
  readonly imageTokens: number;
}

/** An image that the record names. */
interface NamedImage {
  readonly name: string;
  readonly path: string;
}

/**
 * A conversation read as a record: the first turn of the user is the question, with the choices that it writes
 * out, and the first reply is the solution. Null when the object is no conversation.
 */
export function readConversation(fields: Fields): ReadConversation | null {
  if (fields.question !== undefined || fields.choices !== undefined) return null;
  const field = TURN_FIELDS.find((name) => fields[name] !== undefined && fields[name] !== null);
  if (field === undefined) return null;
  const faults: FieldFault[] = [];
  const images = columnImages(fields, faults);
  const turns = turnsOf(field, fields[field], images, faults);
  const users = turns.filter(({ role }) => USERS.has(role));
  const [user] = users;
  const reply = turns.find(({ role }) => ASSISTANTS.has(role));
  if (!user && faults.length === 0) {
    faults.push({ field, message: `"${field}" holds no turn of the user ("human" or "user").` });
  }
  const { question, choices } = askedText(user?.text ?? '');
  const solution = reply?.text ?? '';
  const image = images.find(({ name }) => !REMOTE.test(name));
  const isGoldWritten = Number.isSafeInteger(fields.answer);
  const answer = isGoldWritten ? fields.answer : repliedChoice(solution, choices);
  const places = new Map<string, string>();
  if (user) places.set('question', user.path);
  if (user && choices.length > 0) places.set('choices', user.path);
  if (reply) places.set('solution', reply.path);
  if (image) places.set('image', image.path);
  return {
    fields: { ...fields, question, choices, answer, solution, image: image?.name ?? null },
    conversation: {
      images: images.length,
      imageTokens: users.reduce((sum, { imageTokens }) => sum + imageTokens, 0),
    },
    places,
    faults,
  };
}

/** The images beside the turns: `image`, one or a list, or `images`, a list. */
function columnImages({ image, images }: Fields, faults: FieldFault[]): NamedImage[] {
  const isOne = typeof image === 'string';
  if (isOne && image.trim() === '') return [];
  if (isOne) return [{ name: image, path: 'image' }];
  const [field, value] = image === undefined || image === null ? ['images', images] : ['image', image];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    faults.push(wrongType(field as string, value, 'a list of file names'));
    return [];
  }
  return value.flatMap((name, index) => {
    const path = `${field}[${index}]`;
    if (typeof name === 'string') return { name, path };
    faults.push(wrongType(path, name, 'a file name'));
    return [];
  });
}

function turnsOf(field: string, value: unknown, images: NamedImage[], faults: FieldFault[]): Turn[] {
  if (!Array.isArray(value)) {
    faults.push(wrongType(field, value, 'a list of turns'));
    return [];
  }
  return value.flatMap((turn, index) => turnOf(`${field}[${index}]`, turn, images, faults) ?? []);
}

function turnOf(path: string, turn: unknown, images: NamedImage[], faults: FieldFault[]): Turn | null {
  if (!isObject(turn)) {
    faults.push(wrongType(path, turn, 'an object with "from" and "value" or "role" and "content"'));
    return null;
  }
  const role = turn.from ?? turn.role;
  const key = turn.value === undefined ? 'content' : 'value';
  const { [key]: content } = turn;
  const place = `${path}.${key}`;
  // Tools, systems and calls without text are of no concern here.
  if (!USERS.has(role) && !ASSISTANTS.has(role)) return null;
  if (content === undefined || content === null) {
    if (USERS.has(role)) faults.push({ field: path, message: `"${path}" has no text of the user.` });
    return null;
  }
  if (typeof content === 'string') return { role, path: place, ...withoutTokens(content) };
  if (Array.isArray(content)) return { role, ...partsOf(place, content, images) };
  faults.push(wrongType(place, content, 'a string or a list of parts'));
  return null;
}

/** A turn in parts: `{"type": "text", "text": …}`, `{"type": "image"}` and those that name their image themselves. */
function partsOf(path: string, parts: readonly unknown[], images: NamedImage[]): Omit<Turn, 'role'> {
  const texts: string[] = [];
  let textPath: string | null = null;
  let imageTokens = 0;
  parts.forEach((part, index) => {
    if (!isObject(part)) return;
    if (part.type === 'image' || part.type === 'image_url') {
      imageTokens++;
      images.push(...imageOfPart(`${path}[${index}]`, part));
    } else if (typeof part.text === 'string') {
      const read = withoutTokens(part.text);
      texts.push(read.text);
      textPath ??= `${path}[${index}].text`;
      imageTokens += read.imageTokens;
    }
  });
  return { text: texts.join('\n').trim(), path: textPath ?? path, imageTokens };
}

function imageOfPart(path: string, part: Fields): NamedImage[] {
  const { image, url, image_url: remote } = part;
  if (isObject(remote) && typeof remote.url === 'string') return [{ name: remote.url, path }];
  for (const [key, name] of Object.entries({ image, url, image_url: remote })) {
    if (typeof name === 'string') return [{ name, path: `${path}.${key}` }];
  }
  return [];
}

function withoutTokens(content: string): { text: string; imageTokens: number } {
  const imageTokens = content.match(IMAGE_TOKEN)?.length ?? 0;
  return { text: content.replace(IMAGE_TOKEN, '').trim(), imageTokens };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
