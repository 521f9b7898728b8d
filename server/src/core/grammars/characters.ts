import type { Expressions, Node } from './expressions.ts';

/** White space beyond ASCII. */
const WIDE_SPACES = Array.from(
  '\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff',
);
const SPACES = ' \t\n\v\f\r';
/** Bytes that begin a character of several bytes, and what its second byte may be (The Unicode Standard, table 3-7). */
const LEADS = [
  [0xc2, 0xdf, 0x80, 0xbf, 0],
  [0xe0, 0xe0, 0xa0, 0xbf, 1],
  [0xe1, 0xec, 0x80, 0xbf, 1],
  [0xed, 0xed, 0x80, 0x9f, 1],
  [0xee, 0xef, 0x80, 0xbf, 1],
  [0xf0, 0xf0, 0x90, 0xbf, 2],
  [0xf1, 0xf3, 0x80, 0xbf, 2],
  [0xf4, 0xf4, 0x80, 0x8f, 2],
] as const;

/** White space that a person sees as such, in any script. */
export function anySpace(x: Expressions): Node {
  return x.either(x.oneOf(SPACES), ...WIDE_SPACES.map((space) => x.text(space)));
}

/** A whole character in UTF-8. @param ascii whether it may be this one of ASCII */
export function character(x: Expressions, ascii: (character: string) => boolean): Node {
  const range = (from: number, to: number) => x.bytes((byte) => from <= byte && byte <= to);
  const wide = LEADS.map(([from, to, secondFrom, secondTo, more]) => {
    const others = Array.from({ length: more }, () => range(0x80, 0xbf));
    return x.sequence(range(from, to), range(secondFrom, secondTo), ...others);
  });
  return x.either(
    x.bytes((byte) => byte < 0x80 && ascii(String.fromCharCode(byte))),
    ...wide,
  );
}

/** Anything in which something can be seen. */
export function visible(x: Expressions): Node {
  const blank = x.anyNumber(anySpace(x));
  return x.both(
    x.not(blank),
    x.sequence(
      x.anyNumber(x.oneOf(SPACES)),
      x.bytes((byte) => byte > 32),
      x.anything,
    ),
  );
}
