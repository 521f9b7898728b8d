import * as vscode from 'vscode';
import { Methods } from '../../../server/src/protocol/messages.ts';
import type { TrainingView } from '../../../server/src/protocol/training.ts';
import type { Host } from '../feature.ts';
import type { WebviewPanel } from '../webview-panel.ts';
import type { Message, Model } from '../webviews/training/messages.ts';
import { startTraining } from './start-training.ts';

/** The view of one run, in its panel, for as long as the panel is open. */
export class TrainingPanel implements vscode.Disposable {
  readonly #host: Host;
  readonly #panel: WebviewPanel<Model, Message>;
  readonly #folder: string;
  readonly #following: vscode.Disposable;
  #view: TrainingView | null = null;
  #asking = false;
  #askAgain = false;

  /** @param folder URI of the run's folder */
  constructor(host: Host, panel: WebviewPanel<Model, Message>, folder: string) {
    this.#host = host;
    this.#panel = panel;
    this.#folder = folder;
    panel.restoreFrom({ folder });
    this.#following = vscode.Disposable.from(
      panel.onMessage((message) => void this.#receive(message)),
      host.session.onDidChange(({ what, uri }) => {
        if (what === 'trainings' && (uri === null || sameFile(uri, folder))) void this.#update();
      }),
      // A server that was started again follows the run again once it is asked.
      host.session.onDidChangeState(() => host.session.state === 'running' && void this.#update()),
    );
    void this.#update();
  }

  get view(): TrainingView | null {
    return this.#view;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  dispose(): void {
    this.#following.dispose();
  }

  /** One request at a time; what changed meanwhile is asked for once it is answered. */
  async #update(): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = true;
    try {
      const { session } = this.#host;
      const hadBatch = this.#view !== null && this.#view.cost !== null;
      const view = await session.request(Methods.training, { folder: this.#folder });
      this.#tellEnd(view);
      this.#view = view;
      this.#panel.rename(`Training ${view.name}`);
      this.#panel.show({ training: view, gone: null });
      if (!hadBatch && view.cost) {
        const { rows } = await session.request(Methods.trainingBatch, { folder: this.#folder });
        this.#panel.show({ batch: rows });
      }
    } catch (error) {
      this.#panel.show({ gone: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#asking = false;
      if (this.#askAgain) {
        this.#askAgain = false;
        void this.#update();
      }
    }
  }

  /** Says that the training has ended, where the view does not show it. */
  #tellEnd({ name, state, problem }: TrainingView): void {
    if (this.#view?.state !== 'running' || state === 'running' || this.#panel.isVisible) return;
    const show = 'Show';
    const isDone = state === 'finished' || (state === 'checked' && problem === null);
    const words = `The training ${name} is ${isDone ? state : `not going on: ${problem ?? state}`}.`;
    void vscode.window.showInformationMessage(words, show).then((choice) => choice && this.#panel.reveal());
  }

  async #receive(message: Message): Promise<void> {
    const { session } = this.#host;
    const folder = vscode.Uri.parse(this.#folder, true);
    try {
      switch (message.type) {
        case 'stop':
          await session.request(Methods.stopTraining, { folder: this.#folder });
          break;
        case 'resume':
          await startTraining(this.#host, { uri: folder });
          break;
        case 'pin':
          await session.request(Methods.pinCheckpoint, { folder: this.#folder });
          void vscode.window.showInformationMessage(
            `The checkpoint of step ${this.#view?.checkpoint} is kept.`,
          );
          break;
        case 'reveal':
          await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.joinPath(folder, 'run.yaml'));
          break;
        case 'openRecipe':
          if (this.#view) await vscode.window.showTextDocument(vscode.Uri.parse(this.#view.recipe, true));
          break;
        case 'annotate':
          if (this.#view?.model) {
            const { dataset: uri, model } = this.#view;
            await vscode.commands.executeCommand('rationale.annotate', { uri, model });
          }
      }
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }
}

function sameFile(one: string, other: string): boolean {
  return vscode.Uri.parse(one, true).fsPath === vscode.Uri.parse(other, true).fsPath;
}
