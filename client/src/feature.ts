import type * as vscode from 'vscode';
import type { Activity } from './activity.ts';
import type { Session } from './session.ts';

/** What every feature gets. */
export interface Host {
  readonly context: vscode.ExtensionContext;
  readonly session: Session;
  readonly activity: Activity;
}

/** One thing the extension adds to the editor; disposed with the extension. One file in features/. */
export type Feature = (host: Host) => vscode.Disposable;
