import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Connection, InitializeParams } from 'vscode-languageserver/node';
import type { ModelCard, TokenCounter } from '../core/models/types.ts';
import { readFieldMaps } from '../core/pipeline.ts';
import type { Store } from '../core/store/types.ts';
import { readAsFor } from '../files/read-as.ts';
import { shippedModels, shippedPrompts, shippedRoot } from '../files/shipped.ts';
import { environmentAccess, fetchedModels, readAllowedCode } from '../inference/index.ts';
import type { InitializationOptions } from '../protocol/initialization.ts';
import type { Settings } from '../protocol/settings.ts';
import { fetchedFolder } from '../storage/location.ts';
import { trainedModels } from '../training/trained-models.ts';
import { Annotator } from './annotator.ts';
import { Client } from './client.ts';
import { rulePage } from './convert.ts';
import type { DatasetOptions } from './dataset.ts';
import { Datasets } from './datasets.ts';
import { EditorPython } from './editor-python.ts';
import { EditorAccess } from './endpoint-access.ts';
import { type ConfiguredModels, configuredModels } from './endpoints.ts';
import { ModelCatalog } from './model-catalog.ts';
import { PROMPT_FILES, pathOf } from './open-document.ts';
import { OutputsFiles } from './outputs-files.ts';
import { PromptFiles } from './prompt-files.ts';
import { RecipeFiles } from './recipe-files.ts';
import { RunReports } from './run-reports.ts';
import { DEFAULT_SETTINGS, pullSettings, readSettings } from './settings.ts';
import { StoreAccess } from './store-access.ts';
import { Trainings } from './trainings.ts';

/** Files that findings depend on besides the dataset itself. */
const WATCHED = ['**/pid_splits.json', '**/captions.json', '**/*.{png,jpg,jpeg,gif,webp,bmp}'];

/** One editor's connection: what its user set and trusts, and everything that works for it. */
export class Session {
  readonly client: Client;
  readonly datasets: Datasets;
  readonly outputs: OutputsFiles;
  readonly prompts: PromptFiles;
  readonly recipes: RecipeFiles;
  readonly models: ModelCatalog;
  readonly modelsFolder: string;
  readonly promptsFolder: string;
  private readonly python = new EditorPython(
    () => ({
      trusted: this.trusted,
      named: this.settings.python,
      from: this.folders.length > 0 ? this.folders : [process.cwd()],
    }),
    () => this.client.tellChanged({ uri: null, what: 'models' }),
  );
  readonly annotator = new Annotator(this);
  readonly trainings = new Trainings(this);
  readonly runReports = new RunReports(this);
  private readonly connection: Connection;
  private readonly canAskSettings: boolean;
  private readonly rulePages: string;
  /** The workspace's folders, absolute. */
  private readonly folders: readonly string[];
  private readonly stores = new StoreAccess();
  private settings: Settings = DEFAULT_SETTINGS;
  private trusted: boolean;
  private fieldMaps: ReturnType<typeof readFieldMaps>['maps'] = {};
  private storeFailed = false;
  private settled: Promise<void>;
  private setReady: () => void = () => undefined;

  constructor(connection: Connection, params: InitializeParams) {
    const { capabilities, initializationOptions } = params;
    const options: InitializationOptions = initializationOptions ?? {};
    this.connection = connection;
    this.client = new Client(connection, capabilities, () => this.publishAll());
    this.datasets = new Datasets(
      connection,
      this.client,
      () => this.datasetOptions(),
      (path) => this.outputs.isNamed(path),
    );
    this.outputs = new OutputsFiles(connection, this.client, this.datasets, () => ({
      rules: this.settings.rules,
      rulePages: this.rulePages,
      named: this.settings.outputs,
      folders: this.folders,
    }));
    this.prompts = new PromptFiles(
      connection,
      this.client,
      this.datasets,
      () => ({ rules: this.settings.rules, rulePages: this.rulePages, folders: this.folders }),
      (id) => this.modelNamed(id),
    );
    this.recipes = new RecipeFiles(connection, this.client, this.datasets, () => ({
      rules: this.settings.rules,
      rulePages: this.rulePages,
      shippedModels: this.modelsFolder,
      shippedPrompts: this.promptsFolder,
      store: this.storeIfAny(),
    }));
    this.folders = foldersOf(params);
    this.canAskSettings = capabilities.workspace?.configuration === true;
    this.rulePages = pathToFileURL(options.rulePagesFolder ?? join(shippedRoot, 'docs', 'rules')).href;
    this.promptsFolder = options.promptsFolder ?? shippedPrompts;
    this.modelsFolder = options.modelsFolder ?? shippedModels;
    const access = options.grantsEndpointAccess
      ? new EditorAccess((asked) => this.client.endpointAccess(asked))
      : environmentAccess();
    this.models = new ModelCatalog(
      this.modelsFolder,
      () => ({
        trained: trainedModels(this.storeIfAny()?.trainings() ?? []),
        ...this.addedModels(),
        access,
      }),
      () => this.python.ifFound(),
    );
    this.trusted = options.trusted ?? true;
    this.settled = new Promise((resolve) => {
      this.setReady = resolve;
    });
  }

  /** Called when the editor is ready to be asked. */
  async start(): Promise<void> {
    this.client.watch(WATCHED);
    this.client.offerFormatting(PROMPT_FILES);
    if (this.canAskSettings) {
      this.settings = await pullSettings(this.connection).catch(() => DEFAULT_SETTINGS);
    }
    this.setReady();
    this.fieldsChanged();
    this.datasets.surroundingsChanged(() => true);
    this.publishAll();
  }

  /**
   * What is known of a model that a file of the workspace names. It is looked into only when the workspace is trusted.
   * @throws Error whose message is one sentence, when there is none
   */
  async modelNamed(id: string): Promise<{ readonly card: ModelCard; readonly counter: TokenCounter | null }> {
    const offered = await this.models.list(this.device, this.trusted ? [id] : []);
    const card = offered.find((model) => model.card.id === id)?.card;
    if (!card) throw new Error(`There is no model "${id}".`);
    return { card, counter: card.unavailable ? null : await this.models.tokenCounter(id, this.device) };
  }

  /** Resolved when the settings are known as they are now; nothing is answered before. */
  get ready(): Promise<void> {
    return this.settled;
  }

  /** Cancels what runs, keeps what it has done, and closes the store. */
  async stop(): Promise<void> {
    this.trainings.end();
    await this.annotator.stop();
    this.stores.close();
  }

  get showsHints(): boolean {
    return this.settings.inlayHints;
  }

  /** What the user has set for trainings, and the workspace's folders, where a Python is looked for. */
  get training(): Pick<Settings, 'python' | 'sbatch'> & { readonly folders: readonly string[] } {
    const { python, sbatch } = this.settings;
    return { python, sbatch, folders: this.folders };
  }

  /** Whether what models write is held to its format, wherever nothing else is said. */
  get constrained(): boolean {
    return this.settings.constrained;
  }

  get device(): Settings['device'] {
    return this.settings.device;
  }

  /** A link to a rule's page. */
  rulePage(rule: string): string {
    return rulePage(this.rulePages, rule);
  }

  /**
   * The store.
   * @throws Error whose message is one sentence, when the workspace is not trusted or the store cannot be used
   */
  store(): Store {
    if (!this.trusted) {
      throw new Error('This workspace is not trusted: trust it to run models and keep their answers.');
    }
    const store = this.stores.open(this.settings.storePath);
    // The datasets had to do without it until now.
    if (this.storeFailed) this.storeIsAnother();
    return store;
  }

  /** The store, or null when there is none to be had. */
  storeIfAny(): Store | null {
    if (!this.trusted) return null;
    try {
      return this.stores.open(this.settings.storePath);
    } catch (error) {
      if (!this.storeFailed) this.client.logError('Stored results are not shown', error);
      this.storeFailed = true;
      return null;
    }
  }

  /** Predictions were stored for these records of the file or, when `records` is null, runs were deleted. */
  storeChanged(path: string, records: ReadonlySet<string> | null): void {
    this.datasets.storeChanged(path, records);
    this.outputs.storeChanged(path, records);
    this.recipes.settingsChanged();
    this.client.tellChanged({ uri: null, what: 'runs' });
  }

  /** The user changed a setting. `pushed` is what an editor sends that cannot be asked. */
  configurationChanged(pushed: unknown): Promise<void> {
    this.settled = this.takeSettings(pushed).catch((error) =>
      this.client.logError('Reading the settings failed', error),
    );
    return this.settled;
  }

  /** The user trusts the workspace from now on. */
  trustGranted(): void {
    if (this.trusted) return;
    this.trusted = true;
    this.storeIsAnother();
  }

  private async takeSettings(pushed: unknown): Promise<void> {
    const before = this.settings;
    this.settings = this.canAskSettings ? await pullSettings(this.connection) : readSettings(pushed);
    this.fieldsChanged();
    if (before.storePath !== this.settings.storePath) this.storeIsAnother();
    else this.datasets.surroundingsChanged(() => true);
    this.outputs.settingsChanged();
    this.prompts.settingsChanged();
    this.recipes.settingsChanged();
    const { device, endpoints, models } = this.settings;
    const isOther =
      before.device !== device ||
      JSON.stringify([before.endpoints, before.models]) !== JSON.stringify([endpoints, models]);
    if (isOther) this.client.tellChanged({ uri: null, what: 'models' });
  }

  private fieldsChanged(): void {
    const { maps, problems } = readFieldMaps(this.settings.fields);
    for (const problem of problems) this.client.log(problem);
    this.fieldMaps = maps;
  }

  get isTrusted(): boolean {
    return this.trusted;
  }

  /** Nothing in a workspace that is not trusted: it could have records and keys sent anywhere. */
  configuredModels(): Omit<ConfiguredModels, 'problems'> {
    const { trusted, settings, folders } = this;
    const { problems, ...configured } = configuredModels(
      trusted ? settings : DEFAULT_SETTINGS,
      trusted ? folders : [],
    );
    for (const problem of problems) this.client.log(problem);
    return configured;
  }

  private addedModels() {
    const configured = this.configuredModels();
    const { allowed, problems } = readAllowedCode(
      'The setting rationale.remoteCode',
      this.settings.remoteCode,
    );
    for (const problem of problems) this.client.log(problem);
    return {
      ...configured,
      fetched: fetchedModels(fetchedFolder(), configured.catalog),
      remoteCode: this.trusted ? allowed : [],
      python: this.python,
    };
  }

  private publishAll(): void {
    this.datasets.publisher.publishAll();
    this.outputs.publisher.publishAll();
    this.prompts.publisher.publishAll();
    this.recipes.publisher.publishAll();
  }

  private storeIsAnother(): void {
    this.storeFailed = false;
    this.datasets.reopen();
    this.recipes.settingsChanged();
    this.client.tellChanged({ uri: null, what: 'runs' });
  }

  private datasetOptions(): DatasetOptions {
    return {
      store: this.storeIfAny(),
      rules: this.settings.rules,
      rulePages: this.rulePages,
      readAs: (path) =>
        readAsFor(path, this.fieldMaps, this.folders, (sentence) => this.client.log(sentence)),
      onProblem: (sentence) => this.client.log(sentence),
    };
  }
}

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  return uris.flatMap((uri) => pathOf(uri) ?? []);
}
