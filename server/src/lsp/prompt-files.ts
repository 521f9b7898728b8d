import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Connection, Diagnostic } from 'vscode-languageserver/node';
import type { Finding, RuleSettings } from '../core/annotations/types.ts';
import type { NamedPrompt } from '../core/pipeline.ts';
import { checkPromptFile } from '../core/pipeline-prompty.ts';
import type { DatasetDocument } from '../core/records/document.ts';
import { PROMPT_FILE_EXTENSION } from '../files/prompt-files.ts';
import type { Client } from './client.ts';
import { spanRange, toDiagnostic } from './convert.ts';
import type { Dataset } from './dataset.ts';
import type { Datasets } from './datasets.ts';
import { capped } from './finding-cap.ts';
import type { OpenDocument } from './open-document.ts';
import { datasetsIn, foldersNear } from './outputs-places.ts';
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
export interface CheckedPrompt {
  readonly uri: string;
  readonly document: DatasetDocument;
  readonly prompt: NamedPrompt;
  /** The dataset beside or above it; null when there is none. */
  readonly dataset: Dataset | null;
  readonly findings: readonly Finding[];
  /** What to show; its id differs whenever the diagnostics do. */
  readonly report: { readonly id: string; readonly diagnostics: readonly Diagnostic[] };
}

/** The prompt files that the editor has open. */
export class PromptFiles {
  private readonly connection: Connection;
  private readonly client: Client;
  private readonly datasets: Datasets;
  private readonly settings: () => PromptsSettings;
  private readonly checked = new Map<string, { readonly state: string; readonly prompt: CheckedPrompt }>();
  /** The dataset of each prompt file, by the prompt's path. */
  private readonly bound = new Map<string, Dataset | null>();
  private readonly follow = new Throttle(() => this.followDatasets(), FOLLOW_EVERY);
  private lastReport = 0;
  private mayPublish = false;

  constructor(connection: Connection, client: Client, datasets: Datasets, settings: () => PromptsSettings) {
    this.connection = connection;
    this.client = client;
    this.datasets = datasets;
    this.settings = settings;
    const { documents } = datasets;
    documents.onDidOpen(({ document }) => document.isDataset && this.lookAgain());
    documents.onDidChangeContent(({ document }) => this.documentEdited(document));
    documents.onDidClose(({ document }) => this.documentClosed(document));
  }

  /** The open prompt file; null when the document is not open or no prompt file. */
  open(uri: string): CheckedPrompt | null {
    const document = this.datasets.documents.get(uri);
    if (!document?.isPrompt || document.path === null) return null;
    const dataset = this.datasetOf(document.path);
    const known = this.checked.get(uri);
    const state = `${document.version} ${dataset ? this.datasets.stateAt(dataset.path) : ''}`;
    if (known?.state === state && known.prompt.dataset === dataset) return known.prompt;
    const prompt = this.check(document, document.path, dataset, known?.prompt.report);
    this.checked.set(uri, { state, prompt });
    return prompt;
  }

  /** Rules are not what they were. */
  settingsChanged(): void {
    this.checked.clear();
    this.client.refreshFindings();
  }

  /** Sends the diagnostics of what is open to an editor that does not ask for them; the settings are known by now. */
  publishAll(): void {
    this.mayPublish = true;
    for (const document of this.datasets.documents.all()) this.publish(document);
  }

  private check(
    { uri, document }: OpenDocument,
    path: string,
    dataset: Dataset | null,
    before: CheckedPrompt['report'] | undefined,
  ): CheckedPrompt {
    const { rules, rulePages } = this.settings();
    const prompt = { name: basename(path, PROMPT_FILE_EXTENSION), text: document.text };
    const findings = checkPromptFile(prompt, dataset?.pipeline ?? null, rules);
    const diagnostics = capped(
      findings.map((finding) => toDiagnostic(finding, spanRange(document, finding.span), rulePages)),
    );
    const isSame = before && isDeepStrictEqual(before.diagnostics, diagnostics);
    const report = isSame ? before : { id: `prompt ${++this.lastReport}`, diagnostics };
    return { uri, document, prompt, dataset, findings, report };
  }

  private datasetOf(path: string): Dataset | null {
    const known = this.bound.get(path);
    if (known === null || (known && this.datasets.isCurrent(known))) return known;
    const found = this.findDataset(path);
    this.bound.set(path, found);
    return found;
  }

  /** The likeliest dataset in the prompt's own folder, or else in the nearest one above that has any. */
  private findDataset(path: string): Dataset | null {
    for (const folder of foldersNear(path, this.settings().folders)) {
      for (const candidate of datasetsIn(folder, path, this.datasets.readAs)) {
        const dataset = this.datasets.atIfAny(candidate);
        if (dataset) return dataset;
      }
    }
    return null;
  }

  /** What had no dataset, or another, may have this one now. */
  private lookAgain(): void {
    this.bound.clear();
    if (this.checked.size > 0) this.client.refreshFindings();
  }

  private documentEdited(document: OpenDocument): void {
    this.publish(document);
    if (this.checked.size > 0 && document.isDataset) this.follow.request();
  }

  private documentClosed({ uri, path, isPrompt, isDataset }: OpenDocument): void {
    if (isPrompt && !this.client.pullsDiagnostics) {
      void this.connection.sendDiagnostics({ uri, diagnostics: [] });
    }
    this.checked.delete(uri);
    // A dataset may have come to lie beside it by the time it is opened again.
    if (path !== null) this.bound.delete(path);
    // Prompts are checked against the file on disk from now on.
    if (isDataset && this.checked.size > 0) this.client.refreshFindings();
  }

  /** Checks again the prompts whose dataset was edited. */
  private followDatasets(): void {
    const changed = [...this.checked].filter(([uri, { prompt }]) => {
      return this.open(uri)?.report.id !== prompt.report.id;
    });
    if (changed.length > 0) this.client.refreshFindings();
  }

  private publish({ uri, version }: OpenDocument): void {
    const prompt = this.mayPublish && !this.client.pullsDiagnostics ? this.open(uri) : null;
    if (!prompt) return;
    const diagnostics = [...prompt.report.diagnostics];
    void this.connection.sendDiagnostics({ uri, version, diagnostics });
  }
}
