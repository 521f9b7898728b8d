import { quote } from '../../text.ts';
import type { PromptRule } from '../types.ts';

export const unusedInput: PromptRule = {
  id: 'unused-input',
  scope: 'prompt',
  severity: 'warning',
  docs: {
    what: 'An input that the front matter declares and the template never asks for.',
    why: 'Whoever reads the inputs believes that the model is shown it. Often the template has lost it, or misspells it.',
    example:
      '---\ninputs:\n  question:\n    kind: string\n  hint:\n    kind: string\n---\nuser:\nQuestion: {{ question }}',
    fix: 'Use it in the template, or take it out of the inputs.',
  },
  check({ file, uses }) {
    if (!uses) return [];
    const used = new Set(uses.variables.map(({ name }) => name));
    return file.inputs
      .filter(({ name }) => !used.has(name))
      .map(({ name, span }) => ({
        message: `The input ${quote(name, 40)} is declared, but the template never asks for it: use it, or take it out.`,
        span,
      }));
  },
};
