/** The text as it is compared: compatibility forms folded, lower case, white space runs as one space, trimmed. */
export function normalise(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** The text on one line and at most `limit` UTF-16 units long; what is cut is shown as `…`. */
export function shorten(text: string, limit = 60): string {
  const line = text
    .slice(0, limit * 4)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= limit && text.length <= limit * 4) return line;
  const cut = line.slice(0, limit - 1);
  const whole = isHighSurrogate(cut.charCodeAt(cut.length - 1)) ? cut.slice(0, -1) : cut;
  return `${whole.trimEnd()}…`;
}

/** The text shortened and in double quotes, for messages. */
export function quote(text: string, limit = 60): string {
  return `"${shorten(text, limit)}"`;
}

/** `1 choice`, `3 choices`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** The letter by which a prompt and a person name a choice: 0 is A. Past Z, the number counted from 1. */
export function choiceLetter(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : String(index + 1);
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
