/**
 * The user's settings, section `rationale`. The server pulls them (`workspace/configuration`) and pulls
 * them again on `workspace/didChangeConfiguration`.
 */
export interface Settings {
  /** Severity of each rule, by id; a rule that is not named keeps its own. */
  readonly rules: Readonly<Record<string, RuleSeverity>>;
  /** Where local models run. `auto`: the fastest device that passes a probe. */
  readonly device: DeviceSetting;
  /** Show the predicted letter after each record's question. */
  readonly inlayHints: boolean;
  /** Folder of the store, an absolute path; empty: the user's own, which the command line uses too. */
  readonly storePath: string;
}

export type RuleSeverity = 'error' | 'warning' | 'information' | 'hint' | 'off';

export type DeviceSetting = 'auto' | 'cpu' | 'webgpu';

/** Name of the settings section. */
export const SETTINGS_SECTION = 'rationale';
