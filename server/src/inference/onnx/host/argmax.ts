/** Index of the greatest of `length` values from `start`, counted from `start`; the first of equals, as PyTorch's. */
export function argmax(values: Float32Array, start: number, length: number): number {
  let best = start;
  let greatest = values[start] as number;
  for (let i = start + 1; i < start + length; i++) {
    const value = values[i] as number;
    if (value > greatest) {
      greatest = value;
      best = i;
    }
  }
  return best - start;
}
