import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

/** A line of a chart. Its colour is one of the editor's own. */
export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly colour: 'blue' | 'green' | 'yellow' | 'red' | 'purple';
  /** Told apart without colour, too. */
  readonly dash?: readonly number[];
}

interface ChartProps {
  readonly title: string;
  /** Steps. */
  readonly x: readonly number[];
  readonly lines: readonly Line[];
  /** `share`: from 0 to 100 %. */
  readonly unit?: 'share';
  /** Whether points are marked: few ones are. */
  readonly hasPoints?: boolean;
}

const HEIGHT = 190;

/** A chart of lines over the steps, drawn in the colours of the theme as it is. */
export function Chart(props: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef(props);
  shown.current = props;

  useEffect(() => {
    const host = place.current as HTMLDivElement;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(shown.current, host.clientWidth), dataOf(shown.current), host);
    };
    draw();
    const onResize = new ResizeObserver(() => {
      plot.current?.setSize({ width: host.clientWidth, height: HEIGHT });
    });
    onResize.observe(host);
    // Another theme is another class of the body.
    const onTheme = new MutationObserver(draw);
    onTheme.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
    return () => {
      onResize.disconnect();
      onTheme.disconnect();
      plot.current?.destroy();
    };
  }, [props.lines.length]);
  useEffect(() => {
    plot.current?.setData(dataOf(props));
  }, [props.x, props.lines]);

  const last = props.lines.map(
    ({ label, values }) => `${label} ${shownValue(values.at(-1) ?? null, props.unit)}`,
  );
  return (
    <figure>
      <figcaption>{props.title}</figcaption>
      <div ref={place} role="img" aria-label={`${props.title}: now ${last.join(', ')}`} />
    </figure>
  );
}

/** The legend says the last values until the pointer asks for others, and again when it has left. */
function showLast(plot: uPlot): void {
  const last = plot.data[0].length - 1;
  if (plot.cursor.idx == null && last >= 0) plot.setLegend({ idx: last }, false);
}

function dataOf({ x, lines }: ChartProps): uPlot.AlignedData {
  return [[...x], ...lines.map(({ values }) => [...values])];
}

function optionsOf({ lines, unit, hasPoints }: ChartProps, width: number): uPlot.Options {
  const text = colour('--vscode-descriptionForeground', '--vscode-foreground');
  const grid = colour('--vscode-widget-border', '--vscode-contrastBorder', '--vscode-descriptionForeground');
  const axis = { stroke: text, grid: { stroke: grid, width: 0.5 }, ticks: { stroke: grid, width: 0.5 } };
  return {
    width,
    height: HEIGHT,
    // Every step has a line of its own; time plays no part.
    scales: {
      x: { time: false },
      ...(unit === 'share' ? { y: { range: [0, 1] as uPlot.Range.MinMax } } : {}),
    },
    axes: [
      axis,
      { ...axis, size: 60, values: (_plot, ticks) => ticks.map((tick) => shownValue(tick, unit)) },
    ],
    series: [
      { label: 'step' },
      ...lines.map(({ label, colour: name, dash }) => ({
        label,
        stroke: colour(`--vscode-charts-${name}`, '--vscode-foreground'),
        width: 2,
        ...(dash ? { dash: [...dash] } : {}),
        points: { show: hasPoints === true, size: 5 },
        value: (_plot: uPlot, value: number | null) => shownValue(value, unit),
      })),
    ],
    cursor: { points: { size: 6 } },
    legend: { live: true },
    hooks: { setLegend: [showLast] },
  };
}

/** The first of these colours of the theme that it has. */
function colour(...names: readonly string[]): string {
  const style = getComputedStyle(document.documentElement);
  return names.map((name) => style.getPropertyValue(name).trim()).find((value) => value !== '') ?? 'gray';
}

function shownValue(value: number | null, unit: ChartProps['unit']): string {
  if (value === null) return '–';
  if (unit === 'share') return `${(100 * value).toFixed(0)} %`;
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(4)));
}
