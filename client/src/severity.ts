import * as vscode from 'vscode';
import type { SeverityCounts } from '../../server/src/protocol/values.ts';
import { plural } from './text.ts';

const ICONS = [
  ['error', 'error', 'problemsErrorIcon.foreground'],
  ['warning', 'warning', 'problemsWarningIcon.foreground'],
  ['information', 'info', 'problemsInfoIcon.foreground'],
  ['hint', 'lightbulb', 'descriptionForeground'],
] as const;

/** The icon of the most severe finding; a plain circle when there is none. */
export function severityIcon(counts: SeverityCounts): vscode.ThemeIcon {
  for (const [severity, icon, color] of ICONS) {
    if (counts[severity] > 0) return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  }
  return new vscode.ThemeIcon('circle-outline', new vscode.ThemeColor('descriptionForeground'));
}

/** `2 errors, 1 warning`; empty when there is neither. */
export function severitySummary({ error, warning }: SeverityCounts): string {
  return [error > 0 && plural(error, 'error'), warning > 0 && plural(warning, 'warning')]
    .filter(Boolean)
    .join(', ');
}
