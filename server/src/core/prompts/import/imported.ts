import { Document } from 'yaml';

/** What an importer found in a file of another format. */
export interface Found {
  readonly name?: string;
  readonly description?: string;
  /** Id of the model, as the other format names it. */
  readonly model?: string;
  /** Under `model.options`. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Under `metadata.rationale`. */
  readonly rationale?: Readonly<Record<string, unknown>>;
  /** The template with its role lines. */
  readonly body: string;
  /** What could not be carried over, a sentence each. */
  readonly notes: readonly string[];
}

/** A reader of another prompt format. */
export interface Importer {
  readonly id: string;
  /** What people call the format. */
  readonly title: string;
  /** Whether a file is in this format, by its name and text. */
  reads(file: string, text: string): boolean;
  /** @throws Error with one sentence when the file is not what it should be */
  read(text: string): Found;
}

/** The `.prompty` text; what could not be carried over stands in it as comments. */
export function promptyText({ notes, body, ...found }: Found, from: string): string {
  const { name, description, model, options, inputs, rationale } = found;
  const front = {
    ...(name && { name }),
    ...(description && { description }),
    ...((model || options) && { model: { ...(model && { id: model }), ...(options && { options }) } }),
    ...(inputs && Object.keys(inputs).length > 0 && { inputs }),
    ...(rationale && Object.keys(rationale).length > 0 && { metadata: { rationale } }),
  };
  const yaml = Object.keys(front).length > 0 ? new Document(front).toString({ lineWidth: 0 }) : '';
  const comments = [`Imported from ${from}.`, ...notes].map((line) => `# ${line.replace(/\s+/g, ' ')}\n`);
  return `---\n${comments.join('')}${yaml}---\n${body.trim()}\n`;
}
