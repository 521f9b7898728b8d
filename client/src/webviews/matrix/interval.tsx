import type { Share } from '../../../../server/src/protocol/values.ts';
import { percent, shareWithInterval } from '../../text.ts';

const WIDTH = 84;
const HEIGHT = 14;

/** A share as a point on a line from 0 to 100 %, with its interval, and in figures. */
export function Interval({ share }: { readonly share: Share }) {
  if (share.n === 0) return <>–</>;
  const [low, high] = share.interval;
  return (
    <span class="interval" title={shareWithInterval(share)}>
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
        <line class="scale" x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <line class="range" x1={low * WIDTH} x2={high * WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        <circle class="point" cx={share.value * WIDTH} cy={HEIGHT / 2} r={4} />
      </svg>
      <span class="figure">{percent(share)}</span>
      <span class="quiet">
        {Math.round(100 * low)}–{Math.round(100 * high)}
      </span>
    </span>
  );
}
