import { type ComponentType, render } from 'preact';
import { useState } from 'preact/hooks';
import type { FromPage, PageState, ToPage } from './envelope.ts';

/** What every page gets: what it shows, and the way to say something to the extension. */
export interface PageProps<Model, Message> {
  readonly model: Model;
  readonly send: (message: Message) => void;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): PageState | undefined;
  setState(state: PageState): void;
};

const vscode = acquireVsCodeApi();

/** Shows the page with what the panel sends, from the first model on. */
export function mount<Model extends object, Message>(Page: ComponentType<PageProps<Model, Message>>): void {
  const root = document.querySelector('main') as HTMLElement;
  const send = (message: Message) => vscode.postMessage({ type: 'message', message });
  let model: Model | null = null;
  window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
    model = { ...model, ...data.part } as Model;
    vscode.setState({ ...vscode.getState(), restore: data.restore });
    render(<Page model={model} send={send} />, root);
    root.removeAttribute('aria-busy');
  });
  vscode.postMessage({ type: 'ready' });
}

/** Like `useState`, for what is to be as it was when the page is hidden and shown again. */
export function useKept<Value>(name: string, initial: Value): [Value, (value: Value) => void] {
  const known = vscode.getState()?.own ?? {};
  const [value, setValue] = useState((name in known ? known[name] : initial) as Value);
  const keep = (next: Value) => {
    const state = vscode.getState();
    vscode.setState({ ...state, own: { ...state?.own, [name]: next } });
    setValue(next);
  };
  return [value, keep];
}
