import { useState } from 'preact/hooks';
import type { MatrixCellView, PositionsView } from '../../../../server/src/protocol/messages.ts';
import type { Share } from '../../../../server/src/protocol/values.ts';
import { percent } from '../../text.ts';
import { Interval } from './interval.tsx';
import type { Message } from './messages.ts';

interface Props {
  readonly name: string;
  readonly cells: readonly MatrixCellView[];
  readonly send: (message: Message) => void;
}

interface Column {
  readonly title: string;
  /** What is said of the column where the title is short. */
  readonly words?: string;
  readonly isNumber?: boolean;
  readonly of: (view: MatrixCellView) => preact.ComponentChildren;
}

/** The cells of one model. Arrow keys go from place to place, Enter opens a cell's failing records. */
export function CellTable({ name, cells, send }: Props) {
  const sorted = cells.toSorted(
    (a, b) => Number(a.unfair !== null) - Number(b.unfair !== null) || b.accuracy.value - a.accuracy.value,
  );
  const columns = columnsFor(cells);
  const [at, setAt] = useState<readonly [number, number]>([0, 0]);
  const open = ({ cell }: MatrixCellView) => send({ type: 'openCell', model: cell.model, id: cell.id });
  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const next = [clamped(at[0] + step[0], sorted.length), clamped(at[1] + step[1], columns.length)] as const;
    setAt(next);
    const table = event.currentTarget as HTMLTableElement;
    (table.tBodies[0]?.rows[next[0]]?.cells[next[1]] as HTMLElement | undefined)?.focus();
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose places take the focus is a grid.
    <table role="grid" onKeyDown={move}>
      <caption>{name}</caption>
      <thead>
        <tr>
          {columns.map(({ title, words, isNumber }) => (
            <th key={title} scope="col" title={words} class={isNumber ? 'number' : ''}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted.map((view, row) => (
          <tr key={view.cell.id} class={`${view.unfair ? 'unfair' : ''} ${view.isBest ? 'best' : ''}`}>
            {columns.map(({ title, isNumber, of }, column) => {
              const shared = {
                tabIndex: row === at[0] && column === at[1] ? 0 : -1,
                class: isNumber ? 'number' : '',
                onFocus: () => setAt([row, column]),
                onClick: () => open(view),
                onKeyDown: ({ key }: KeyboardEvent) => key === 'Enter' && open(view),
              };
              return column === 0 ? (
                <th
                  key={title}
                  scope="row"
                  {...shared}
                  title={view.unfair ?? view.why ?? 'Open the records that failed'}
                >
                  {of(view)}
                </th>
              ) : (
                <td key={title} {...shared}>
                  {of(view)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Home: [0, -1000],
  End: [0, 1000],
};

function clamped(value: number, length: number): number {
  return Math.max(0, Math.min(value, length - 1));
}

/** Those that have something to say. */
function columnsFor(cells: readonly MatrixCellView[]): Column[] {
  const varied = [...new Set(cells.flatMap(({ variations }) => Object.keys(variations)))];
  return [
    { title: 'Cell', of: (view) => <Name view={view} /> },
    {
      title: 'Accuracy',
      words: 'with its 95 % interval',
      of: ({ accuracy }) => <Interval share={accuracy} />,
    },
    {
      title: 'p',
      words: 'exact McNemar test against the best fair cell of the model, on the same records',
      isNumber: true,
      of: ({ pAgainstBest: p }) => (p === null ? '–' : p < 0.001 ? '<0.001' : p.toFixed(3)),
    },
    {
      title: 'Positions',
      words: 'how often each choice is answered (filled) and is right (outlined)',
      of: ({ positions }) => <Positions positions={positions} />,
    },
    { title: 'n', isNumber: true, of: ({ n, total }) => (n === total ? n : `${n}/${total}`) },
    { title: 'Coverage', isNumber: true, of: ({ coverage }) => percent(coverage) },
    {
      title: 'Contradict.',
      words: 'outputs whose reasoning asserts another choice than their conclusion',
      isNumber: true,
      of: ({ contradictions }) => percent(contradictions),
    },
    {
      title: 'Tokens',
      words: 'of prompt and of output, means of a record',
      isNumber: true,
      of: ({ promptTokens, outputTokens }) => `${promptTokens.toFixed(0)} → ${outputTokens.toFixed(0)}`,
    },
    {
      title: 's/record',
      isNumber: true,
      of: ({ secondsPerRecord: seconds }) => (seconds === null ? '–' : seconds.toPrecision(2)),
    },
    ...(cells.some(({ cost }) => cost !== null)
      ? [{ title: 'Cost', isNumber: true, of: ({ cost }: MatrixCellView) => cost?.toPrecision(3) ?? '–' }]
      : []),
    ...varied.map(
      (id): Column => ({
        title: id,
        words: 'answers that change when the records are changed so',
        isNumber: true,
        of: ({ variations }) => changed(variations[id]?.changed),
      }),
    ),
  ];
}

function Name({ view: { cell, state, isBest, unfair } }: { readonly view: MatrixCellView }) {
  const words = [cell.strategy, cell.strategy === 'as-written' ? null : cell.format, cell.order].filter(
    Boolean,
  );
  return (
    <>
      {isBest && <span title="The best fair cell of its model">★ </span>}
      <span class="setting">setting {cell.setting}</span> {words.join(', ')}
      {unfair && <span class="mark unfair-mark">no fair claim</span>}
      {state !== 'done' && <span class="mark">{state}</span>}
    </>
  );
}

function changed(share: Share | undefined): string {
  return share ? percent(share) : '–';
}

const BAR = 17;

/** How often each position is answered, beside how often it is right: a model that prefers a letter shows. */
function Positions({ positions: { n, chosen, gold } }: { readonly positions: PositionsView }) {
  if (n === 0) return <>–</>;
  const part = (count: number) => Math.round((100 * count) / n);
  const words = chosen.map(
    (count, index) => `${letter(index)} ${part(count)} % answered, ${part(gold[index] ?? 0)} % right`,
  );
  const height = (count: number) => Math.max(0.5, (BAR * count) / Math.max(...chosen, ...gold, 1));
  return (
    <svg
      class="positions"
      width={chosen.length * 15}
      height={BAR + 10}
      role="img"
      aria-label={words.join('; ')}
    >
      <title>{words.join('\n')}</title>
      {chosen.map((count, index) => (
        <g key={letter(index)} transform={`translate(${index * 15} 0)`}>
          <rect class="chosen" x={1} y={BAR - height(count)} width={6} height={height(count)} />
          <rect
            class="gold"
            x={8}
            y={BAR - height(gold[index] ?? 0)}
            width={5}
            height={height(gold[index] ?? 0)}
          />
          <text x={7} y={BAR + 9} text-anchor="middle">
            {letter(index)}
          </text>
        </g>
      ))}
    </svg>
  );
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}
