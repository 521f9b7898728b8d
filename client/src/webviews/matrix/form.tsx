import type { MatrixAxes } from '../../../../server/src/protocol/messages.ts';
import { plural } from '../../text.ts';
import { NumberField } from '../shared/number-field.tsx';
import { useKept } from '../shared/page.tsx';
import type { MatrixWish, Message, Model } from './messages.ts';

interface Props {
  readonly model: Model;
  readonly send: (message: Message) => void;
}

/** What a person has set, as far as it differs from what the prompt file says. */
type Set_ = Partial<Omit<MatrixWish, 'axes'>> & Partial<MatrixAxes>;

/** What is to be run. */
export function Form({ model, send }: Props) {
  const [set, setSet] = useKept<Set_>('wish', {});
  const { options, models, splits, progress } = model;
  if (!options) return null;
  const { axes, own, variations, raceRule } = options;
  const usable = models.filter(({ unavailable }) => unavailable === null).map(({ id }) => id);
  const [student = usable[0]] = models.filter(({ role }) => role === 'student').map(({ id }) => id);
  const named = own.models.filter((id) => usable.includes(id));
  const wish: MatrixWish = {
    models: (set.models ?? (named.length > 0 ? named : [student ?? ''])).filter((id) => usable.includes(id)),
    axes: {
      settings: set.settings ?? axes.settings,
      strategies: set.strategies ?? ['as-written', 'zero-shot', 'chain-of-thought'],
      formats: set.formats ?? [own.format],
      orders: set.orders ?? ['answer-last'],
    },
    split: set.split === undefined ? own.split : set.split,
    n: set.n ?? 60,
    seed: set.seed ?? 0,
    racing: set.racing ?? false,
    constrained: set.constrained ?? false,
    variations: set.variations ?? [],
  };
  const change = (part: Set_) => setSet({ ...set, ...part });
  const isEmpty = wish.models.length === 0 || Object.values(wish.axes).some((values) => values.length === 0);
  return (
    <form
      class="wish"
      onSubmit={(event) => {
        event.preventDefault();
        send({ type: 'run', wish });
      }}
    >
      <Choices title="Models" all={usable} chosen={wish.models} onChange={(models) => change({ models })} />
      <Choices
        title="Settings"
        all={axes.settings}
        chosen={wish.axes.settings}
        onChange={(settings) => change({ settings })}
      />
      <Choices
        title="Strategies"
        all={axes.strategies}
        chosen={wish.axes.strategies}
        onChange={(strategies) => change({ strategies })}
      />
      <Choices
        title="Formats"
        all={axes.formats}
        chosen={wish.axes.formats}
        onChange={(formats) => change({ formats })}
      />
      <Choices
        title="Order"
        all={axes.orders}
        chosen={wish.axes.orders}
        onChange={(orders) => change({ orders })}
      />
      <fieldset class="choices">
        <legend>Each cell again with</legend>
        {variations.map(({ id, words }) => (
          <label key={id} title={words}>
            <input
              type="checkbox"
              checked={wish.variations.includes(id)}
              onChange={({ currentTarget }) =>
                change({
                  variations: toggled(
                    variations.map((one) => one.id),
                    wish.variations,
                    id,
                    currentTarget.checked,
                  ),
                })
              }
            />
            {id}
          </label>
        ))}
      </fieldset>
      <fieldset class="row">
        <legend class="hidden">Records</legend>
        <NumberField label="Sample of" least={1} value={wish.n} onChange={(n) => change({ n })} />
        <label>
          of
          <select
            value={wish.split ?? ''}
            onChange={({ currentTarget }) => change({ split: currentTarget.value || null })}
          >
            {splits.splits.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
            <option value="">all records</option>
          </select>
        </label>
        <NumberField label="seed" least={0} value={wish.seed} onChange={(seed) => change({ seed })} />
        <label title={raceRule}>
          <input
            type="checkbox"
            checked={wish.racing}
            onChange={({ currentTarget }) => change({ racing: currentTarget.checked })}
          />
          stop cells that cannot win
        </label>
        <label title="Hold each output to the format of its cell, token by token, where the model can be held.">
          <input
            type="checkbox"
            checked={wish.constrained}
            onChange={({ currentTarget }) => change({ constrained: currentTarget.checked })}
          />
          hold to the format
        </label>
        <span class="gap" />
        <span class="quiet">at most {plural(cellCount(wish), 'cell')}</span>
        {progress ? (
          <button type="button" onClick={() => send({ type: 'stop' })}>
            Stop
          </button>
        ) : (
          <button type="submit" class="primary" disabled={isEmpty || model.dataset === ''}>
            Run Matrix
          </button>
        )}
      </fieldset>
    </form>
  );
}

function cellCount({ models, axes }: MatrixWish): number {
  const asked = axes.strategies.filter((strategy) => strategy !== 'as-written').length;
  const written = axes.strategies.length - asked;
  return models.length * axes.settings.length * (written + asked * axes.formats.length * axes.orders.length);
}

interface ChoicesProps<Value> {
  readonly title: string;
  readonly all: readonly Value[];
  readonly chosen: readonly Value[];
  readonly onChange: (chosen: readonly Value[]) => void;
}

function Choices<Value extends string | number>({ title, all, chosen, onChange }: ChoicesProps<Value>) {
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      {all.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ currentTarget }) => onChange(toggled(all, chosen, value, currentTarget.checked))}
          />
          {value}
        </label>
      ))}
    </fieldset>
  );
}

/** What is chosen, in the order of all. */
function toggled<Value>(
  all: readonly Value[],
  chosen: readonly Value[],
  value: Value,
  isChosen: boolean,
): Value[] {
  return all.filter((one) => (one === value ? isChosen : chosen.includes(one)));
}
