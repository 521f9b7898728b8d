import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

/** A line of a chart. Its colour is one of the editor's own. */
export interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly colour: 'blue' | 'green' | 'yellow' | 'red' | 'purple';
  /** Told apart without colour, too. */
  readonly dash?: readonly number[];
  /** Behind the others: what one of them is the smoothed form of. */
  readonly isFaint?: boolean;
}

interface ChartProps {
  readonly title: string;
  /** Steps. */
  readonly x: readonly number[];
  /** The last step of all charts: they are as wide. */
  readonly to: number;
  readonly lines: readonly Line[];
  /** `share`: from 0 to 100 %. */
  readonly unit?: 'share';
  /** Whether points are marked: few ones are. */
  readonly hasPoints?: boolean;
}

const HEIGHT = 170;
/** The pointer shows the same step in all charts. */
const CURSOR = 'training';
const FAINT = 0.35;

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
      const options = optionsOf(shown.current, host.clientWidth, () => shown.current.to);
      plot.current = new uPlot(options, dataOf(shown.current), host);
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
  }, [props.x, props.lines, props.to]);

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

function optionsOf({ lines, unit, hasPoints }: ChartProps, width: number, to: () => number): uPlot.Options {
  const text = colour('--vscode-descriptionForeground', '--vscode-foreground');
  const grid = colour('--vscode-widget-border', '--vscode-contrastBorder', '--vscode-descriptionForeground');
  const axis = { stroke: text, grid: { stroke: grid, width: 0.5 }, ticks: { stroke: grid, width: 0.5 } };
  return {
    width,
    height: HEIGHT,
    // Every step has a line of its own; time plays no part.
    scales: {
      x: { time: false, range: () => [0, Math.max(1, to())] },
      ...(unit === 'share' ? { y: { range: [0, 1] as uPlot.Range.MinMax } } : {}),
    },
    axes: [
      { ...axis, size: 28 },
      { ...axis, size: 56, values: (_plot, ticks) => ticks.map((tick) => shownValue(tick, unit)) },
    ],
    series: [
      { label: 'step' },
      ...lines.map(({ label, colour: name, dash, isFaint = false }) => ({
        label,
        stroke: colour(`--vscode-charts-${name}`, '--vscode-foreground'),
        width: isFaint ? 1 : 2,
        alpha: isFaint ? FAINT : 1,
        ...(dash ? { dash: [...dash] } : {}),
        points: { show: hasPoints === true, size: 5 },
        value: (_plot: uPlot, value: number | null) => shownValue(value, unit),
      })),
    ],
    cursor: { points: { size: 6 }, sync: { key: CURSOR }, drag: { x: false, y: false } },
    legend: { live: true, markers: { width: 1, dash: (_plot, series) => dashOf(lines[series - 1]) } },
    hooks: { setLegend: [showLast] },
  };
}

/** The line of a legend, as the chart's. */
function dashOf({ dash }: Partial<Line> = {}): string {
  if (!dash) return 'solid';
  return (dash[0] ?? 0) > 3 ? 'dashed' : 'dotted';
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
  return size !== 0 && (size < 1e-2 || size >= 1e5)
    ? Number(value.toPrecision(3)).toExponential()
    : String(Number(value.toPrecision(4)));
}
