import { quote } from '../../text.ts';
import { firstLine } from '../prompt-places.ts';
import type { PromptRule } from '../types.ts';

export const promptTooLong: PromptRule = {
  id: 'prompt-too-long',
  scope: 'prompt',
  severity: 'warning',
  docs: {
    what: 'A prompt that with one of the longest records leaves too little of a model’s context for the answer. Counted are the tokens of the model’s own tokenizer and chat template, those of the image included, for the models that the file names and those that have been run with it.',
    why: 'The answer is cut off, or the record cannot be asked at all; both count as wrong, and only for the longest records.',
    example:
      '---\nmodel: sketchbook-student\n---\nuser:\nQuestion: {{ question }}\n(and a thousand words of instructions)',
    fix: 'Shorten the template, name a setting that holds less, allow the answer fewer tokens with `model.options.maxOutputTokens`, or use a model with a longer context. Tried are the records with the most characters in what the template asks for.',
  },
  check({ file, lengths }) {
    return lengths().flatMap(({ model, record, tokens, context, answer }) => {
      if (tokens.total + answer <= context) return [];
      const left = context - tokens.total;
      const message =
        left <= 0
          ? `With record ${quote(record, 40)} the prompt has ${tokens.total} tokens, and ${model} takes ${context} with its answer: it cannot be asked.`
          : `With record ${quote(record, 40)} the prompt has ${tokens.total} tokens: of the ${context} that ${model} takes, ${left} are left to an answer of up to ${answer}.`;
      return [{ message, span: file.places.models ?? firstLine(file) }];
    });
  },
};
