import { isDeepStrictEqual } from 'node:util';
import type { Connection } from 'vscode-languageserver/node';
import type { RuleSettings } from '../core/annotations/types.ts';
import { checkRecipeFile, type NamedRecipe, type RecipeSurroundings } from '../core/pipeline/recipes.ts';
import type { Store } from '../core/store/types.ts';
import { namedRecipe, recipeSurroundings } from '../files/recipe-places.ts';
import type { CheckedText } from './checked-text.ts';
import type { Client } from './client.ts';
import { spanRange, toDiagnostic } from './convert.ts';
import type { Datasets } from './datasets.ts';
import { capped } from './finding-cap.ts';
import type { OpenDocument } from './open-document.ts';
import { Publisher } from './publisher.ts';
import { Throttle } from './throttle.ts';

/** Recipes follow the edits of their dataset this often. Milliseconds. */
const FOLLOW_EVERY = 500;

/** What the user has set, as far as recipes are concerned. */
export interface RecipesSettings {
  readonly rules: RuleSettings;
  /** URI of the folder of the rules' pages. */
  readonly rulePages: string;
  readonly shippedModels: string;
  readonly shippedPrompts: string;
  /** Null when the workspace is not trusted, or has none. */
  readonly store: Store | null;
}

/** A recipe that the editor has open, checked as it and its dataset stand. */
export interface CheckedRecipe extends CheckedText {
  readonly recipe: NamedRecipe;
  readonly around: RecipeSurroundings;
}

interface Known {
  readonly version: number;
  /** The datasets that it was checked with, each with its state then. */
  readonly datasets: ReadonlyMap<string, string>;
  readonly checked: CheckedRecipe;
}

/** The recipes that the editor has open. */
export class RecipeFiles {
  private readonly client: Client;
  private readonly datasets: Datasets;
  private readonly settings: () => RecipesSettings;
  private readonly known = new Map<string, Known>();
  private readonly follow = new Throttle(() => this.followDatasets(), FOLLOW_EVERY);
  private lastReport = 0;
  readonly publisher: Publisher;

  constructor(connection: Connection, client: Client, datasets: Datasets, settings: () => RecipesSettings) {
    this.client = client;
    this.datasets = datasets;
    this.settings = settings;
    const { documents } = datasets;
    this.publisher = new Publisher(connection, client, documents, (uri) => {
      return this.open(uri)?.report.diagnostics ?? null;
    });
    documents.onDidChangeContent(({ document }) => {
      if (document.isRecipe) this.publisher.publish(document);
      else if (this.known.size > 0) this.follow.request();
    });
    documents.onDidClose(({ document }) => this.documentClosed(document));
  }

  /** The open recipe; null when the document is not open or no recipe. */
  open(uri: string): CheckedRecipe | null {
    const document = this.datasets.documents.get(uri);
    if (!document?.isRecipe || document.path === null) return null;
    const known = this.known.get(uri);
    if (known?.version === document.version && this.isCurrent(known)) return known.checked;
    const fresh = this.check(document, document.path, known?.checked.report);
    this.known.set(uri, fresh);
    return fresh.checked;
  }

  /** What is around the recipe at a path, open or not. */
  aroundAt(path: string): RecipeSurroundings {
    return this.surroundings(path, () => undefined);
  }

  /** Rules, the store or what is stored in it are not what they were. */
  settingsChanged(): void {
    if (this.known.size === 0) return;
    this.known.clear();
    this.client.refreshFindings();
  }

  private check(
    { uri, version, document }: OpenDocument,
    path: string,
    before: CheckedRecipe['report'] | undefined,
  ): Known {
    const { rules, rulePages } = this.settings();
    const recipe = namedRecipe(path, document.text);
    const datasets = new Map<string, string>();
    const around = this.surroundings(path, (name) => datasets.set(name, this.datasets.stateAt(name)));
    const findings = checkRecipeFile(recipe, around, rules);
    const diagnostics = capped(
      findings.map((finding) => toDiagnostic(finding, spanRange(document, finding.span), rulePages)),
    );
    const isSame = before && isDeepStrictEqual(before.diagnostics, diagnostics);
    const report = isSame ? before : { id: `recipe ${++this.lastReport}`, diagnostics };
    return { version, datasets, checked: { uri, document, recipe, around, findings, report } };
  }

  /** @param onDataset told of each dataset that is looked at */
  private surroundings(path: string, onDataset: (name: string) => void): RecipeSurroundings {
    const { shippedModels, shippedPrompts, store } = this.settings();
    const dataset = (name: string) => {
      onDataset(name);
      return this.datasets.at(name).pipeline;
    };
    return recipeSurroundings(path, { shippedModels, shippedPrompts, store, dataset });
  }

  private isCurrent({ datasets }: Known): boolean {
    return [...datasets].every(([path, state]) => this.datasets.stateAt(path) === state);
  }

  /** Checks again the recipes whose dataset was edited. */
  private followDatasets(): void {
    const changed = [...this.known].filter(([uri, { checked }]) => {
      return this.open(uri)?.report.id !== checked.report.id;
    });
    if (changed.length > 0) this.client.refreshFindings();
  }

  private documentClosed({ uri, isRecipe }: OpenDocument): void {
    if (isRecipe) this.publisher.takeBack(uri);
    this.known.delete(uri);
  }
}
