/** How other datasets write their gold answer: its number, its letter or its text. */
import { choiceLetter } from '../text.ts';

type Form = 'number' | 'digits' | 'letter' | 'text';

interface Reading {
  readonly form: Form;
  readonly choice: number;
}

/**
 * The choice that a written answer names, counted from 0; the value itself when it names none. Its whole text comes
 * first: of the choices "2" and "3" the answer "3" is the second.
 *
 * @param indexBase what a number calls the first choice
 */
export function answerFrom(written: unknown, choices: readonly unknown[], indexBase: 0 | 1): unknown {
  return readingOf(written, choices, indexBase)?.choice ?? written;
}

/** A choice as JSON, in the form in which the answer is written: `"C"` in the place of `"B"`. */
export function answerLike(
  written: unknown,
  choice: number,
  choices: readonly unknown[],
  indexBase: 0 | 1,
): string {
  switch (readingOf(written, choices, indexBase)?.form) {
    case 'letter':
      return JSON.stringify(choiceLetter(choice));
    case 'text':
      return JSON.stringify(choices[choice]);
    case 'digits':
      return JSON.stringify(String(choice + indexBase));
    default:
      return String(choice + indexBase);
  }
}

function readingOf(written: unknown, choices: readonly unknown[], indexBase: 0 | 1): Reading | null {
  if (Number.isSafeInteger(written)) return { form: 'number', choice: (written as number) - indexBase };
  if (typeof written !== 'string') return null;
  const text = written.trim();
  const same = choices.flatMap((choice, index) => (choice === written || choice === text ? [index] : []));
  if (same.length === 1) return { form: 'text', choice: same[0] as number };
  const [, letter] = /^\(?([A-Za-z])[).]?$/.exec(text) ?? [];
  if (letter !== undefined) return { form: 'letter', choice: letter.toUpperCase().charCodeAt(0) - 65 };
  return /^\d{1,3}$/.test(text) ? { form: 'digits', choice: Number(text) - indexBase } : null;
}
