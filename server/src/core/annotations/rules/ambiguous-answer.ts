import { quote } from '../../text.ts';
import { choiceName, listed, questionSpan } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const ambiguousAnswer: OutputRule = {
  id: 'ambiguous-answer',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The output names more than one choice as its answer, so none is taken.',
    why: 'Guessing one would make the accuracy depend on the guess. It counts as unmapped.',
    example: 'The correct answer is (A). The correct answer is (B).',
    fix: 'Read the evidence. Two choices that read alike, or numbers that are themselves choices, are better told apart in the dataset; a bare number needs the prompt to say whether it counts from 0 or from 1.',
  },
  *check({ source, judgement, prediction, model }) {
    const candidates = judgement.reading.candidates.toSorted((a, b) => a.choice - b.choice);
    if (judgement.verdict !== 'unmapped' || candidates.length === 0) return;
    const names = candidates.map(({ choice }) => choiceName(source.record.choices, choice));
    const quotes = new Set(
      candidates.map(({ span }) => quote(prediction.output.slice(span.start, span.end))),
    );
    yield {
      message: `${model} can be read as ${listed(names, 'or')}.`,
      span: questionSpan(source),
      evidence: [...quotes].join(', '),
      outputSpan: {
        start: Math.min(...candidates.map(({ span }) => span.start)),
        end: Math.max(...candidates.map(({ span }) => span.end)),
      },
    };
  },
};
