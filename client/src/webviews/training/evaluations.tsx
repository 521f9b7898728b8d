import type { TrainingEvaluation, TrainingView } from '../../../../server/src/protocol/training.ts';

/** The numbers behind the task curves, the newest first. */
export function Evaluations({ training: { evaluations } }: { readonly training: TrainingView }) {
  if (evaluations.length === 0) return null;
  return (
    <table>
      <caption class="hidden">How the student did on the evaluation’s records</caption>
      <thead>
        <tr>
          {[
            'step',
            'accuracy',
            'coverage',
            'stages',
            'contradictions',
            'empty',
            'words',
            'tokens',
            'loss',
          ].map((head) => (
            <th scope="col" key={head}>
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
