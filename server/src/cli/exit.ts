/** Exit codes of every command (design section 6). */
export const EXIT = { done: 0, findings: 1, unusable: 2 } as const;

/** Unusable input or arguments. The message is the one sentence that the user gets. */
export class UsageError extends Error {}
