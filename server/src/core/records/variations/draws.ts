import { createHash } from 'node:crypto';

/** Numbers from 0 to 1, below it, that depend on the texts alone: the same on every machine. */
export function* draws(...texts: readonly string[]): Generator<number, never> {
  for (let block = 0; ; block++) {
    const bytes = createHash('sha256')
      .update([...texts, block].join('\n'))
      .digest();
    for (let at = 0; at < bytes.length; at += 4) yield bytes.readUInt32BE(at) / 2 ** 32;
  }
}
