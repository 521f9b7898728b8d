import './training.css';
import { duration } from '../../text.ts';
import { mount, type PageProps, useKept } from '../shared/page.tsx';
import { Batch } from './batch.tsx';
import { Curves } from './curves.tsx';
import { Evaluations } from './evaluations.tsx';
import type { Message, Model } from './messages.ts';
import { Samples } from './samples.tsx';
import { Summary } from './summary.tsx';

mount<Model, Message>(Training);

const TABS = ['Curves', 'Samples', 'Batch'] as const;

function Training({ model, send }: PageProps<Model, Message>) {
  const { training, batch = [], gone } = model;
  const [tab, setTab] = useKept<(typeof TABS)[number]>('tab', 'Curves');
  if (!training)
    return gone === null ? <p class="quiet">Reading the run…</p> : <p class="banner error">{gone}</p>;
  return (
    <>
      <Summary training={training} send={send} />
      {gone !== null && <p class="banner error">{gone}</p>}
      <div class="tabs" role="tablist" aria-label="What to show">
        {TABS.map((name) => (
          <button
            type="button"
            role="tab"
            key={name}
            aria-selected={tab === name}
            onClick={() => setTab(name)}
          >
            {name}
          </button>
        ))}
      </div>
      {tab === 'Curves' && (
        <>
          <Curves training={training} />
          <Evaluations training={training} />
        </>
      )}
      {tab === 'Samples' && <Samples samples={training.samples} of={training.evaluations.at(-1)?.n ?? 0} />}
      {tab === 'Batch' && <Batch rows={batch} />}
      <p class="quiet foot">
        {training.examples > 0 && `${training.examples.toLocaleString('en')} examples. `}
        {training.cost &&
          `Measured beforehand: ${training.cost.tokens.toLocaleString('en')} tokens, about ${duration(training.cost.seconds)}.`}
      </p>
    </>
  );
}
