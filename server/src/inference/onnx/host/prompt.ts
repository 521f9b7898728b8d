/** Repeats each image token as often as its image has features. */
export function expandImages(
  ids: readonly number[],
  imageToken: number,
  counts: readonly number[],
): number[] {
  let image = 0;
  return ids.flatMap((id) =>
    id === imageToken ? Array<number>(counts[image++] ?? 0).fill(imageToken) : [id],
  );
}
