import type { TrainingEvaluation, TrainingView } from '../../../../server/src/protocol/training.ts';

/** Each column and what it counts. */
const HEADS = [
  ['step', 'Steps done before'],
  ['accuracy', 'Answers that are the gold one'],
  ['coverage', 'Outputs in which the reader finds an answer'],
  ['valid stages', 'Outputs whose stages are there, whole and in order'],
  ['contradictions', 'Outputs whose reasoning ends with another answer than their conclusion'],
  ['empty', 'Outputs without any text'],
  ['distinct words', 'Different words in all outputs together'],
  ['mean length', 'Tokens of an output'],
  ['loss', 'Mean cross-entropy of the records’ targets, in nats a token'],
] as const;

/** The numbers behind the task curves, the newest first. */
export function Evaluations({ training: { evaluations } }: { readonly training: TrainingView }) {
  if (evaluations.length === 0) return null;
  return (
    <table class="numbers">
      <caption class="hidden">How the student did on the evaluation’s records</caption>
      <thead>
        <tr>
          {HEADS.map(([head, meaning]) => (
            <th scope="col" key={head} title={meaning}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{evaluations.toReversed().map(Row)}</tbody>
    </table>
  );
}

function Row(row: TrainingEvaluation) {
  const { step, n, correct, mapped, staged, contradictions, empty, distinctWords, length, loss } = row;
  const of = (count: number | null) => (count === null ? '–' : `${count} of ${n}`);
  return (
    <tr key={step}>
      <th scope="row">{step}</th>
      <td>{of(correct)}</td>
      <td>{of(mapped)}</td>
      <td>{of(staged)}</td>
      <td>{of(contradictions)}</td>
      <td>{(100 * empty).toFixed(0)} %</td>
      <td>{distinctWords}</td>
      <td>{length.toFixed(1)}</td>
      <td>{loss === null ? '–' : loss.toFixed(4)}</td>
    </tr>
  );
}
