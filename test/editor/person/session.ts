import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type EditorOptions, type RunningEditor, startEditor } from '../../../scripts/editor.mjs';
import { launchBrowser, Workbench } from '../workbench.ts';
import { TempWorkspace } from './temp-workspace.ts';

/** A person at a window: VS Code on a fresh copy of the sample workspace. */
export class PersonSession {
  #workbench: Workbench | null = null;
  readonly #workspace = new TempWorkspace();
  #editor: RunningEditor | null = null;
  #browser: Browser | null = null;

  /** In a suite, what the window shows is kept and told of each of its tests that fails. */
  constructor() {
    const session = this;
    // Pictures are taken outside of Mocha.
    globalThis.afterEach?.(async function () {
      if (this.currentTest?.state !== 'failed' || !session.#workbench) return;
      const name = this.currentTest.fullTitle().replaceAll(/\W+/g, '-').slice(0, 100);
      process.stdout.write(`${await session.#workbench.describe(`failed-${name}`)}\n`);
    });
  }

  get workbench(): Workbench {
    if (!this.#workbench) throw new Error('The window is not open.');
    return this.#workbench;
  }

  /** The file that the models' answers are kept in. */
  get store(): string {
    return this.#workspace.environment.RATIONALE_STORE;
  }

  get workspace(): string {
    return this.#workspace.path;
  }

  /**
   * Starts the editor and opens its window. What was started before a failure is ended by `end`.
   * @param file of the workspace, to be opened in a window without a folder
   */
  async start(options: EditorOptions, file?: string): Promise<void> {
    const environment = { ...this.#workspace.environment, ...options.environment };
    const editor = await startEditor({ ...options, environment });
    this.#editor = editor;
    this.#browser = await launchBrowser();
    const { path } = this.#workspace;
    this.#workbench =
      file === undefined
        ? await Workbench.open(this.#browser, editor.url(path))
        : await Workbench.open(
            this.#browser,
            editor.fileUrl(join(path, file)),
            `.tab[data-resource-name="${file}"]`,
          );
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.#editor?.stop();
    this.#workspace.dispose();
  }
}
