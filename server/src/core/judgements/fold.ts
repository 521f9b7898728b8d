/** Full-width forms, circled and bracketed letters and numbers, CJK brackets and quotes, digits of other scripts. */
const FOLDED = /[！-～\u3000①-⑨⑴-⑼Ⓐ-Ⓩⓐ-ⓩ【】〔〕「」『』٠-٩۰-۹०-९]/g;
const MARKS: Readonly<Record<string, string>> = {
  '【': '[',
  '】': ']',
  '〔': '[',
  '〕': ']',
  '「': '"',
  '」': '"',
  '『': '"',
  '』': '"',
  '\u3000': ' ',
};
const ZEROS = [0x660, 0x6f0, 0x966];

/** The text with other scripts' forms of letters, digits and brackets as ASCII; every offset stays where it was. */
export function fold(text: string): string {
  return text.replace(FOLDED, (char) => MARKS[char] ?? digit(char) ?? plain(char));
}

function digit(char: string): string | undefined {
  const code = char.charCodeAt(0);
  const zero = ZEROS.find((first) => code >= first && code <= first + 9);
  return zero === undefined ? undefined : String(code - zero);
}

/** `（` is `(`, and `⑴`, which folds to three characters, is `1`. */
function plain(char: string): string {
  const folded = char.normalize('NFKC');
  return folded.length === 1 ? folded : folded.charAt(1);
}
