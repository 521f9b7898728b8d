import type { SampleText, TrainingSamples } from '../../../../server/src/protocol/training.ts';

/** What the student writes now, beside what it wrote at first. */
export function Samples({ samples, of }: { readonly samples: TrainingSamples | null; readonly of: number }) {
  if (!samples) return <p class="quiet">Samples are shown after the first evaluation.</p>;
  const { step, before, rows } = samples;
  return (
    <table class="samples">
      <caption class="quiet">
        {rows.length < of
          ? `The first ${rows.length} of the evaluation’s ${of} records.`
          : 'The evaluation’s records.'}
      </caption>
      <thead>
        <tr>
          <th scope="col">record</th>
          {before !== null && (
            <th scope="col">{before === 0 ? 'before training' : `after step ${before}`}</th>
          )}
          <th scope="col">now, after step {step}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              {row.id}
              {row.gold !== null && <div class="quiet">gold {row.gold}</div>}
            </th>
            {before !== null && <Said text={row.before} />}
            <Said text={row.now} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Said({ text }: { readonly text: SampleText | null }) {
  if (!text) return <td class="quiet">–</td>;
  const { output, letter, correct } = text;
  return (
    <td>
      <div class={correct ? 'right' : 'wrong'}>
        {correct ? '✓' : '✗'} {letter === null ? 'no answer could be read' : `answers ${letter}`}
      </div>
      <div class="output">{output.trim() === '' ? <em class="quiet">nothing but spaces</em> : output}</div>
    </td>
  );
}
