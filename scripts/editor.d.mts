export interface EditorOptions {
  /** User settings besides those that keep the window quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A package to install: absolute path of a .vsix. */
  readonly vsix?: string;
  /** The folder of an extension to use as it stands. */
  readonly linkExtension?: string;
  /** Folders of extensions that are there besides. */
  readonly otherExtensions?: readonly string[];
  /** Workspace trust is in force: a fresh folder is then not trusted. */
  readonly trust?: boolean;
  /** Variables for the server and everything it starts. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RunningEditor {
  readonly port: number;
  /** The address that opens a folder (absolute path). */
  url(folder: string): string;
  /** The same with a file (absolute path) open. */
  urlWith(folder: string, file: string): string;
  /** The address that opens a file (absolute path) in a window without a folder. */
  fileUrl(file: string): string;
  stop(): Promise<void>;
  /** What the server has printed. */
  log(): string;
}

/** Starts code-server with fresh user data and without the user's extensions. */
export function startEditor(options?: EditorOptions): Promise<RunningEditor>;
/** Serves a sample workspace until Ctrl+C. */
export function serveSample(folder: string): Promise<void>;
