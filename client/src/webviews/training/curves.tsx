import type { TrainingView } from '../../../../server/src/protocol/training.ts';
import { Chart } from './chart.tsx';

/** Loss, learning rate and gradient norm over the steps; the tasks over the evaluations. */
export function Curves({ training }: { readonly training: TrainingView }) {
  const { curves, evaluations } = training;
  if (curves.step.length === 0 && evaluations.length === 0) {
    return <p class="quiet">{noPoints(training)}</p>;
  }
  const at = evaluations.map(({ step }) => step);
  const share = (count: (one: (typeof evaluations)[number]) => number | null) =>
    evaluations.map((one) => {
      const n = count(one);
      return n === null || one.n === 0 ? null : n / one.n;
    });
  const hasStages = evaluations.some(({ staged }) => staged !== null);
  return (
    <section class="charts" aria-label="Curves">
      <Chart title="Loss" x={curves.step} lines={[{ label: 'loss', values: curves.loss, colour: 'blue' }]} />
      <Chart
        title="Learning rate"
        x={curves.step}
        lines={[{ label: 'learning rate', values: curves.learningRate, colour: 'green' }]}
      />
      <Chart
        title="Gradient norm"
        x={curves.step}
        lines={[{ label: 'gradient norm', values: curves.gradientNorm, colour: 'yellow' }]}
      />
      {at.length > 0 && (
        <Chart
          title="Answers of the evaluation’s records"
          x={at}
          unit="share"
          hasPoints
          lines={[
            { label: 'accuracy', values: share(({ correct }) => correct), colour: 'green' },
            { label: 'coverage', values: share(({ mapped }) => mapped), colour: 'blue', dash: [8, 4] },
          ]}
        />
      )}
      {at.length > 0 && (
        <Chart
          title="What is wrong with them"
          x={at}
          unit="share"
          hasPoints
          lines={[
            { label: 'empty', values: evaluations.map(({ empty }) => empty), colour: 'red' },
            {
              label: 'contradictions',
              values: share(({ contradictions }) => contradictions),
              colour: 'yellow',
              dash: [8, 4],
            },
            ...(hasStages
              ? [
                  {
                    label: 'stages not valid',
                    values: share(({ staged, n }) => (staged === null ? null : n - staged)),
                    colour: 'purple' as const,
                    dash: [2, 3],
                  },
                ]
              : []),
          ]}
        />
      )}
      {at.length > 0 && (
        <Chart
          title="Loss on the evaluation’s records"
          x={at}
          hasPoints
          lines={[{ label: 'loss', values: evaluations.map(({ loss }) => loss), colour: 'purple' }]}
        />
      )}
    </section>
  );
}

/** Why there is no curve yet. */
function noPoints({ state, isCheck }: TrainingView): string {
  if (isCheck) return 'The recipe is being checked; nothing is trained.';
  if (state === 'checked') return 'Nothing is trained yet. The batch is what the student would learn from.';
  return 'The first points are shown when the first step is done.';
}
