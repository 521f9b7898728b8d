import type { OutputFormat } from '../../prompts/types.ts';
import { firstLine } from '../prompt-places.ts';
import { STAGES, tagOf } from '../stages.ts';
import type { PromptRule } from '../types.ts';

export const formatNotRequested: PromptRule = {
  id: 'format-not-requested',
  scope: 'prompt',
  severity: 'hint',
  docs: {
    what: 'A prompt whose `format` is stage tags, JSON or a letter, but whose own words never ask the model for it.',
    why: 'A model trained on this very prompt needs no asking, as the embedded ones. Any other will answer in its own way, and its answers cannot be read.',
    example:
      '---\nmetadata:\n  rationale:\n    format: json\n---\nuser:\nQuestion: {{ question }}\nThink before you answer.',
    fix: 'Say in the prompt what the output must look like, or correct `format`. For models that were trained on it, leave it.',
  },
  check({ file, uses }) {
    // A strategy asks for the format itself.
    const missing = uses && file.strategy === null ? lacking(file.format, uses.text) : null;
    if (missing === null) return [];
    return [
      {
        message: `The format is "${file.format}", but the prompt ${missing}: only a model that was trained on it will answer so.`,
        span: file.places.format ?? firstLine(file),
      },
    ];
  },
};

/** What the words of a prompt do not ask for; null when they ask for the format. */
function lacking(format: OutputFormat, text: string): string | null {
  switch (format) {
    case 'stages': {
      const missing = STAGES.map(tagOf).filter((tag) => !text.toUpperCase().includes(tag));
      if (missing.length === 0) return null;
      return missing.length === STAGES.length
        ? `never names the tags ${missing.join(', ')}`
        : `does not name ${missing.join(', ')}`;
    }
    case 'json':
      return /json/i.test(text) ? null : 'never asks for JSON';
    case 'letter':
      return asksForLetter(text) ? null : 'never asks for a letter';
  }
}

/** The word itself, or letters to choose from: `A, B or C`, `A/B/C/D`; "N/A" is none. */
function asksForLetter(text: string): boolean {
  return /\bletters?\b/i.test(text) || /\b(?!N\/A\b)[A-Z]["')]?\s*(?:,|\/|\bor\b)\s*["'(]?[A-Z]\b/.test(text);
}
