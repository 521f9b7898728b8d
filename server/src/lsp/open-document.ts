import { fileURLToPath } from 'node:url';
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { looksLikeDataset, type Shape, shapeOfFirst } from '../core/pipeline/shapes.ts';
import { DatasetDocument } from '../core/records/document.ts';
import type { ReadAs } from '../core/records/read-as.ts';
import { PROMPT_FILE_EXTENSION } from '../files/prompt-files.ts';
import { isRecipeFile } from '../files/recipe-places.ts';

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
  private shape: Shape = 'other';
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
  get outputsShape(): Shape {
    if (this.shape === 'outputs' || this.shapeVersion === this.version) return this.shape;
    this.shape = shapeOfFirst(this.document);
    this.shapeVersion = this.version;
    return this.shape;
  }
}

function isPromptFile(path: string): boolean {
  return path.toLowerCase().endsWith(PROMPT_FILE_EXTENSION);
}

/** The path that a `file:` URI names; null for any other. */
export function pathOf(uri: string): string | null {
  try {
    return fileURLToPath(uri);
  } catch {
    return null;
  }
}
