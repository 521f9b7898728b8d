import type { DatasetRecord } from '../../records/types.ts';
import { choiceLetter, shorten } from '../../text.ts';
import { setAnswer } from '../choice-edits.ts';
import { choiceName, listed, questionSpan } from '../outputs.ts';
import { BY_PLACE, type SolutionAnswer, solutionAnswer } from '../solution-answer.ts';
import type { Opinion, OutputContext, OutputRule } from '../types.ts';

/** Models that must agree at least: one alone is only a wrong answer. */
const FEWEST = 2;
/** Models named in a message. */
const MOST_NAMED = 3;

export const goldSuspect: OutputRule = {
  id: 'gold-suspect',
  scope: 'output',
  severity: 'information',
  threshold: {
    default: 1,
    what: 'the share of the models with a readable answer that must name the same other choice, at least two of them.',
    minimum: 0.5,
    maximum: 1,
  },
  docs: {
    what: "The gold answer is in doubt: the record's own solution, or every model with a readable answer, names the same other choice.",
    why: 'A wrong gold answer counts right answers as wrong and teaches a student the mistake. Agreement against the label is the cheapest way to find one; where the solution stands by the gold answer, the rule keeps silent.',
    example: '<CONCLUSION>B</CONCLUSION> of teacher and student alike, where the gold answer is A',
    fix: 'Look at the image, the solution and the reasoning. If the gold answer is the wrong one, the quick fix sets it; models that were trained on one another agree easily.',
  },
  *check(context, threshold) {
    const { source, judgement, prediction, model } = context;
    const { choice, span } = judgement.reading;
    if (judgement.verdict !== 'wrong' || judgement.contradiction || choice === null) return;
    const { record } = source;
    const opinions = (context.opinions ?? [{ model, choice }]).filter((opinion) => opinion.choice !== null);
    const agreeing = opinions.filter((opinion) => opinion.choice === choice);
    // One finding for the record, on the first of the models that agree.
    if (agreeing[0]?.model !== model) return;
    const named = solutionAnswer(record);
    if (isSupported(record, named)) return;
    const said =
      named?.choice === choice
        ? `${model} and the record's solution both say`
        : modelsSay(agreeing, opinions, threshold);
    if (!said) return;
    yield {
      message: `${said} ${choiceName(record.choices, choice)}; gold is ${choiceName(record.choices, record.answer as number)}.`,
      span: source.fields.get('answer')?.value ?? questionSpan(source),
      field: 'answer',
      // A person's mapping rests on no characters.
      evidence: span ? shorten(prediction.output.slice(span.start, span.end), 200) : undefined,
      outputSpan: span ?? undefined,
      fixes: fixes(context, choice, agreeing),
    };
  },
};

/** A solution that stands by the gold answer outweighs models; one that speaks of places misleads those that read it. */
function isSupported({ solution, answer }: DatasetRecord, named: SolutionAnswer | null): boolean {
  return named ? named.choice === answer : BY_PLACE.test(solution);
}

function modelsSay(
  agreeing: readonly Opinion[],
  opinions: readonly Opinion[],
  threshold: number,
): string | null {
  if (agreeing.length < FEWEST || agreeing.length / opinions.length < threshold) return null;
  return `${agreeing.length} of ${opinions.length} models (${namesOf(agreeing)}) answer`;
}

function namesOf(opinions: readonly Opinion[]): string {
  const names = opinions.slice(0, MOST_NAMED).map(({ model }) => model);
  return opinions.length > MOST_NAMED ? `${names.join(', ')}, …` : listed(names);
}

/** Never preferred: what agrees may be wrong together. */
function fixes({ source }: OutputContext, choice: number, agreeing: readonly Opinion[]) {
  const edits = setAnswer(source, choice);
  if (edits.length === 0) return [];
  return [
    {
      title: `Set the gold answer to ${choiceLetter(choice)}, as ${namesOf(agreeing)} ${agreeing.length > 1 ? 'say' : 'says'}`,
      edits,
    },
  ];
}
