import * as vscode from 'vscode';
import type { Feature } from '../feature.ts';

/** *Rationale: Show Output* and *Rationale: Restart Server*. */
export const output: Feature = ({ session }) =>
  vscode.Disposable.from(
    vscode.commands.registerCommand('rationale.showOutput', () => session.output.show()),
    vscode.commands.registerCommand('rationale.restartServer', () => session.restart()),
  );
