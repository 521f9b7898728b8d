import type { MatrixCellView } from '../../../../server/src/protocol/messages.ts';
import { percent } from '../../text.ts';

const WIDTH = 190;
const HEIGHT = 120;
const LEFT = 28;
const BOTTOM = 18;
const TOP = 8;
const COLOURS = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'] as const;

/** Accuracy over the settings, a small picture for each strategy: what lies beside each other is compared. */
export function Multiples({ cells }: { readonly cells: readonly MatrixCellView[] }) {
  const known = cells.filter(({ accuracy }) => accuracy.n > 0);
  const strategies = [...new Set(known.map(({ cell }) => cell.strategy))];
  const series = [...new Set(known.map(seriesOf))];
  const settings = [...new Set(known.map(({ cell }) => cell.setting))].sort();
  if (known.length < 2) return null;
  return (
    <section>
      <h2>Accuracy by setting</h2>
      <div class="multiples">
        {strategies.map((strategy) => (
          <Multiple
            key={strategy}
            title={strategy}
            cells={known.filter(({ cell }) => cell.strategy === strategy)}
            settings={settings}
            series={series}
          />
        ))}
      </div>
      <ul class="legend">
        {series.map((name, index) => (
          <li key={name}>
            <svg width={12} height={12} aria-hidden="true">
              <circle class={`series ${colour(index)}`} cx={6} cy={6} r={4} />
            </svg>{' '}
            {name}
          </li>
        ))}
        <li>
          <svg width={12} height={12} aria-hidden="true">
            <circle class="series hollow" cx={6} cy={6} r={4} />
          </svg>{' '}
          no fair claim
        </li>
      </ul>
    </section>
  );
}

interface MultipleProps {
  readonly title: string;
  readonly cells: readonly MatrixCellView[];
  readonly settings: readonly number[];
  readonly series: readonly string[];
}

function Multiple({ title, cells, settings, series }: MultipleProps) {
  const step = (WIDTH - LEFT) / settings.length;
  const y = (value: number) => TOP + (1 - value) * (HEIGHT - TOP - BOTTOM);
  const x = (setting: number, index: number) =>
    LEFT +
    (settings.indexOf(setting) + 0.5) * step +
    (index - (series.length - 1) / 2) * Math.min(9, step / 6);
  const words = cells.map(
    ({ cell, accuracy }) => `setting ${cell.setting}, ${seriesOf({ cell })}: ${percent(accuracy)}`,
  );
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg width={WIDTH} height={HEIGHT} role="img" aria-label={`${title}. ${words.join('; ')}`}>
        {[0, 0.5, 1].map((value) => (
          <g key={value}>
            <line class="scale" x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
            <text x={LEFT - 4} y={y(value) + 3} text-anchor="end">
              {100 * value}
            </text>
          </g>
        ))}
        {settings.map((setting, index) => (
          <text key={setting} x={LEFT + (index + 0.5) * step} y={HEIGHT - 4} text-anchor="middle">
            {setting}
          </text>
        ))}
        {cells.map(({ cell, accuracy, unfair }) => {
          const index = series.indexOf(seriesOf({ cell }));
          const [low, high] = accuracy.interval;
          const place = x(cell.setting, index);
          return (
            <g key={`${cell.model} ${cell.id}`} class={`series ${colour(index)} ${unfair ? 'hollow' : ''}`}>
              <line x1={place} x2={place} y1={y(low)} y2={y(high)} />
              <circle cx={place} cy={y(accuracy.value)} r={3.5}>
                <title>{`${cell.model}, ${cell.id}: ${percent(accuracy)}`}</title>
              </circle>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

function seriesOf({ cell }: Pick<MatrixCellView, 'cell'>): string {
  return [cell.model, cell.format, cell.order].filter(Boolean).join(', ');
}

function colour(index: number): string {
  return `colour-${COLOURS[index % COLOURS.length]}`;
}
