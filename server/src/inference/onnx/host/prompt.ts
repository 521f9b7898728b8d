/** Puts the tokens that stand for each image in the place of its one image token. */
export function expandImages(
  ids: readonly number[],
  imageToken: number,
  standing: readonly (readonly number[])[],
): number[] {
  let image = 0;
  return ids.flatMap((id) => (id === imageToken ? (standing[image++] ?? []) : [id]));
}
