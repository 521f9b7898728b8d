import type { PrintedNumber } from './types.ts';

/** Digits in groups of three or in one piece, a fraction, a percent sign, and perhaps a deviation or a note behind. */
const NUMBER =
  /^([-+−–]?)(\d{1,3}(?:,\d{3})+|\d+|(?=\.\d))(?:\.(\d+))?\s*(%?)\s*(?:((?:±|\+\/-|\+-)\s*\.?\d.*)|\(.*\))?[\s*†‡§¶]*$/;

/** The number that a cell prints, or null when it is none. */
export function readNumber(cell: string): PrintedNumber | null {
  const match = NUMBER.exec(cell.trim());
  if (!match) return null;
  const [, sign, whole = '', fraction = '', percent, deviation] = match;
  const size = Number(`${whole.replaceAll(',', '') || '0'}.${fraction || '0'}`);
  return {
    value: sign && sign !== '+' ? -size : size,
    slack: 0.5 * 10 ** -fraction.length,
    digits: fraction.length,
    isPercent: percent === '%',
    isMean: deviation !== undefined,
  };
}
