/** A model folder's tokenizer with its chat template: all that turns messages into tokens, and none of the model. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from '@huggingface/jinja';
import { Tokenizer } from '@huggingface/tokenizers';
import type { Message } from '../../core/prompts/types.ts';
import type { ImageMarks } from './architectures/types.ts';
import { TEMPLATE_FILE } from './model-config.ts';
import { type Spelling, spellingOf } from './token-spelling.ts';

/** The tokens that a chat template may ask for by name. */
const SPECIAL = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'];

/** The part of tokenizer_config.json that is used here. */
interface TokenizerConfig {
  readonly chat_template?: string | readonly { readonly name: string; readonly template: string }[];
  readonly [name: string]: unknown;
}

export interface TokenizedPrompt {
  /** What the model completes. */
  readonly text: string;
  /** One image token for each image, not yet repeated. */
  readonly ids: readonly number[];
  /** Paths of the images, in order. */
  readonly images: readonly string[];
}

export class ChatTokenizer {
  private readonly tokenizer: Tokenizer;
  private readonly template: Template;
  private readonly special: Readonly<Record<string, string>>;
  private readonly marks: ImageMarks | null;

  /**
   * @param marks what stands for images where the chat template takes text alone
   * @throws Error whose message is one sentence, when the folder has no tokenizer that can be used
   */
  constructor(folder: string, marks: ImageMarks | null = null) {
    this.marks = marks;
    try {
      const config = read(folder, 'tokenizer_config.json') as TokenizerConfig;
      this.tokenizer = new Tokenizer(read(folder, 'tokenizer.json'), config);
      this.template = new Template(chatTemplate(config, folder));
      this.special = Object.fromEntries(
        SPECIAL.flatMap((name) => {
          const token = contentOf(config[name]);
          return token ? [[name, token]] : [];
        }),
      );
    } catch (error) {
      throw new Error(`The tokenizer in ${folder} cannot be loaded: ${(error as Error).message}`);
    }
  }

  /**
   * The text that the model completes: one image token, or mark, for each image. A last message of the assistant is the
   * beginning of the answer that is asked for.
   */
  chatText(messages: readonly Message[]): string {
    const isBegun = messages.at(-1)?.role === 'assistant';
    const parts = this.marks ? marked(this.marks) : unmarked;
    const conversation = (isBegun ? messages.slice(0, -1) : messages).map(({ role, content }) => ({
      role,
      content: parts(content),
    }));
    const begun = isBegun ? (messages.at(-1)?.content ?? []) : [];
    const asked = this.template.render({
      messages: conversation,
      add_generation_prompt: true,
      ...this.special,
    });
    return asked + begun.map((part) => (part.type === 'text' ? part.text : '')).join('');
  }

  /** @throws Error whose message is one sentence, when the text itself speaks of images */
  tokenize(messages: readonly Message[], imageToken: number): TokenizedPrompt {
    const text = this.chatText(messages);
    const ids = this.encodeChat(text, imageToken);
    const images = messages.flatMap(({ content }) =>
      content.flatMap((part) => (part.type === 'image' ? [part.path] : [])),
    );
    const places = ids.filter((id) => id === imageToken).length;
    if (places !== images.length) {
      throw new Error(
        `The prompt has ${places} places for images but ${images.length} images: its text may hold the model's image token.`,
      );
    }
    return { text, ids, images };
  }

  /**
   * A text that `chatText` gave, with or without what goes on behind it. Where images have marks that are no token, what stands between
   * two of them is a text of its own, and begins with what the tokenizer begins texts with.
   */
  encodeChat(text: string, imageToken: number): readonly number[] {
    if (!this.marks?.pattern) return this.encode(text);
    const pieces = text.split(this.marks.pattern);
    return pieces.flatMap((piece, i) => [
      ...(i > 0 ? [imageToken] : []),
      ...this.tokenizer.encode(piece).ids,
    ]);
  }

  /**
   * How its tokens are spelt in an output.
   * @param words tokens that the model knows
   * @throws Error whose message is one sentence, when that is not known
   */
  spelling(words: number): Spelling {
    return spellingOf(this.tokenizer, words);
  }

  encode(text: string): readonly number[] {
    return this.tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  /** Stage tags may be special tokens, and are part of the answer. */
  decode(ids: readonly number[]): string {
    if (ids.length === 0) return '';
    return this.tokenizer.decode([...ids], {
      skip_special_tokens: false,
      clean_up_tokenization_spaces: false,
    });
  }
}

function unmarked(content: Message['content']) {
  return content.map((part) =>
    part.type === 'image' ? { type: 'image' as const } : { type: 'text' as const, text: part.text },
  );
}

/** Contents as text, one after the other: images are counted from the first message on. */
function marked({ write }: ImageMarks): (content: Message['content']) => string {
  let images = 0;
  return (content) => content.map((part) => (part.type === 'image' ? write(++images) : part.text)).join('');
}

function read(folder: string, file: string): object {
  const text = readFileSync(join(folder, file), 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON.`);
  }
}

/** Newer folders keep it in a file of its own. */
function chatTemplate({ chat_template: given }: TokenizerConfig, folder: string): string {
  const template = Array.isArray(given) ? given.find(({ name }) => name === 'default')?.template : given;
  if (typeof template === 'string') return template;
  const path = join(folder, TEMPLATE_FILE);
  if (!existsSync(path)) throw new Error('tokenizer_config.json has no chat_template.');
  return readFileSync(path, 'utf8');
}

/** A token is written as itself, or as an object that says more of it. */
function contentOf(token: unknown): string | null {
  if (typeof token === 'string') return token;
  const { content } = (token ?? {}) as { content?: unknown };
  return typeof content === 'string' ? content : null;
}
