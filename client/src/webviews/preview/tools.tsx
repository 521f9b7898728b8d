import type { ModelRow } from '../../../../server/src/protocol/messages.ts';
import { NumberField } from '../shared/number-field.tsx';
import { useKept } from '../shared/page.tsx';
import type { Message, Model, SampleRequest } from './messages.ts';

interface Props {
  readonly model: Model;
  readonly send: (message: Message) => void;
}

/** Which models are asked, and what for. */
export function Tools({ model, send }: Props) {
  const { chosen } = model;
  const isBusy = [...model.outputs, ...model.samples, ...(model.comparison ? [model.comparison] : [])].some(
    ({ progress }) => progress.state === 'running' || progress.state === 'waiting',
  );
  const cannot = model.prompt === null || model.problem !== null || chosen.length === 0 || isBusy;
  return (
    <div class="tools">
      <Models model={model} send={send} />
      <div class="row">
        <button
          type="button"
          class="primary"
          disabled={cannot || model.prompt?.refusal !== null}
          onClick={() => send({ type: 'run' })}
        >
          Run on This Record
        </button>
        {isBusy && (
          <button type="button" onClick={() => send({ type: 'stop' })}>
            Stop
          </button>
        )}
        <span class="gap" />
        <button
          type="button"
          disabled={!model.prompt}
          onClick={() => send({ type: 'copy', language: 'curl' })}
        >
          Copy as curl
        </button>
        <button
          type="button"
          disabled={!model.prompt}
          onClick={() => send({ type: 'copy', language: 'python' })}
        >
          Copy as Python
        </button>
        <button type="button" onClick={() => send({ type: 'showMatrix' })}>
          Matrix…
        </button>
      </div>
      <Sample model={model} cannot={cannot} send={send} />
    </div>
  );
}

function Models({ model: { models, chosen }, send }: Props) {
  const toggle = ({ id }: ModelRow, isChosen: boolean) =>
    send({
      type: 'choose',
      models: models.map((one) => one.id).filter((one) => (one === id ? isChosen : chosen.includes(one))),
    });
  return (
    <fieldset class="models">
      <legend>Models</legend>
      {models.map((row) => (
        <label key={row.id} title={row.unavailable ?? row.description}>
          <input
            type="checkbox"
            checked={chosen.includes(row.id)}
            disabled={row.unavailable !== null}
            onChange={({ currentTarget }) => toggle(row, currentTarget.checked)}
          />
          {row.id}
        </label>
      ))}
      {models.length === 0 && <span class="quiet">None was found.</span>}
    </fieldset>
  );
}

const ALL = '';

function Sample({ model, cannot, send }: Props & { readonly cannot: boolean }) {
  const { splits, records } = model.splits;
  const [n, setN] = useKept('n', 60);
  const [seed, setSeed] = useKept('seed', 0);
  const [split, setSplit] = useKept<string | null>('split', null);
  const wished = split ?? model.prompt?.split ?? ALL;
  const known = splits.some(({ name }) => name === wished) ? wished : ALL;
  const request: SampleRequest = { n, seed, split: known === ALL ? null : known };
  return (
    <fieldset class="row">
      <legend class="hidden">Sample</legend>
      <NumberField label="Sample of" least={1} value={n} onChange={setN} />
      <label>
        of
        <select value={known} onChange={({ currentTarget }) => setSplit(currentTarget.value)}>
          {splits.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name} ({one.records.toLocaleString('en')})
            </option>
          ))}
          <option value={ALL}>all records ({records.toLocaleString('en')})</option>
        </select>
      </label>
      <NumberField label="seed" least={0} value={seed} onChange={setSeed} />
      <button type="button" disabled={cannot} onClick={() => send({ type: 'sample', request })}>
        Run on Sample
      </button>
      <button type="button" disabled={cannot} onClick={() => send({ type: 'compare', request })}>
        Compare with HEAD
      </button>
    </fieldset>
  );
}
