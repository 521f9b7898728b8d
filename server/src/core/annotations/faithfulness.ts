import type { Faithfulness } from '../metrics/faithfulness.ts';
import type { RecordSource } from '../records/types.ts';
import { choiceName } from './outputs.ts';
import { spark } from './spark.ts';

/** What a test of an answer has shown, in a sentence. */
export function faithfulnessWords(test: Faithfulness, { record }: RecordSource): string {
  const { choice, alone, given, swapped } = test;
  const other = swapped ? `, ${shown(swapped.given)} with that of record ${swapped.recordId}` : '';
  return `${choiceName(record.choices, choice)} has the probability ${shown(alone)} without the rationale, ${shown(given)} with it${other}.`;
}

/** Its probability as the reasoning goes on. */
export function curveWords({ curve, areaOver }: Faithfulness): string {
  const shares = curve.map(shown).join(' → ');
  return `${spark(curve)} ${shares} (area over the curve ${shown(areaOver)})`;
}

function shown(share: number): string {
  return share.toFixed(2);
}
