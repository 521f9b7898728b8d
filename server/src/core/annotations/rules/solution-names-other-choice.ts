import { choiceLetter, quote } from '../../text.ts';
import { answerFix } from '../choice-edits.ts';
import { otherSolutionAnswer } from '../solution-answer.ts';
import type { RecordRule } from '../types.ts';

export const solutionNamesOtherChoice: RecordRule = {
  id: 'solution-names-other-choice',
  scope: 'record',
  severity: 'warning',
  reads: ['choices', 'answer', 'solution'],
  docs: {
    what: 'A solution that ends in another choice than the gold answer: it says "The answer is …", or names no choice but that one.',
    why: 'One of the two is wrong. A wrong gold answer counts right outputs as wrong; a wrong solution is training text that teaches a mistake.',
    example:
      '"7": { "question": "Which is a metal?", "choices": ["oak", "iron"], "answer": 0, "solution": "Iron conducts electricity. The answer is iron." }',
    fix: 'Read the solution and correct whichever is wrong. The quick fix makes its choice the gold answer.',
  },
  check({ source, text }) {
    const { answer, choices } = source.record;
    const named = otherSolutionAnswer(source.record);
    if (!named) return [];
    const written = source.fields.get('answer');
    const other = `${choiceLetter(named.choice)}: ${quote(choices[named.choice] as string, 40)}`;
    return [
      {
        message: `The gold answer is ${choiceLetter(answer as number)}, but the solution names ${other}.`,
        span: (written ?? source.fields.get('solution'))?.value ?? source.idSpan,
        field: 'answer',
        evidence: named.sentence,
        fixes: written ? [answerFix(source, text, named.choice)] : [],
      },
    ];
  },
};
