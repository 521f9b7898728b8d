import type { OutputReport, VerdictView } from '../../../../server/src/protocol/messages.ts';

/** A model's output, stage by stage, with what the rules say of it. */
export function Output({
  output,
  onRule,
}: {
  readonly output: OutputReport;
  readonly onRule: (rule: string) => void;
}) {
  const { pieces, isWhole, error, findings } = output;
  return (
    <>
      <pre class={`output ${isWhole ? '' : 'writing'}`}>
        {pieces.map(({ text, stage, isTag, isEvidence }, index) => (
          <span key={index} class={`${stage ? `stage ${stage}` : ''} ${isTag ? 'tag' : ''}`}>
            {isEvidence ? <strong title="The answer was read from this.">{text}</strong> : text}
          </span>
        ))}
      </pre>
      {error && <p class="banner error">{error}</p>}
      {findings.length > 0 && (
        <ul class="findings">
          {findings.map(({ rule, severity, message }, index) => (
            <li key={index} class={severity}>
              <span class="severity">{severity}</span> {message}{' '}
              <button type="button" class="link" onClick={() => onRule(rule)}>
                {rule}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** `✗ A (repel), wrong` */
export function Verdict({ verdict: { kind, mark, words } }: { readonly verdict: VerdictView }) {
  return (
    <span class={`verdict ${kind}`}>
      {mark} {words}
    </span>
  );
}
