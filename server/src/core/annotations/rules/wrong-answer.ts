import { choiceLetter, shorten } from '../../text.ts';
import { setAnswer } from '../choice-edits.ts';
import { choiceName, questionSpan } from '../outputs.ts';
import type { Fix, OutputContext, OutputRule } from '../types.ts';

export const wrongAnswer: OutputRule = {
  id: 'wrong-answer',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'The model chose another answer than the gold one.',
    why: 'Either the model is wrong, which is what the accuracy counts, or the dataset is: when a strong model disagrees with the gold answer, the label deserves a second look.',
    example: '<CONCLUSION>B</CONCLUSION>, where the gold answer is A',
    fix: 'Look at the image and the reasoning in the hover. If the gold answer is the wrong one, the quick fix sets it to what the model chose.',
  },
  *check(context) {
    const { source, judgement, prediction, model } = context;
    const { reading } = judgement;
    if (judgement.verdict !== 'wrong' || reading.choice === null) return;
    // A person's mapping rests on no characters.
    const { start, end } = reading.span ?? { start: 0, end: 0 };
    const { choices, answer } = source.record;
    yield {
      message: `${model} answers ${choiceName(choices, reading.choice)}; gold is ${choiceName(choices, answer as number)}.`,
      span: source.fields.get('answer')?.value ?? questionSpan(source),
      field: 'answer',
      evidence: shorten(prediction.output.slice(start, end), 200),
      outputSpan: reading.span ?? undefined,
      fixes: relabel(context, reading.choice),
    };
  },
};

/** Never preferred: the model may just as well be wrong. */
function relabel({ source }: OutputContext, choice: number): Fix[] {
  const edits = setAnswer(source, choice);
  return edits.length > 0 ? [{ title: `Set the gold answer to ${choiceLetter(choice)}`, edits }] : [];
}
