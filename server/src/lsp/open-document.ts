import { fileURLToPath } from 'node:url';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { shapeOf } from '../core/pipeline.ts';
import { DatasetDocument } from '../core/records/document.ts';
import type { ReadAs } from '../core/records/read-as.ts';
import type { Chunk, RecordSource } from '../core/records/types.ts';
import { PROMPT_FILE_EXTENSION } from '../files/prompt-files.ts';
import { isRecipeFile } from '../files/recipe-places.ts';

/** A dataset shows what it is within this many records; other large JSON is not read to its end. */
const TELLING_RECORDS = 200;

/** What editors call the language of prompt files. */
const PROMPT_LANGUAGE = 'prompty';

/** What prompt files are, in the protocol's words. */
export const PROMPT_FILES = [
  { language: PROMPT_LANGUAGE },
  { scheme: 'file', pattern: `**/*${PROMPT_FILE_EXTENSION}` },
] as const;

/** A text that the editor has open, whether it is a dataset or not. */
export class OpenDocument {
  readonly uri: string;
  /** Absolute path; null when the text is no file. */
  readonly path: string | null;
  readonly document: DatasetDocument;
  /** Whether this is a prompt file: its language tells, or its name where the editor knows no such language. */
  readonly isPrompt: boolean;
  /** Whether this is a recipe: its name tells. */
  readonly isRecipe: boolean;
  version: number;
  private recognised = false;
  private shape: ReturnType<typeof shapeOf> = 'other';
  private shapeVersion: number | null = null;

  constructor(uri: string, language: string, version: number, text: string) {
    this.uri = uri;
    this.path = pathOf(uri);
    this.document = DatasetDocument.create(text);
    this.isPrompt = language === PROMPT_LANGUAGE || isPromptFile(this.path ?? '');
    this.isRecipe = !this.isPrompt && isRecipeFile(this.path ?? '');
    this.version = version;
  }

  /** Reads the records otherwise, where that makes a difference. */
  readAgain(readAs: ReadAs): boolean {
    if (!this.document.readAgain(readAs)) return false;
    this.recognised = false;
    this.shape = 'other';
    this.shapeVersion = null;
    return true;
  }

  /** Applies what was typed. Costs the records it touches. */
  update(changes: readonly TextDocumentContentChangeEvent[], version: number): void {
    this.document.edit(changes);
    this.version = version;
  }

  /**
   * Whether this is a dataset, by its shape: a record in it has a question and choices, or is a conversation. Once it was, it stays
   * one while it is open, however broken it gets on the way.
   */
  get isDataset(): boolean {
    this.recognised ||=
      !this.isPrompt && !this.isRecipe && this.path !== null && looksLikeDataset(this.document);
    return this.recognised;
  }

  /** Whether a text that is no dataset holds outputs, by its shape; once it surely did, it does while it is open. */
  get outputsShape(): ReturnType<typeof shapeOf> {
    if (this.shape === 'outputs' || this.shapeVersion === this.version) return this.shape;
    this.shape = shapeOfFirst(this.document);
    this.shapeVersion = this.version;
    return this.shape;
  }
}

/** What the first records look like, held against the outputs of evaluation tools. Their fields' names tell. */
function shapeOfFirst(document: DatasetDocument): ReturnType<typeof shapeOf> {
  const rows: Record<string, true>[] = [];
  for (const { chunk } of document.records()) {
    const { source } = chunk;
    if (source) rows.push(namesIn(chunk, source));
    if (rows.length === TELLING_RECORDS) break;
  }
  return shapeOf(rows);
}

/** The names of a record's fields, each with true; its key counts as an id. */
function namesIn({ text }: Chunk, { fields, span }: RecordSource): Record<string, true> {
  const names = Array.from(fields.keys(), (name) => [name, true as const]);
  return Object.fromEntries(text[span.start] === '"' ? [...names, ['id', true]] : names);
}

/**
 * True when one of the first records has both a question and choices, of whatever type, or is a conversation with
 * a reply. Outputs may repeat the conversation that asked for them, and are none the less outputs.
 */
export function looksLikeDataset(document: DatasetDocument): boolean {
  let looked = 0;
  for (const { chunk } of document.records()) {
    if (chunk.source && isOfDataset(chunk, chunk.source)) return true;
    if (++looked === TELLING_RECORDS) break;
  }
  return false;
}

function isPromptFile(path: string): boolean {
  return path.toLowerCase().endsWith(PROMPT_FILE_EXTENSION);
}

function isOfDataset(chunk: Chunk, source: RecordSource): boolean {
  const { record, fields } = source;
  if (!fields.has('question')) return false;
  if (!record.conversation) return fields.has('choices');
  return fields.has('solution') && shapeOf([namesIn(chunk, source)]) !== 'outputs';
}

/** The path that a `file:` URI names; null for any other. */
export function pathOf(uri: string): string | null {
  try {
    return fileURLToPath(uri);
  } catch {
    return null;
  }
}
