import { type Connection, TextDocuments } from 'vscode-languageserver/node';
import { Background } from './background.ts';
import type { Client } from './client.ts';
import { Dataset, type DatasetOptions } from './dataset.ts';
import { DatasetShelf, notADataset, stampOf } from './dataset-shelf.ts';
import { OpenDocument, pathOf } from './open-document.ts';

/** What checking a dataset may take before its first findings are shown. Milliseconds. */
const FIRST_LOOK = 50;
/** So many chunks are checked before that, however slow the machine: small datasets are shown whole at once. */
const FIRST_CHUNKS = 1000;
/** Views are told of an edit when this long nothing more was typed. Milliseconds. */
const EDIT_SETTLED = 1000;

/** The datasets that the editor has open, and those on disk that it asks about. */
export class Datasets {
  private readonly connection: Connection;
  private readonly client: Client;
  private readonly options: () => DatasetOptions;
  private readonly documents = new TextDocuments<OpenDocument>({
    create: (uri, _language, version, text) => new OpenDocument(uri, version, text),
    update: (document, changes, version) => {
      document.update(changes, version);
      return document;
    },
  });
  private readonly opened = new Map<string, Dataset>();
  private readonly shelf = new DatasetShelf();
  private readonly background: Background;
  private readonly settling = new Map<string, NodeJS.Timeout>();
  private mayPublish = false;
  private generation = 0;

  /** @param options what datasets are read with, as it is now */
  constructor(connection: Connection, client: Client, options: () => DatasetOptions) {
    this.connection = connection;
    this.client = client;
    this.options = options;
    this.background = new Background(
      (dataset, complete) => this.found(dataset, complete),
      (error) => client.logError('Checking a dataset failed', error),
    );
    this.documents.onDidOpen(() => this.tellDatasets());
    this.documents.onDidChangeContent(({ document }) => this.documentEdited(document));
    this.documents.onDidClose(({ document }) => this.documentClosed(document));
    this.documents.listen(connection);
  }

  /** The open dataset; null when the document is not open or no dataset. */
  open(uri: string): Dataset | null {
    const document = this.documents.get(uri);
    if (!document?.isDataset || document.path === null) return null;
    let dataset = this.opened.get(uri);
    if (!dataset) {
      dataset = new Dataset(uri, document.path, document.document, this.options());
      this.opened.set(uri, dataset);
      const isDone = dataset.findings.work(performance.now() + FIRST_LOOK, FIRST_CHUNKS);
      if (!isDone) this.background.add(dataset);
    }
    return dataset;
  }

  /**
   * The dataset as the editor has it or else as it is on disk.
   * @throws Error whose message is one sentence, when there is none
   */
  get(uri: string): Dataset {
    const path = pathOf(uri);
    if (path === null) throw new Error(`${uri} is not a file.`);
    return this.at(path);
  }

  /** Like `get`, by absolute path. */
  at(path: string): Dataset {
    const document = this.documents.all().find((candidate) => candidate.path === path);
    if (!document) return this.shelf.get(path, this.options());
    const dataset = this.open(document.uri);
    if (!dataset) throw new Error(notADataset(path));
    return dataset;
  }

  /** Like `at`; null when there is none. */
  atIfAny(path: string): Dataset | null {
    try {
      return this.at(path);
    } catch {
      return null;
    }
  }

  /** Differs whenever what is known of the dataset at this path may differ. Nothing is read for it. */
  stateAt(path: string): string {
    const open = [...this.opened.values()].find((dataset) => dataset.path === path);
    return open ? open.findings.state : `${stampOf(path)} ${this.generation}`;
  }

  /** Predictions were stored for these records of the file or, when `records` is null, runs were deleted. */
  storeChanged(path: string, records: ReadonlySet<string> | null): void {
    const open = [...this.opened.values()].filter((dataset) => dataset.path === path);
    for (const dataset of [...open, ...this.shelf.at(path)]) dataset.storeChanged(records);
    for (const dataset of open) this.background.add(dataset);
  }

  /** Rules, images or splits are not what they were. @param concerns whether a dataset's path is concerned */
  surroundingsChanged(concerns: (path: string) => boolean): void {
    this.forgetClosed();
    for (const dataset of this.opened.values()) {
      if (!concerns(dataset.path)) continue;
      dataset.surroundingsChanged(this.options());
      this.background.add(dataset);
    }
  }

  /** Starts over with every open dataset: the store is another one. */
  reopen(): void {
    for (const dataset of this.opened.values()) this.background.remove(dataset);
    this.opened.clear();
    this.forgetClosed();
    for (const uri of this.documents.keys()) this.open(uri);
    this.client.refreshFindings();
  }

  /** Sends the diagnostics of what is open to an editor that does not ask for them; the settings are known by now. */
  publishAll(): void {
    this.mayPublish = true;
    for (const document of this.documents.all()) this.publish(document);
  }

  private forgetClosed(): void {
    this.shelf.clear();
    this.generation++;
  }

  private documentEdited(document: OpenDocument): void {
    if (!document.isDataset) return;
    this.tellDatasets();
    const dataset = this.opened.get(document.uri);
    if (dataset && !dataset.findings.complete) this.background.add(dataset);
    this.publish(document);
    const { uri } = document;
    clearTimeout(this.settling.get(uri));
    const settled = setTimeout(() => {
      this.settling.delete(uri);
      this.client.tellChanged({ uri, what: 'records' });
      this.client.tellChanged({ uri, what: 'runs' });
    }, EDIT_SETTLED);
    this.settling.set(uri, settled);
  }

  private documentClosed({ uri }: OpenDocument): void {
    const dataset = this.opened.get(uri);
    if (dataset) this.background.remove(dataset);
    this.opened.delete(uri);
    if (!this.client.pullsDiagnostics) void this.connection.sendDiagnostics({ uri, diagnostics: [] });
    this.tellDatasets();
  }

  private found({ uri }: Dataset, complete: boolean): void {
    this.client.refreshFindings();
    if (complete) this.client.tellChanged({ uri, what: 'records' });
  }

  private tellDatasets(): void {
    const datasets = this.documents.all().filter((document) => document.isDataset);
    this.client.tellDatasets(datasets.map(({ uri }) => uri));
  }

  private publish({ uri, version }: OpenDocument): void {
    const dataset = this.mayPublish && !this.client.pullsDiagnostics ? this.open(uri) : null;
    if (!dataset) return;
    const { diagnostics } = dataset.findings.report();
    void this.connection.sendDiagnostics({ uri, version, diagnostics: [...diagnostics] });
  }
}
