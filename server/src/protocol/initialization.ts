/**
 * `initializationOptions` of the `initialize` request. Every field may be absent: another editor may send
 * nothing.
 */
export interface InitializationOptions {
  /** Absolute path of the folder of the shipped models, one folder each. Absent: the server's own. */
  readonly modelsFolder?: string;
  /** Absolute path of the folder of the shipped `.prompty` files. Absent: the server's own. */
  readonly promptsFolder?: string;
  /** Absolute path of the folder of the rules' pages, `<rule>.md`. Absent: the server's own. */
  readonly rulePagesFolder?: string;
  /** True: the editor answers `rationale/endpointAccess`. Absent: keys come from the server's environment alone. */
  readonly grantsEndpointAccess?: boolean;
  /** False: findings and hovers only, no model runs and nothing is written. Absent means true. */
  readonly trusted?: boolean;
}
