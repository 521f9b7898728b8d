/** What a model is shown for a record, and the key under which its answer is kept. */

import type { Grammar } from '../grammars/types.ts';
import { demonstrationCount } from '../prompts/asking.ts';
import {
  composeAnswer,
  composeQuery,
  type Demonstration,
  type EarlierOutput,
  queriesBefore,
} from '../prompts/compose.ts';
import { readPromptFile } from '../prompts/prompt-file.ts';
import { renderAnswer, renderPrompt } from '../prompts/render.ts';
import type { Message, Prompt, PromptFile, Setting } from '../prompts/types.ts';
import { Recent } from '../recent.ts';
import { Demonstrations } from '../records/demonstrations.ts';
import type { DatasetDocument } from '../records/document.ts';
import { splitOf } from '../records/splits.ts';
import type { Chunk, DatasetRecord, ImageFacts, RecordSource } from '../records/types.ts';
import { predictionKey, promptDigest, textDigest } from '../store/keys.ts';
import type { RunCard, Store, StoredPrediction } from '../store/types.ts';
import { constraintOf } from './constraints.ts';
import type { NamedPrompt, Surroundings } from './types.ts';
import { askedRecord } from './variations.ts';

/** What to ask next for a record, or one sentence why it cannot be asked. */
export type Question = {
  /** Under which the answer is kept; of a record that cannot be asked, that of what it would be asked first. */
  readonly key: string;
} & ({ readonly refusal: string } | Next);

interface Next {
  readonly messages: readonly Message[];
  /** The name of a query that comes before the one for the answer; null when this is the one for the answer. */
  readonly query: string | null;
  /** What the answer is held to; null: nothing. */
  readonly constraint: Grammar | null;
  /** What the model has said so far. */
  readonly earlier: readonly (StoredPrediction & { readonly query: string })[];
}

/** The only one for its record, composed when it is looked at. A class: literals with getters are garbage that V8 finds late. */
class OnlyQuestion implements Next {
  readonly key: string;
  readonly query = null;
  readonly constraint: Grammar | null;
  readonly earlier = [];
  private readonly compose: () => readonly Message[];

  constructor(key: string, constraint: Grammar | null, compose: () => readonly Message[]) {
    this.key = key;
    this.constraint = constraint;
    this.compose = compose;
  }

  get messages(): readonly Message[] {
    return this.compose();
  }
}

/** What a model is shown for a record. */
export interface ComposedPrompt extends Prompt {
  readonly file: PromptFile;
  readonly image: ImageFacts;
  /** What is asked before; in what follows, outputs that are not known stand as `«…»`. */
  readonly before: readonly { readonly query: string; readonly messages: readonly Message[] }[];
  /** Ids of the records that are shown solved. */
  readonly demonstrations: readonly string[];
}

/** What the template makes of a record: image paths are absolute. */
interface Shown extends Prompt {
  readonly image: ImageFacts;
}

/** The prompt file of a run, and a short name for what it asks in the run's setting. */
interface RunPrompt {
  readonly file: PromptFile;
  readonly name: string;
}

/** Records of which is kept what templates make of them, and outputs: a sample of any sensible size, not a whole dataset. */
const MOST_KEPT = 2048;
const MOST_FILES = 256;

const read = new Map<string, PromptFile>();

/** The prompt file, read once for as long as it is in use. */
export function readPrompt({ name, text }: NamedPrompt): PromptFile {
  const key = `${name}\n${text}`;
  let file = read.get(key);
  if (!file) {
    file = readPromptFile(text, name);
    if (read.size >= MOST_FILES) read.clear();
    read.set(key, file);
  }
  return file;
}

/** The prompt file, if it can be used. @throws Error with one sentence when it cannot */
export function usablePrompt(prompt: NamedPrompt): PromptFile {
  const file = readPrompt(prompt);
  const [problem] = file.problems;
  if (problem) throw new Error(`The prompt file ${prompt.name} cannot be used: ${problem.message}`);
  return file;
}

/** Renders prompts and keeps what was worked out for each record. */
export class Prompts {
  private around: Surroundings;
  private readonly document: DatasetDocument;
  private readonly store: Store | null;
  /** What was said to queries before those for the answer; the oldest goes first. */
  private readonly knownOutputs = new Recent<string, StoredPrediction>(MOST_KEPT);
  /** By what is asked, then by record: little enough to be kept of every record. */
  private readonly digests = new Map<string, WeakMap<RecordSource, string>>();
  /** Of the first records that are asked for, by template and what it may hold: a matrix asks for them again and again. */
  private readonly shown = new Map<RecordSource, Map<string, Shown>>();
  private readonly imageDigests = new Map<string, string>();
  private readonly templates = new Map<string, number>();
  private numbers = new WeakMap<PromptFile, number>();
  private readonly ofRuns = new WeakMap<RunCard, RunPrompt>();
  private readonly solved = new Map<string, Demonstrations>();
  /** Of the document, when the solved records were last looked at. */
  private version = -1;

  constructor(around: Surroundings, document: DatasetDocument, store: Store | null) {
    this.around = around;
    this.document = document;
    this.store = store;
  }

  /** Images or splits are no longer what they were. */
  surroundingsChanged(around: Surroundings): void {
    this.around = around;
    this.forget();
  }

  /**
   * The key of what the run's model says the `sample`-th time when it is shown the record; where earlier queries are
   * not answered yet, that of the next one.
   */
  keyFor(chunk: Chunk, run: RunCard, sample: number): string {
    this.follow();
    const { file, source } = this.askedOf(chunk, run);
    const digest = this.digestsOf(run).get(source);
    if (digest === undefined) return this.ask(chunk, run, sample).key;
    return predictionKey(digest, run.revision, run.decoding, sample, heldTo(run, file, source));
  }

  ask(chunk: Chunk, run: RunCard, sample: number): Question {
    const { file, source } = this.askedOf(chunk, run);
    const image = this.around.image(source.record);
    const constraint = heldTo(run, file, source);
    const refusal = refusalOf(image) ?? (constraint && lettersRefusal(source.record));
    const queries = refusal === null ? queriesBefore(file, image.state !== 'none') : [];
    if (queries.length === 0) return this.askAtOnce(source, file, run, sample, constraint, refusal);
    const show = (one: RecordSource) => this.show(file, one, run.setting).messages;
    const fields = show(source);
    const key = (messages: readonly Message[], held: Grammar | null = null) =>
      predictionKey(this.digestOf(messages), run.revision, run.decoding, sample, held);
    const outputs: EarlierOutput[] = [];
    const earlier: (StoredPrediction & { query: string })[] = [];
    for (const query of queries) {
      const messages = composeQuery(fields, query, outputs);
      const said = this.said(key(messages));
      if (!said) return { key: key(messages), messages, query: query.name, constraint: null, earlier };
      outputs.push({ query, output: said.output });
      earlier.push({ ...said, query: query.name });
    }
    const messages = composeAnswer(fields, file, this.solvedFor(file, source, show), outputs);
    return { key: key(messages, constraint), messages, query: null, constraint, earlier };
  }

  /** A prompt of one query depends on the record alone: its digest is kept. */
  private askAtOnce(
    source: RecordSource,
    file: PromptFile,
    run: RunCard,
    sample: number,
    constraint: Grammar | null,
    refusal: string | null,
  ): Question {
    this.follow();
    const digests = this.digestsOf(run);
    let digest = digests.get(source);
    const compose = () => this.compose(file, source, run.setting).messages;
    if (digest === undefined) {
      digest = this.digestOf(compose());
      digests.set(source, digest);
    }
    const key = predictionKey(digest, run.revision, run.decoding, sample, constraint);
    return refusal === null ? new OnlyQuestion(key, constraint, compose) : { key, refusal };
  }

  /** The run's prompt file, and the record as the run asks it. */
  private askedOf({ source: written }: Chunk, run: RunCard): { file: PromptFile; source: RecordSource } {
    const source = written as RecordSource;
    return {
      file: this.promptOf(run).file,
      source: askedRecord(source, run.variation)?.source ?? source,
    };
  }

  private digestsOf(run: RunCard): WeakMap<RecordSource, string> {
    const { name } = this.promptOf(run);
    let digests = this.digests.get(name);
    if (!digests) {
      digests = new WeakMap();
      this.digests.set(name, digests);
    }
    return digests;
  }

  /**
   * What a model is shown for the record, query by query.
   *
   * @param isMarked whether texts say which variables of the record they were made of (marks.ts); nothing is kept
   */
  compose(file: PromptFile, source: RecordSource, setting: Setting, isMarked = false): ComposedPrompt {
    const show = (one: RecordSource) =>
      isMarked ? this.render(file, one, setting, one === source) : this.show(file, one, setting);
    const { messages: fields, omitted, image } = show(source);
    const solved = this.solvedFor(file, source, (other) => show(other).messages);
    const earlier: EarlierOutput[] = [];
    const before = queriesBefore(file, image.state !== 'none').map((query) => {
      const messages = composeQuery(fields, query, earlier);
      earlier.push({ query, output: `«what the model answers to "${query.name}"»` });
      return { query: query.name, messages };
    });
    const messages = composeAnswer(fields, file, solved, earlier);
    const demonstrations = solved.map(({ record }) => record.id);
    return { messages, setting, omitted, file, image, before, demonstrations };
  }

  private solvedFor(
    file: PromptFile,
    source: RecordSource,
    show: (source: RecordSource) => readonly Message[],
  ): readonly Demonstration[] {
    return this.demonstrationsFor(file, source).map((other) => ({
      record: other.record,
      messages: show(other),
      ...(file.demonstrations.answer !== null && { answer: renderAnswer(file, other.record) }),
    }));
  }

  /** What a model said under the key; it never changes, so that the store need not be asked twice in a row. */
  private said(key: string): StoredPrediction | null {
    const known = this.knownOutputs.get(key);
    if (known) return known;
    const stored = this.store?.byKey(key) ?? null;
    if (stored) this.knownOutputs.set(key, stored);
    return stored;
  }

  private promptOf(run: RunCard): RunPrompt {
    let known = this.ofRuns.get(run);
    if (!known) {
      const { prompt, promptText, setting } = run;
      const file = readPrompt({ name: prompt, text: promptText });
      known = { file, name: `${setting} ${textDigest(promptText)}` };
      this.ofRuns.set(run, known);
    }
    return known;
  }

  private show(file: PromptFile, source: RecordSource, setting: Setting): Shown {
    const name = `${setting} ${file.gold} ${this.numberOf(file)}`;
    let known = this.shown.get(source);
    let shown = known?.get(name);
    if (shown) return shown;
    shown = this.render(file, source, setting, false);
    const { image } = shown;
    if (image.state === 'ok') this.imageDigests.set(image.path, image.digest);
    if (!known && this.shown.size < MOST_KEPT) {
      known = new Map();
      this.shown.set(source, known);
    }
    known?.set(name, shown);
    return shown;
  }

  private render(file: PromptFile, { record }: RecordSource, setting: Setting, isMarked: boolean): Shown {
    const prompt = renderPrompt(file, record, { setting, isMarked });
    const image = this.around.image(record);
    return { ...prompt, messages: withImage(prompt, image.state === 'ok' ? image.path : null), image };
  }

  private demonstrationsFor(file: PromptFile, source: RecordSource): readonly RecordSource[] {
    const count = demonstrationCount(file);
    if (count === 0) return [];
    const { by, split, seed, answer } = file.demonstrations;
    const wish = { count, by, split, seed, withSolution: file.strategy !== null && answer === null };
    this.follow();
    const name = JSON.stringify(wish);
    let solved = this.solved.get(name);
    if (!solved) {
      const { splits, image } = this.around;
      const options = { image, split: (record: DatasetRecord) => splitOf(record, splits) };
      solved = new Demonstrations(this.document.chunks, wish, options);
      this.solved.set(name, solved);
    }
    const found = solved.for(source);
    if (found.length === count) return found;
    throw new Error(
      `The prompt ${file.name} shows ${count} solved records, and the split "${split}" has only ${found.length} for record ${source.record.id}: name another split under demonstrations.`,
    );
  }

  /** A prompt that shows other records changes with them. */
  private follow(): void {
    const { version, chunks } = this.document;
    if (this.version === version) return;
    this.version = version;
    for (const [name, demonstrations] of this.solved) {
      if (demonstrations.follow(chunks)) continue;
      this.solved.delete(name);
      this.digests.clear();
    }
  }

  /** The same for files whose templates make the same of a record. */
  private numberOf(file: PromptFile): number {
    let number = this.numbers.get(file);
    if (number !== undefined) return number;
    const { template, fields, imageInputs } = file;
    const name = `${JSON.stringify([fields, imageInputs])}\n${template}`;
    if (this.templates.size >= MOST_FILES && !this.templates.has(name)) {
      this.templates.clear();
      this.numbers = new WeakMap();
      this.shown.clear();
    }
    number = this.templates.get(name) ?? this.templates.size;
    this.templates.set(name, number);
    this.numbers.set(file, number);
    return number;
  }

  private digestOf(messages: readonly Message[]): string {
    return promptDigest(messages, (path) => this.imageDigests.get(path) ?? null);
  }

  private forget(): void {
    this.digests.clear();
    this.shown.clear();
    this.imageDigests.clear();
    this.solved.clear();
  }
}

/** What the run's model is held to when it is asked about the record; null: nothing. */
function heldTo({ decoding }: RunCard, file: PromptFile, { record }: RecordSource): Grammar | null {
  return decoding.constrained ? constraintOf(file, record.choices.length) : null;
}

/** One sentence why a record with such an image is not asked about; null when it is. */
export function refusalOf(image: ImageFacts): string | null {
  switch (image.state) {
    case 'missing':
      return `Its image is missing: ${image.path}.`;
    case 'unreadable':
      return `Its image cannot be read: ${image.path} (${image.reason}).`;
    case 'outside':
      return `Its image lies outside the dataset's folder: ${image.path}.`;
    default:
      return null;
  }
}

/** One sentence why an answer about the record cannot be held to a letter; null when it can. */
function lettersRefusal({ choices }: DatasetRecord): string | null {
  return choices.length > 0 ? null : 'It has no choices, so there is no letter to hold its answer to.';
}

/** The messages with the image where it really lies. */
function withImage(prompt: Prompt, path: string | null): readonly Message[] {
  return prompt.messages.map((message) => ({
    ...message,
    content: message.content.map((part) => (part.type === 'image' && path ? { ...part, path } : part)),
  }));
}
