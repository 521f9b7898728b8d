/** What Python's `str.isspace` holds for white space; JavaScript's `\s` lacks five of it and has U+FEFF besides. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const WORDS = new RegExp(`[^${SPACE}]+`, 'g');
const WORDS_WITHOUT_PERIODS = new RegExp(`[^${SPACE}.]+`, 'g');
const LEADING = new RegExp(`^[${SPACE}]+`);
const IS_SPACE = new RegExp(`^[${SPACE}]`);

/** `text.split()` of Python: the runs between white space. */
export function splitWords(text: string): string[] {
  return text.match(WORDS) ?? [];
}

/** The runs between white space and full stops. */
export function splitAtSpacesAndPeriods(text: string): string[] {
  return text.match(WORDS_WITHOUT_PERIODS) ?? [];
}

/** `text.strip()` of Python. */
export function strip(text: string): string {
  return stripEnd(text.replace(LEADING, ''));
}

/** `text.rstrip()` of Python. */
export function stripEnd(text: string): string {
  let end = text.length;
  // A pattern such as /\s+$/ takes quadratic time on a long run of spaces inside the text.
  while (end > 0 && IS_SPACE.test(text[end - 1] as string)) end--;
  return text.slice(0, end);
}
