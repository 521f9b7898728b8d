import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { FlippedRecord } from '../../../../server/src/protocol/messages.ts';
import { percent, plural, shareWithInterval } from '../../text.ts';
import { Output, Verdict } from '../shared/output.tsx';
import type { Comparison, Message, Model, Progress, SampleRun, TriedOutput } from './messages.ts';

type Send = (message: Message) => void;

/** What the models said, on the record and on the sample. */
export function Results({ model, send }: { readonly model: Model; readonly send: Send }) {
  const { outputs, samples, comparison } = model;
  return (
    <>
      {outputs.map((one) => (
        <Tried key={one.model} tried={one} send={send} />
      ))}
      {samples.length > 0 && <Samples samples={samples} send={send} />}
      {comparison && <Compared comparison={comparison} send={send} />}
    </>
  );
}

function Tried({ tried, send }: { readonly tried: TriedOutput; readonly send: Send }) {
  const { model, output, progress, isReused, isOld } = tried;
  const section = useInView(output !== null);
  return (
    <section ref={section} class={`result ${isOld ? 'old' : ''}`} aria-label={`Output of ${model}`}>
      <h2>
        {model}
        {output?.verdict && <Verdict verdict={output.verdict} />}
      </h2>
      <Status progress={progress} running="is writing…" isOld={isOld} />
      {output && <Output output={output} onRule={(rule) => send({ type: 'showRule', rule })} />}
      {output?.usage && progress.state === 'done' && (
        <p class="quiet">
          {plural(output.usage.outputTokens, 'token')} for {plural(output.usage.promptTokens, 'token')} of
          prompt
          {isReused ? '; stored already, so no model ran' : output.device && `, on ${output.device}`}.
        </p>
      )}
    </section>
  );
}

/** The section that comes into view when what was asked for begins: it stands below what is seen. */
function useInView(isBegun: boolean): RefObject<HTMLElement | null> {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isBegun) section.current?.scrollIntoView({ block: 'nearest' });
  }, [isBegun]);
  return section;
}

function isAtWork({ state }: Progress): boolean {
  return state === 'waiting' || state === 'running';
}

function Status({ progress, running, isOld }: { progress: Progress; running: string; isOld: boolean }) {
  const words = {
    waiting: 'waits for its turn.',
    running: progress.state === 'running' && progress.message !== '' ? progress.message : running,
    failed: '',
    cancelled: 'Stopped; what was done is kept.',
    done: isOld ? 'Of the prompt as it was before; run it again.' : '',
  }[progress.state];
  return (
    <div aria-live="polite">
      {progress.state === 'failed' && <p class="banner error">{progress.message}</p>}
      {words !== '' && <p class="quiet">{words}</p>}
    </div>
  );
}

function Samples({ samples, send }: { readonly samples: readonly SampleRun[]; readonly send: Send }) {
  const section = useInView(samples.some(({ progress }) => isAtWork(progress)));
  const [first] = samples;
  if (!first) return null;
  const { request } = first;
  return (
    <section ref={section} class="result">
      <h2>
        Sample of {request.n} of {request.split ?? 'all records'}, seed {request.seed}
      </h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Accuracy, 95 % interval</th>
            <th scope="col">Coverage</th>
            <th scope="col">Contradictions</th>
            <th scope="col">Records</th>
          </tr>
        </thead>
        <tbody>
          {samples.map(({ model, metrics, n, reused, isOld }) => (
            <tr key={model} class={isOld ? 'old' : ''}>
              <th scope="row">{model}</th>
              <td>{metrics ? shareWithInterval(metrics.accuracy) : '–'}</td>
              <td>{metrics ? percent(metrics.coverage) : '–'}</td>
              <td>{metrics ? percent(metrics.contradictions) : '–'}</td>
              <td>
                {n > 0 ? n : '–'}
                {reused > 0 && <span class="quiet"> ({reused} stored already)</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {samples.map(({ model, progress, isOld }) => (
        <Status key={model} progress={progress} running={`${model} is starting…`} isOld={isOld} />
      ))}
      <button type="button" class="link" onClick={() => send({ type: 'showRuns' })}>
        Show in Runs
      </button>
    </section>
  );
}

function Compared({ comparison, send }: { readonly comparison: Comparison; readonly send: Send }) {
  const { model, progress, result, isOld } = comparison;
  const section = useInView(isAtWork(progress));
  return (
    <section ref={section} class={`result ${isOld ? 'old' : ''}`}>
      <h2>
        Compared with HEAD{result && ` (${result.commit})`}, by {model}
      </h2>
      <Status progress={progress} running="Starting…" isOld={isOld} />
      {result && (
        <>
          {result.isSame && <p class="quiet">The file is as it was committed.</p>}
          <table>
            <thead>
              <tr>
                <th scope="col">Version</th>
                <th scope="col">Accuracy, 95 % interval</th>
                <th scope="col">Coverage</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">HEAD</th>
                <td>{shareWithInterval(result.before.accuracy)}</td>
                <td>{percent(result.before.coverage)}</td>
              </tr>
              <tr>
                <th scope="row">now</th>
                <td>{shareWithInterval(result.after.accuracy)}</td>
                <td>{percent(result.after.coverage)}</td>
              </tr>
            </tbody>
          </table>
          <p>
            Of {plural(result.shared, 'shared record')}, {result.gained.length} flipped right and{' '}
            {result.lost.length} flipped wrong: {pWords(result.p)}.
          </p>
          <Flipped title="Flipped right" records={result.gained} send={send} />
          <Flipped title="Flipped wrong" records={result.lost} send={send} />
        </>
      )}
    </section>
  );
}

function pWords(p: number): string {
  const value = p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
  return `exact McNemar ${value}${p < 0.05 ? ', more than chance would do' : ', which chance may have done'}`;
}

function Flipped(props: {
  readonly title: string;
  readonly records: readonly FlippedRecord[];
  readonly send: Send;
}) {
  const { title, records, send } = props;
  if (records.length === 0) return null;
  return (
    <>
      <h3>
        {title} ({records.length})
      </h3>
      <ul class="records">
        {records.map(({ before, after }) => (
          <li key={after.id}>
            <button type="button" class="link" onClick={() => send({ type: 'showRecord', id: after.id })}>
              {after.id}
            </button>{' '}
            {after.label}{' '}
            <span class="quiet">
              {before.verdict.words} → {after.verdict.words}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
