/** What a model is shown for a record, and the key under which its answer is kept. */
import type { NamedPrompt, Surroundings } from './pipeline-types.ts';
import { readPromptFile } from './prompts/prompt-file.ts';
import { renderPrompt } from './prompts/render.ts';
import type { Message, Prompt, PromptFile } from './prompts/types.ts';
import type { Chunk, ImageFacts, RecordSource } from './records/types.ts';
import { predictionKey, promptDigest } from './store/keys.ts';
import type { RunCard } from './store/types.ts';

/** What to ask for a record, or one sentence why it cannot be asked. */
export type Question = { readonly messages: readonly Message[] } | { readonly refusal: string };

/** Renders prompts and keeps what was worked out for each chunk. */
export class Prompts {
  private around: Surroundings;
  private readonly files = new Map<string, PromptFile>();
  private digests = new WeakMap<Chunk, Map<string, string>>();

  constructor(around: Surroundings) {
    this.around = around;
  }

  /** Images are no longer what they were. */
  surroundingsChanged(around: Surroundings): void {
    this.around = around;
    this.digests = new WeakMap();
  }

  read({ name, text }: NamedPrompt): PromptFile {
    let file = this.files.get(text);
    if (!file) {
      file = readPromptFile(text, name);
      this.files.set(text, file);
    }
    return file;
  }

  /** The key of what the run's model says the `sample`-th time when it is shown the record. */
  keyFor(chunk: Chunk, run: RunCard, sample: number): string {
    let digests = this.digests.get(chunk);
    if (!digests) {
      digests = new Map();
      this.digests.set(chunk, digests);
    }
    const name = `${run.setting}\n${run.promptText}`;
    let digest = digests.get(name);
    if (digest === undefined) {
      const { prompt, image } = this.render(chunk, run);
      digest = promptDigest(prompt.messages, image.state === 'ok' ? image.digest : null);
      digests.set(name, digest);
    }
    return predictionKey(digest, run.revision, run.decoding, sample);
  }

  ask(chunk: Chunk, run: RunCard): Question {
    const { prompt, image } = this.render(chunk, run);
    const refusal = refusalOf(image);
    return refusal === null
      ? { messages: withImage(prompt, image.state === 'ok' ? image.path : null) }
      : { refusal };
  }

  private render(chunk: Chunk, run: RunCard): { prompt: Prompt; image: ImageFacts } {
    const { record } = chunk.source as RecordSource;
    const file = this.read({ name: run.prompt, text: run.promptText });
    return { prompt: renderPrompt(file, record, { setting: run.setting }), image: this.around.image(record) };
  }
}

/** One sentence why a record with such an image is not asked about; null when it is. */
export function refusalOf(image: ImageFacts): string | null {
  switch (image.state) {
    case 'missing':
      return `Its image is missing: ${image.path}`;
    case 'unreadable':
      return `Its image cannot be read: ${image.path} (${image.reason})`;
    case 'outside':
      return `Its image lies outside the dataset's folder: ${image.path}`;
    default:
      return null;
  }
}

/** The messages with the image where it really lies. */
export function withImage(prompt: Prompt, path: string | null): readonly Message[] {
  return prompt.messages.map((message) => ({
    ...message,
    content: message.content.map((part) => (part.type === 'image' && path ? { ...part, path } : part)),
  }));
}
