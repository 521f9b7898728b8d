/** Folder of the sample workspace, from the repository's root. */
export const sample: string;
/** Its dataset file. */
export const dataset: string;
/** Has a model (a name, or a folder) answer the test split, as far as it has not yet; the name of the stored run. */
export function answerTestSplit(model: string): string;
/** What a command of dist/cli.js prints as JSON; ends this program when it fails, after what the command said. */
export function rationale(...args: readonly string[]): unknown;
