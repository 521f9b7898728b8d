import type * as vscode from 'vscode';

/** Calls `action` once, `delay` milliseconds after the last of a burst of calls. */
export function debounce(action: () => void, delay: number): vscode.Disposable & (() => void) {
  let timer: NodeJS.Timeout | undefined;
  const call = () => {
    clearTimeout(timer);
    timer = setTimeout(action, delay);
  };
  return Object.assign(call, { dispose: () => clearTimeout(timer) });
}
