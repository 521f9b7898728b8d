import type { BatchRow, BatchToken } from '../../../../server/src/protocol/training.ts';

const KINDS: readonly (readonly [BatchToken['kind'], string])[] = [
  ['image', 'image'],
  ['prompt', 'prompt'],
  ['target', 'target: what the loss counts'],
  ['masked', 'masked'],
  ['padding', 'padding'],
];

/** One real batch, coloured by what each token is. */
export function Batch({ rows }: { readonly rows: readonly BatchRow[] }) {
  if (rows.length === 0) return <p class="quiet">A batch is shown when the run has been looked at.</p>;
  return (
    <section aria-label="One batch, token by token">
      <p class="legend">
        {KINDS.map(([kind, words]) => (
          <span class={`token ${kind}`} key={kind}>
            {words}
          </span>
        ))}
      </p>
      {rows.map(({ id, part, tokens }) => (
        <article key={id + part}>
          <h2>
            record {id} <span class="quiet">{part}</span>
          </h2>
          <p class="tokens">
            {runsOf(tokens).map(({ kind, text, count }, index) => (
              <span class={`token ${kind}`} key={index}>
                {kind === 'image' || kind === 'padding' ? `${kind} × ${count}` : text}
              </span>
            ))}
          </p>
        </article>
      ))}
    </section>
  );
}

/** Neighbours of one kind in one piece: hundreds of image tokens say nothing one by one. */
function runsOf(tokens: readonly BatchToken[]): { kind: BatchToken['kind']; text: string; count: number }[] {
  const runs: { kind: BatchToken['kind']; text: string; count: number }[] = [];
  for (const { kind, text, supervised } of tokens) {
    const shown = kind === 'target' && !supervised ? 'masked' : kind;
    const last = runs.at(-1);
    if (last?.kind === shown) {
      last.text += text;
      last.count++;
    } else runs.push({ kind: shown, text, count: 1 });
  }
  return runs;
}
