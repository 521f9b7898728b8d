import type { Connection } from 'vscode-languageserver/node';
import type { RuleSettings } from '../core/annotations/types.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Client } from './client.ts';
import type { Datasets } from './datasets.ts';
import type { OpenDocument } from './open-document.ts';
import { bindNear, bindTo, candidatesNear, type Sample } from './outputs-binding.ts';
import { OutputsFile, sampleOf } from './outputs-file.ts';
import { type NamedOutputs, namedOutputs } from './outputs-places.ts';
import { Publisher } from './publisher.ts';
import { Throttle } from './throttle.ts';

/** What judging the outputs of a file may take before its first findings are shown. Milliseconds. */
const FIRST_LOOK = 50;
/** Outputs follow the edits of their dataset this often. Milliseconds. */
const FOLLOW_EVERY = 300;

/** What the user has set, as far as outputs are concerned. */
export interface OutputsSettings {
  readonly rules: RuleSettings;
  /** URI of the folder of the rules' pages. */
  readonly rulePages: string;
  /** The setting `rationale.outputs`. */
  readonly named: Settings['outputs'];
  /** The workspace's folders, absolute. */
  readonly folders: readonly string[];
}

/** The outputs files that the editor has open: those the user has named, and those recognised by their shape. */
export class OutputsFiles {
  private readonly client: Client;
  private readonly datasets: Datasets;
  private readonly settings: () => OutputsSettings;
  private readonly opened = new Map<string, OutputsFile>();
  /** Files that could hold outputs or anything else, and have no dataset: about them nothing is said. */
  private readonly declined = new Set<string>();
  private readonly follow = new Throttle(() => this.followDatasets(), FOLLOW_EVERY);
  private readonly edited = new Set<string>();
  readonly publisher: Publisher;

  constructor(connection: Connection, client: Client, datasets: Datasets, settings: () => OutputsSettings) {
    this.client = client;
    this.datasets = datasets;
    this.settings = settings;
    const { documents } = datasets;
    this.publisher = new Publisher(connection, client, documents, (uri) => {
      return this.open(uri)?.report().diagnostics ?? null;
    });
    documents.onDidOpen(({ document }) => document.isDataset && this.lookAgain());
    documents.onDidChangeContent(({ document }) => this.documentEdited(document));
    documents.onDidClose(({ document }) => this.documentClosed(document));
  }

  /** The open outputs file; null when the document is not open or holds no outputs. */
  open(uri: string): OutputsFile | null {
    const known = this.opened.get(uri);
    if (known && (!known.dataset || this.datasets.isCurrent(known.dataset))) return known;
    if (known) this.forget(uri);
    const document = this.datasets.documents.get(uri);
    if (
      !document ||
      document.path === null ||
      document.isPrompt ||
      document.isRecipe ||
      this.declined.has(uri)
    )
      return null;
    const named = this.namedFor(document.path);
    const shape = named === null && !document.isDataset ? document.outputsShape : 'other';
    if (named === null && shape === 'other') return null;
    const file = this.read(document, document.path, named);
    if (named === null && shape === 'perhaps' && !file.dataset) {
      this.declined.add(uri);
      return null;
    }
    this.opened.set(uri, file);
    if (!file.findings.work(performance.now() + FIRST_LOOK)) this.datasets.checkInBackground(file);
    return file;
  }

  /** The open outputs files that are judged against the dataset at this path. */
  boundTo(path: string): OutputsFile[] {
    const files = this.datasets.documents.keys().flatMap((uri) => this.open(uri) ?? []);
    return files.filter(({ dataset }) => dataset?.path === path);
  }

  /** Where a dataset for the outputs could be, as `candidatesNear` says; none when the document is not open. */
  candidates(
    uri: string,
  ): { readonly sample: Sample; readonly found: ReturnType<typeof candidatesNear> } | null {
    const document = this.datasets.documents.get(uri);
    if (!document || document.path === null) return null;
    const { sample } = sampleOf(document.path, document.document);
    return { sample, found: candidatesNear(sample, this.settings().folders, this.datasets) };
  }

  /** True when the setting speaks of the file at this path: whatever it looks like, it holds outputs. */
  isNamed(path: string): boolean {
    return this.namedFor(path) !== null;
  }

  /** Rules are not what they were, or outputs files are named otherwise. */
  settingsChanged(): void {
    for (const uri of [...this.opened.keys()]) this.forget(uri);
    this.declined.clear();
    this.client.refreshFindings();
  }

  private read(document: OpenDocument, path: string, named: NamedOutputs | null): OutputsFile {
    const { rules, rulePages, folders } = this.settings();
    const bind = (sample: Sample) =>
      named?.dataset
        ? bindTo(named.dataset, sample, this.datasets)
        : bindNear(sample, folders, this.datasets);
    const indexBase = named?.indexBase ?? null;
    return new OutputsFile(document.uri, path, document.document, { rules, rulePages, indexBase, bind });
  }

  private namedFor(path: string): NamedOutputs | null {
    const { named, folders } = this.settings();
    return namedOutputs(path, named, folders);
  }

  /** What had no dataset may have one now. */
  private lookAgain(): void {
    const unbound = [...this.opened.values()].filter(({ dataset }) => !dataset);
    if (unbound.length === 0 && this.declined.size === 0) return;
    for (const { uri } of unbound) this.forget(uri);
    this.declined.clear();
    this.client.refreshFindings();
  }

  private documentEdited(document: OpenDocument): void {
    const file = this.opened.get(document.uri);
    if (file?.edited() === 'other') this.forget(document.uri);
    else if (file && !file.findings.complete) this.datasets.checkInBackground(file);
    this.publisher.publish(document);
    if (document.path === null || !document.isDataset) return;
    this.edited.add(document.path);
    this.follow.request();
  }

  private documentClosed({ uri, isDataset }: OpenDocument): void {
    const file = this.opened.get(uri);
    if (file) this.publisher.takeBack(uri);
    this.forget(uri);
    this.declined.delete(uri);
    // Its outputs are judged against the file on disk from now on.
    if (isDataset) this.client.refreshFindings();
  }

  private forget(uri: string): void {
    const file = this.opened.get(uri);
    if (file) this.datasets.stopChecking(file);
    this.opened.delete(uri);
  }

  /** Models have answered these records of a dataset or, when `records` is null, runs were deleted: outputs are weighed against them. */
  storeChanged(path: string, records: ReadonlySet<string> | null): void {
    for (const file of this.opened.values()) {
      if (file.dataset?.path !== path) continue;
      file.findings.outdate((chunk) => file.judged.concerns(chunk, records));
      this.datasets.checkInBackground(file);
    }
  }

  /** Judges again the outputs whose records were edited. */
  private followDatasets(): void {
    for (const file of this.opened.values()) {
      if (!file.dataset || !this.edited.has(file.dataset.path)) continue;
      file.findings.outdate((chunk) => file.judged.isOutdated(chunk));
      this.datasets.checkInBackground(file);
      this.client.refreshFindings();
    }
    this.edited.clear();
  }
}
