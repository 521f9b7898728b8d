import type { TrainingView } from '../../../../server/src/protocol/training.ts';
import { useKept } from '../shared/page.tsx';
import { Chart, type Line } from './chart.tsx';

/** Loss, learning rate and gradient norm over the steps; the tasks over the evaluations. */
export function Curves({ training }: { readonly training: TrainingView }) {
  const { curves, evaluations } = training;
  const [smoothing, setSmoothing] = useKept('smoothing', 0.6);
  const to = Math.max(curves.step.at(-1) ?? 0, evaluations.at(-1)?.step ?? 0);
  const noisy = (label: string, values: readonly (number | null)[], colour: Line['colour']): Line[] =>
    smoothing === 0
      ? [{ label, values, colour }]
      : [
          { label, values, colour, isFaint: true },
          { label: 'smoothed', values: smoothed(values, smoothing), colour },
        ];
  const at = evaluations.map(({ step }) => step);
  const share = (count: (one: (typeof evaluations)[number]) => number | null) =>
    evaluations.map((one) => {
      const n = count(one);
      return n === null || one.n === 0 ? null : n / one.n;
    });
  const hasStages = evaluations.some(({ staged }) => staged !== null);
  if (curves.step.length === 0 && evaluations.length === 0) {
    return <p class="quiet">{noPoints(training)}</p>;
  }
  return (
    <section class="charts" aria-label="Curves">
      <label
        class="smoothing"
        title="How much of the mean before each step is kept, as in TensorBoard; 0: none"
      >
        Smoothing of loss and gradient norm
        <input
          type="range"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          onInput={({ currentTarget }) => setSmoothing(Number(currentTarget.value))}
        />
        <output>{smoothing.toFixed(2)}</output>
      </label>
      <Chart title="Loss" x={curves.step} to={to} lines={noisy('loss', curves.loss, 'blue')} />
      <Chart
        title="Learning rate"
        to={to}
        x={curves.step}
        lines={[{ label: 'learning rate', values: curves.learningRate, colour: 'green' }]}
      />
      <Chart
        title="Gradient norm"
        x={curves.step}
        to={to}
        lines={noisy('norm', curves.gradientNorm, 'yellow')}
      />
      {at.length > 0 && (
        <Chart
          title="Answers to the evaluation’s records"
          to={to}
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
          title="Faults of these answers"
          to={to}
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
                    label: 'invalid stages',
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
          to={to}
          x={at}
          hasPoints
          lines={[{ label: 'loss', values: evaluations.map(({ loss }) => loss), colour: 'purple' }]}
        />
      )}
    </section>
  );
}

/** TensorBoard's exponential mean, which does not begin at 0: `kept` of what was before, of so many values. */
function smoothed(values: readonly (number | null)[], kept: number): (number | null)[] {
  let [mean, weight] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    mean = kept * mean + (1 - kept) * value;
    weight = kept * weight + (1 - kept);
    return mean / weight;
  });
}

/** Why there is no curve yet. */
function noPoints({ state, isCheck }: TrainingView): string {
  if (isCheck) return 'The recipe is being checked; nothing is trained.';
  if (state === 'checked') return 'Nothing is trained yet. The batch is what the student would learn from.';
  return 'The first points are shown when the first step is done.';
}
