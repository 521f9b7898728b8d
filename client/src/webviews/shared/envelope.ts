/** What a panel and its page say to each other, whatever the page is about. */

/** Panel to page: these parts of what it shows are new. */
export interface ToPage {
  readonly part: object;
  /** What the panel is restored from when the window is loaded again. */
  readonly restore: unknown;
}

/** Page to panel. `ready`: the page has (again) begun and shows nothing yet. */
export type FromPage = { readonly type: 'ready' } | { readonly type: 'message'; readonly message: unknown };

/** What VS Code keeps for a page while it is hidden and while the window is loaded again. */
export interface PageState {
  readonly restore?: unknown;
  /** What the user set on the page itself, by name. */
  readonly own?: Readonly<Record<string, unknown>>;
}
