/**
 * The user's settings, section `rationale`. The server pulls them (`workspace/configuration`) and pulls
 * them again on `workspace/didChangeConfiguration`.
 */
export interface Settings {
  /** Severity of each rule, and its threshold where it has one, by id; what is not named is the rule's own. */
  readonly rules: Readonly<Record<string, RuleSetting>>;
  /** Where local models run. `auto`: the fastest device that passes a probe. */
  readonly device: DeviceSetting;
  /** Hold what models write to the format that the prompt asks for, wherever nothing else is said. */
  readonly constrained: boolean;
  /** Show the predicted letter after each record's question. */
  readonly inlayHints: boolean;
  /** Folder of the store, an absolute path; empty: the user's own, which the command line uses too. */
  readonly storePath: string;
  /** The Python that trains and runs models, an absolute path; empty: the editor's choice, or one that is found. */
  readonly python: string;
  /** The user's options for `sbatch`, where trainings are submitted to SLURM. */
  readonly sbatch: readonly string[];
  /**
   * Outputs files, by path or glob pattern, and how they are judged. Paths count from the workspace's folder
   * unless they are absolute. The first pattern that fits holds.
   */
  readonly outputs: Readonly<Record<string, OutputsSetting>>;
  /** Datasets, by path or glob pattern, whose records' fields have other names, and what these are. */
  readonly fields: Readonly<Record<string, FieldsSetting>>;
  /** Servers that models may be asked on, by the name that the model then has; described by `docs/endpoints.md`. */
  readonly endpoints: Readonly<Record<string, unknown>>;
  /** Repositories whose own code Python may run, each at a commit: a list of `owner/name@commit`. */
  readonly remoteCode: unknown;
  /** Models that the user adds to the catalog, by id. */
  readonly models: Readonly<Record<string, unknown>>;
}

/** By the record's own name of a field: the path at which it stands, or one path for each choice. */
export type FieldsSetting = Readonly<Record<string, string | readonly string[] | number>>;

/** The dataset alone, or more. */
export type OutputsSetting =
  | string
  | {
      /** Path of the dataset; absent: the one near the outputs file whose records they name. */
      readonly dataset?: string;
      /** The index that the prompt gave the first choice; absent: told from the outputs. */
      readonly indexBase?: 0 | 1;
    };

export type RuleSeverity = 'error' | 'warning' | 'information' | 'hint' | 'off';

export type RuleSetting = RuleSeverity | { readonly severity?: RuleSeverity; readonly threshold?: number };

export type DeviceSetting = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** Name of the settings section. */
export const SETTINGS_SECTION = 'rationale';
