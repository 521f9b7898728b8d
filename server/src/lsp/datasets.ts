import { type Connection, TextDocuments } from 'vscode-languageserver/node';
import type { ReadAs } from '../core/records/read-as.ts';
import { Background, type Checkable } from './background.ts';
import type { Client } from './client.ts';
import { Dataset, type DatasetOptions } from './dataset.ts';
import { DatasetShelf, notADataset, stampOf } from './dataset-shelf.ts';
import { OpenDocument, pathOf } from './open-document.ts';
import { Publisher } from './publisher.ts';

/** What checking a dataset may take before its first findings are shown. Milliseconds. */
const FIRST_LOOK = 20;
/** So many chunks are checked before that, however slow the machine: more than a screen shows. */
const FIRST_CHUNKS = 200;
/** Views are told of an edit when this long nothing more was typed. Milliseconds. */
const EDIT_SETTLED = 1000;

/** The datasets that the editor has open, and those on disk that it asks about. */
export class Datasets {
  private readonly client: Client;
  private readonly options: () => DatasetOptions;
  private readonly isNamedOutputs: (path: string) => boolean;
  readonly documents = new TextDocuments<OpenDocument>({
    create: (uri, language, version, text) => new OpenDocument(uri, language, version, text),
    update: (document, changes, version) => {
      document.update(changes, version);
      return document;
    },
  });
  private readonly opened = new Map<string, Dataset>();
  private readonly shelf = new DatasetShelf();
  /** Of datasets that are not open, as they were read. */
  private readonly stamps = new WeakMap<Dataset, string>();
  private readonly background: Background;
  readonly publisher: Publisher;
  private readonly settling = new Map<string, NodeJS.Timeout>();
  private generation = 0;

  /**
   * @param options what datasets are read with, as it is now
   * @param isNamedOutputs whether the user says that the file at this path holds outputs, whatever it looks like
   */
  constructor(
    connection: Connection,
    client: Client,
    options: () => DatasetOptions,
    isNamedOutputs: (path: string) => boolean,
  ) {
    this.client = client;
    this.options = options;
    this.isNamedOutputs = isNamedOutputs;
    this.background = new Background(
      (checked, complete) => this.found(checked, complete),
      (error) => client.logError('Checking a dataset failed', error),
    );
    this.publisher = new Publisher(connection, client, this.documents, (uri) => {
      return this.open(uri)?.findings.report().diagnostics ?? null;
    });
    this.documents.onDidOpen(({ document }) => {
      this.readAgain(document);
      this.tellDatasets();
    });
    this.documents.onDidChangeContent(({ document }) => this.documentEdited(document));
    this.documents.onDidClose(({ document }) => this.documentClosed(document));
    this.documents.listen(connection);
  }

  /** The open dataset; null when the document is not open or no dataset. */
  open(uri: string): Dataset | null {
    const document = this.documents.get(uri);
    if (!document || document.path === null || !this.isDataset(document)) return null;
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
    if (!document) return this.onDisk(path);
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

  /** The paths of the open datasets. */
  get openPaths(): string[] {
    return this.documents
      .all()
      .flatMap((document) => (this.isDataset(document) ? (document.path ?? []) : []));
  }

  /** True while `at` would still give this dataset, or one that reads the same. */
  isCurrent(dataset: Dataset): boolean {
    const open = this.documents.all().find(({ path }) => path === dataset.path);
    if (open) return this.opened.get(open.uri) === dataset;
    return this.stamps.get(dataset) === stampOf(dataset.path);
  }

  /** Has something checked beside the datasets, in slices; the editor is told when there is something new to show. */
  checkInBackground(checked: Checkable): void {
    this.background.add(checked);
  }

  stopChecking(checked: Checkable): void {
    this.background.remove(checked);
  }

  /** Predictions were stored for these records of the file or, when `records` is null, runs were deleted. */
  storeChanged(path: string, records: ReadonlySet<string> | null): void {
    const open = [...this.opened.values()].filter((dataset) => dataset.path === path);
    for (const dataset of [...open, ...this.shelf.at(path)]) dataset.storeChanged(records);
    for (const dataset of open) this.background.add(dataset);
  }

  /** How the records of the dataset at a path are read. */
  readonly readAs = (path: string): ReadAs => this.options().readAs(path);

  /** Rules, images or splits are not what they were. @param concerns whether a dataset's path is concerned */
  surroundingsChanged(concerns: (path: string) => boolean): void {
    this.forgetClosed();
    for (const document of this.documents.all()) {
      if (document.path !== null && concerns(document.path)) this.readAgain(document);
    }
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

  private onDisk(path: string): Dataset {
    const stamp = stampOf(path);
    const dataset = this.shelf.get(path, this.options());
    this.stamps.set(dataset, stamp);
    return dataset;
  }

  private isDataset(document: OpenDocument): boolean {
    return document.isDataset && document.path !== null && !this.isNamedOutputs(document.path);
  }

  /** Where fields have other names now, or captions have changed, the dataset is another one. */
  private readAgain(document: OpenDocument): void {
    if (document.path === null || !document.readAgain(this.readAs(document.path))) return;
    const dataset = this.opened.get(document.uri);
    if (dataset) this.background.remove(dataset);
    this.opened.delete(document.uri);
    this.tellDatasets();
  }

  private forgetClosed(): void {
    this.shelf.clear();
    this.generation++;
  }

  private documentEdited(document: OpenDocument): void {
    if (!this.isDataset(document)) return;
    this.background.stepAside();
    this.tellDatasets();
    const dataset = this.opened.get(document.uri);
    if (dataset && !dataset.findings.complete) this.background.add(dataset);
    this.publisher.publish(document);
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
    this.publisher.takeBack(uri);
    this.tellDatasets();
  }

  private found({ uri }: Checkable, complete: boolean): void {
    this.client.refreshFindings();
    if (complete) this.client.tellChanged({ uri, what: 'records' });
  }

  private tellDatasets(): void {
    const datasets = this.documents.all().filter((document) => this.isDataset(document));
    this.client.tellDatasets(datasets.map(({ uri }) => uri));
  }
}
