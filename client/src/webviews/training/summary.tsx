import type { TrainingPreparation, TrainingView } from '../../../../server/src/protocol/training.ts';
import { duration, trainingProgress, trainingState } from '../../text.ts';
import type { PageProps } from '../shared/page.tsx';
import type { Message, Model } from './messages.ts';

/** What is trained, how far it is, what can be done, and what is wrong. */
export function Summary({
  training,
  send,
}: { readonly training: TrainingView } & Pick<PageProps<Model, Message>, 'send'>) {
  const { name, state, step, steps, preparation, problem, findings, warnings } = training;
  const share = preparation ? preparation.done / preparation.total : steps ? step / steps : 0;
  return (
    <header>
      <h1>
        {name}
        <span class="badge" data-state={state}>
          {trainingState(training)}
        </span>
      </h1>
      <div class="row">
        <progress
          max={1}
          value={share}
          aria-label={preparation ? 'Done before the first step' : 'Steps done'}
        />
        <span class="count" role="status">
          {preparation
            ? preparing(preparation)
            : trainingProgress(training) || (state === 'running' && waiting(training))}
        </span>
      </div>
      <dl class="facts">
        {factsOf(training).map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Actions training={training} send={send} />
      {problem !== null && <p class="banner error">{problem}</p>}
      {state === 'checked' && findings.length === 0 && problem === null && (
        <p class="banner good">Nothing is wrong with this recipe.</p>
      )}
      {findings.map(({ severity, code, message }) => (
        <p class={`banner ${severity}`} key={code + message}>
          {message}
        </p>
      ))}
      {warnings.map((message) => (
        <p class="banner warning" key={message}>
          {message}
        </p>
      ))}
    </header>
  );
}

function waiting({ waitingJob }: TrainingView): string {
  return waitingJob === null ? 'getting ready' : `job ${waitingJob} waits in the queue of the cluster`;
}

/** `Working out image features: 128 of 2,000 images, 14.2 images/s, 3 min left`. */
function preparing({ what, unit, done, total, rate, secondsLeft }: TrainingPreparation): string {
  return [
    `Working out ${what}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${unit}`,
    ...(rate === null ? [] : [`${rate.toFixed(1)} ${unit}/s`]),
    ...(secondsLeft === null ? [] : [`${duration(secondsLeft)} left`]),
  ].join(', ');
}

function Actions({ training, send }: Parameters<typeof Summary>[0]) {
  const { state, model, checkpoint } = training;
  const mayResume = ['interrupted', 'stopped', 'failed', 'checked', 'new'].includes(state);
  return (
    <div class="row">
      {state === 'running' && (
        <button type="button" onClick={() => send({ type: 'stop' })}>
          Stop
        </button>
      )}
      {mayResume && (
        <button type="button" class="primary" onClick={() => send({ type: 'resume' })}>
          {state === 'checked' || state === 'new' ? 'Train' : 'Resume'}
        </button>
      )}
      {model !== null && (
        <button type="button" class="primary" onClick={() => send({ type: 'annotate' })}>
          Annotate with this student
        </button>
      )}
      {checkpoint !== null && (
        <button
          type="button"
          title="The last checkpoint is then never removed"
          onClick={() => send({ type: 'pin' })}
        >
          Keep checkpoint {checkpoint}
        </button>
      )}
      <button type="button" onClick={() => send({ type: 'openRecipe' })}>
        Open recipe
      </button>
      <button type="button" onClick={() => send({ type: 'reveal' })}>
        Reveal folder
      </button>
    </div>
  );
}

function factsOf(training: TrainingView): [string, string][] {
  const { state, step, steps, secondsLeft, rate, device, memoryBytes, weights, epoch } = training;
  const { checkpoint, agreement, cost } = training;
  const last = training.curves.loss.at(-1);
  const judged = training.evaluations.at(-1);
  const epochs = Math.round((epoch * (steps ?? 0)) / Math.max(1, step));
  const memory = memoryBytes ?? cost?.memoryBytes ?? null;
  const facts: [string, string | null][] = [
    ['Loss', last === undefined ? null : last.toFixed(4)],
    [
      'Accuracy',
      judged && judged.n > 0
        ? `${Math.round((100 * judged.correct) / judged.n)} % (${judged.correct} of ${judged.n})`
        : null,
    ],
    ['Epoch', epoch === 0 ? null : `${epoch.toFixed(2)} of ${epochs}`],
    ['Time left', state === 'running' && secondsLeft !== null ? duration(secondsLeft) : null],
    [
      'Speed',
      rate === null ? null : rate < 1 ? `${(1 / rate).toFixed(1)} s/step` : `${rate.toFixed(1)} steps/s`,
    ],
    ['Device', device],
    ['Memory', memory === null ? null : bytes(memory)],
    [
      'Trained weights',
      weights && `${weights.trainable.toLocaleString('en')} of ${weights.total.toLocaleString('en')}`,
    ],
    ['Checkpoint', checkpoint === null ? null : `step ${checkpoint}`],
    ['Export agrees', agreement && `${agreement.agreed} of ${agreement.verified} answers`],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

function bytes(count: number): string {
  return count < 1e9 ? `${Math.round(count / 1e6)} MB` : `${(count / 1e9).toFixed(1)} GB`;
}
