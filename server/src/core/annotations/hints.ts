import type { RecordSource } from '../records/types.ts';
import { choiceLetter } from '../text.ts';
import { type ModelResult, VERDICT_MARKS, verdictWords } from './results.ts';

export interface AnswerHint {
  /** In the record's chunk: behind the value of `answer`, or of the question when there is no answer. */
  readonly offset: number;
  /** `teacher B ✓  student A ✗ 5/8`. */
  readonly label: string;
  /** One line a model. */
  readonly tooltip: string;
}

/** What the models answer, for one inlay hint; none when no model has been asked. */
export function answerHints(source: RecordSource, results: readonly ModelResult[]): AnswerHint[] {
  if (results.length === 0) return [];
  const place = source.fields.get('answer') ?? source.fields.get('question');
  return [
    {
      offset: place?.value.end ?? source.idSpan.end,
      label: results.map((result) => glance(result, nameOf(result, results))).join('  '),
      tooltip: results.map((result) => `${result.model}: ${verdictWords(result, source)}`).join('\n'),
    },
  ];
}

/** The role where it says which model is meant, the model's own name otherwise. */
function nameOf({ model, role }: ModelResult, results: readonly ModelResult[]): string {
  return role === 'other' || results.some((other) => other.role === role && other.model !== model)
    ? model
    : role;
}

function glance({ judgement, vote }: ModelResult, name: string): string {
  const { choice } = judgement.reading;
  const votes = vote && choice !== null ? ` ${vote.votes}/${vote.samples}` : '';
  const letter = choice === null ? '' : `${choiceLetter(choice)} `;
  return `${name} ${letter}${VERDICT_MARKS[judgement.verdict]}${votes}`;
}
