/** Features laid out in two dimensions. */
import type { Size } from '../host/image-settings.ts';

export interface Lattice extends Size {
  /** Values of a feature. */
  readonly depth: number;
  /** The feature at a place: the first `depth` of these values. */
  at(x: number, y: number): Float32Array;
}

/** The middle of a lattice. */
export function window(lattice: Lattice, { width, height }: Size): Lattice {
  const [left, top] = [(lattice.width - width) / 2, (lattice.height - height) / 2];
  return { width, height, depth: lattice.depth, at: (x, y) => lattice.at(left + x, top + y) };
}

/** Resized by linear interpolation between the four nearest features, without antialiasing, as PyTorch does it. */
export function shrink(lattice: Lattice, { width, height }: Size): Lattice {
  if (width === lattice.width && height === lattice.height) return lattice;
  const along = (place: number, from: number, to: number) => {
    const source = Math.max(0, ((place + 0.5) * from) / to - 0.5);
    const before = Math.floor(source);
    return { before, after: Math.min(before + 1, from - 1), share: source - before };
  };
  return {
    width,
    height,
    depth: lattice.depth,
    at(x, y) {
      const [across, down] = [along(x, lattice.width, width), along(y, lattice.height, height)];
      const corners = [
        [across.before, down.before, (1 - across.share) * (1 - down.share)],
        [across.after, down.before, across.share * (1 - down.share)],
        [across.before, down.after, (1 - across.share) * down.share],
        [across.after, down.after, across.share * down.share],
      ] as const;
      const found = new Float32Array(lattice.depth);
      for (const [cx, cy, share] of corners) {
        const corner = lattice.at(cx, cy);
        for (let i = 0; i < found.length; i++)
          found[i] = (found[i] as number) + share * (corner[i] as number);
      }
      return found;
    },
  };
}
