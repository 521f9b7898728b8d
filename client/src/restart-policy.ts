import * as vscode from 'vscode';
import {
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  type ErrorHandler,
  type ErrorHandlerResult,
} from 'vscode-languageclient/node';

/** More stops than this within the window are a fault that starting again does not cure. */
const MAX_STOPS = 4;
const WINDOW_MS = 3 * 60 * 1000;

/** A server that dies is started again, with a message; one that keeps dying is left alone. */
export class RestartPolicy implements ErrorHandler {
  #stops: number[] = [];

  error(): ErrorHandlerResult {
    // A broken connection is also closed, and `closed` decides.
    return { action: ErrorAction.Continue, handled: true };
  }

  closed(): CloseHandlerResult {
    const now = Date.now();
    this.#stops = [...this.#stops.filter((stop) => now - stop < WINDOW_MS), now];
    if (this.#stops.length > MAX_STOPS) {
      void tell(
        vscode.window.showErrorMessage,
        `Rationale’s server stopped ${this.#stops.length} times in three minutes and is not started again.`,
        { title: 'Start Again', command: 'rationale.restartServer' },
      );
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    void tell(
      vscode.window.showWarningMessage,
      'Rationale’s server stopped unexpectedly and was started again. Stored results are kept; an annotation ' +
        'that was running goes on where it stopped when you start it again.',
    );
    return { action: CloseAction.Restart, handled: true };
  }
}

interface Offer extends vscode.MessageItem {
  readonly command: string;
}

const SHOW_OUTPUT: Offer = { title: 'Show Output', command: 'rationale.showOutput' };

/** Says so, with what can be done about it. */
async function tell(
  show: (message: string, ...offers: Offer[]) => Thenable<Offer | undefined>,
  message: string,
  ...offers: Offer[]
): Promise<void> {
  const chosen = await show(message, ...offers, SHOW_OUTPUT);
  if (chosen) await vscode.commands.executeCommand(chosen.command);
}
