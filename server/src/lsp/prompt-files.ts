import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Connection } from 'vscode-languageserver/node';
import type { RuleSettings } from '../core/annotations/types.ts';
import { checkPromptFile, modelsOf, type PromptSurroundings } from '../core/pipeline/checks.ts';
import type { Expansion } from '../core/pipeline/editing.ts';
import { datasetNamedBy } from '../core/pipeline/prompty.ts';
import type { NamedPrompt } from '../core/pipeline.ts';
import { expandPromptFile, PROMPT_FILE_EXTENSION } from '../files/prompt-files.ts';
import type { CheckedText } from './checked-text.ts';
import type { Client } from './client.ts';
import { spanRange, toDiagnostic } from './convert.ts';
import type { Dataset } from './dataset.ts';
import type { Datasets } from './datasets.ts';
import { capped } from './finding-cap.ts';
import type { OpenDocument } from './open-document.ts';
import { PromptDatasets } from './prompt-datasets.ts';
import { type FindModel, PromptModels } from './prompt-models.ts';
import { Publisher } from './publisher.ts';
import { Throttle } from './throttle.ts';

/** Prompts follow the edits of their dataset this often. Milliseconds. */
const FOLLOW_EVERY = 300;

/** What the user has set, as far as prompt files are concerned. */
export interface PromptsSettings {
  readonly rules: RuleSettings;
  /** URI of the folder of the rules' pages. */
  readonly rulePages: string;
  /** The workspace's folders, absolute. */
  readonly folders: readonly string[];
}

/** A prompt file that the editor has open, checked as it and its dataset stand. */
export interface CheckedPrompt extends CheckedText {
  /** With its partials in it: what models are shown. */
  readonly prompt: NamedPrompt;
  /** As it is written, its includes masked: places in it are places in the document. */
  readonly written: NamedPrompt;
  readonly includes: Expansion;
  /** The dataset that it names, else the one beside or above it; null when there is none. */
  readonly dataset: Dataset | null;
}

/** The prompt files that the editor has open. */
export class PromptFiles {
  private readonly client: Client;
  private readonly datasets: Datasets;
  private readonly settings: () => PromptsSettings;
  private readonly checked = new Map<string, { readonly state: string; readonly prompt: CheckedPrompt }>();
  /** By the dataset's path. */
  private readonly studied = new Map<string, string>();
  private readonly bound: PromptDatasets;
  private readonly models: PromptModels;
  private readonly follow = new Throttle(() => this.followDatasets(), FOLLOW_EVERY);
  private lastReport = 0;
  readonly publisher: Publisher;

  constructor(
    connection: Connection,
    client: Client,
    datasets: Datasets,
    settings: () => PromptsSettings,
    findModel: FindModel,
  ) {
    this.client = client;
    this.datasets = datasets;
    this.settings = settings;
    this.bound = new PromptDatasets(datasets, () => settings().folders);
    this.models = new PromptModels(findModel, () => client.refreshFindings());
    const { documents } = datasets;
    this.publisher = new Publisher(connection, client, documents, (uri) => {
      return this.open(uri)?.report.diagnostics ?? null;
    });
    documents.onDidOpen(({ document }) => document.isDataset && this.lookAgain());
    documents.onDidChangeContent(({ document }) => this.documentEdited(document));
    documents.onDidClose(({ document }) => this.documentClosed(document));
  }

  /** The open prompt file; null when the document is not open or no prompt file. */
  open(uri: string): CheckedPrompt | null {
    const document = this.datasets.documents.get(uri);
    if (!document?.isPrompt || document.path === null) return null;
    const name = basename(document.path, PROMPT_FILE_EXTENSION);
    const includes = this.expand(document.document.text, document.path);
    const prompt = { name, text: includes.text };
    const { dataset, problem } = this.bound.of(document.path, datasetNamedBy(prompt));
    const known = this.checked.get(uri);
    const models = this.models.of(modelsOf(prompt, dataset?.pipeline ?? null), document.path);
    const at = dataset ? this.datasets.stateAt(dataset.path) : '';
    const state = `${document.version} ${problem} ${models.map(({ id }) => id).join()} ${at}`;
    const { prompt: before } = known ?? {};
    if (
      before &&
      known?.state === state &&
      before.dataset === dataset &&
      before.prompt.text === prompt.text
    ) {
      return before;
    }
    const around = { dataset: dataset?.pipeline ?? null, datasetProblem: problem, models, includes };
    const report = this.check(document, prompt, around, before?.report);
    const checked = { ...report, written: { name, text: includes.masked }, includes, dataset };
    this.checked.set(uri, { state, prompt: checked });
    return checked;
  }

  /** A text of the prompt file at this path with its partials in it, as the editor has them or else as they are on disk. */
  expand(text: string, path: string): Expansion {
    const { documents } = this.datasets;
    const textOf = (other: string) =>
      documents.all().find((open) => open.path === other)?.document.text ?? null;
    return expandPromptFile(text, path, this.settings().folders, textOf);
  }

  /** A person looks at this record of the dataset: hovers and completions show its values from now on. */
  study(datasetPath: string, record: string): void {
    this.studied.set(datasetPath, record);
  }

  /** The record of the prompt file's dataset that a person looked at last; null when none is known. */
  studiedIn({ dataset }: CheckedPrompt): string | null {
    return (dataset && this.studied.get(dataset.path)) ?? null;
  }

  /** Datasets that an open prompt file could name, the nearest and likeliest first. */
  datasetsNear(uri: string): string[] {
    const path = this.datasets.documents.get(uri)?.path;
    return path ? this.bound.near(path) : [];
  }

  /** Rules are not what they were. */
  settingsChanged(): void {
    this.checked.clear();
    this.models.forget();
    this.client.refreshFindings();
  }

  private check(
    { uri, document }: OpenDocument,
    prompt: NamedPrompt,
    around: PromptSurroundings,
    before: CheckedPrompt['report'] | undefined,
  ): Omit<CheckedPrompt, 'dataset' | 'written' | 'includes'> {
    const { rules, rulePages } = this.settings();
    const findings = checkPromptFile(prompt, around, rules);
    const diagnostics = capped(
      findings.map((finding) => toDiagnostic(finding, spanRange(document, finding.span), rulePages)),
    );
    const isSame = before && isDeepStrictEqual(before.diagnostics, diagnostics);
    const report = isSame ? before : { id: `prompt ${++this.lastReport}`, diagnostics };
    return { uri, document, prompt, findings, report };
  }

  /** What had no dataset, or another, may have this one now. */
  private lookAgain(): void {
    this.bound.forget(null);
    if (this.checked.size > 0) this.client.refreshFindings();
  }

  private documentEdited(document: OpenDocument): void {
    this.publisher.publish(document);
    const { path } = document;
    const includes = ({ prompt }: { readonly prompt: CheckedPrompt }) => prompt.includes.ids.has(path ?? '');
    if (document.isDataset ? this.checked.size > 0 : [...this.checked.values()].some(includes)) {
      this.follow.request();
    }
  }

  private documentClosed({ uri, path, isPrompt, isDataset }: OpenDocument): void {
    if (isPrompt) this.publisher.takeBack(uri);
    this.checked.delete(uri);
    // A dataset may have come to lie beside it by the time it is opened again.
    if (path !== null) this.bound.forget(path);
    // Prompts are checked against the file on disk from now on.
    if (isDataset && this.checked.size > 0) this.client.refreshFindings();
  }

  /** Checks again the prompts whose dataset or partials were edited. */
  private followDatasets(): void {
    const changed = [...this.checked].filter(([uri, { prompt }]) => {
      return this.open(uri)?.report.id !== prompt.report.id;
    });
    if (changed.length > 0) this.client.refreshFindings();
  }
}
