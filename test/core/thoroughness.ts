/**
 * Sizes of tests that prove the more the longer they run: `npm run check` takes a part of what `npm test` does.
 * @param everyday enough to find what an edit is likely to break
 */
export function thorough(all: number, everyday: number): number {
  return process.env.RATIONALE_EVERYDAY ? everyday : all;
}
