import { setImmediate as yieldToEditor } from 'node:timers/promises';
import type { WorkDoneProgressReporter } from 'vscode-languageserver/node';
import { decodingOf } from '../core/decoding.ts';
import { maxNewTokensOf } from '../core/pipeline/prompty.ts';
import { RationaleWork } from '../core/pipeline/rationales.ts';
import { rationaleEdits, rationaleLines } from '../core/pipeline/writing.ts';
import { progressText } from '../core/progress.ts';
import { besideFile } from '../files/beside.ts';
import type { RationalesParams, RationalesResult } from '../protocol/messages.ts';
import { CLOCK } from '../storage/clock.ts';
import { toRange } from './convert.ts';
import { pathOf } from './open-document.ts';
import type { Session } from './session.ts';

const STEPS = { generate: '', rationalise: 'From the gold answer: ' } as const;

/** Has a teacher write rationales for a dataset. @throws Error whose message is one sentence */
export async function writeRationales(
  session: Session,
  params: RationalesParams,
  progress: WorkDoneProgressReporter,
  cancel: AbortController,
): Promise<RationalesResult> {
  const { to = 'record' } = params;
  const out = params.out === undefined ? null : pathOf(params.out);
  if (to !== 'record' && out === null) throw new Error('Name the file that the rationales go to.');
  const { samples = 4, temperature = samples > 1 ? 0.7 : 0, seed, rationalise = 'gold-hint' } = params;
  const decoding = decodingOf({ samples, temperature, seed, constrained: session.constrained });
  const store = session.store(); // Says why not, before anything is begun.
  const failuresOf = params.failuresOf === undefined ? null : store.run(params.failuresOf);
  if (params.failuresOf !== undefined && !failuresOf)
    throw new Error(`There is no run "${params.failuresOf}".`);
  const { annotator } = session;
  return annotator.inTurn(progress, cancel, async (turn) => {
    const { path } = session.datasets.get(params.uri);
    const model = await session.models.find(params.model, session.device);
    const prompt = annotator.promptFor(params.prompt ?? `setting-${params.setting ?? 1}`, path);
    progress.begin(`Rationales by ${model.card.name}`, 0, undefined, true);
    await turn();
    const { pipeline } = session.datasets.get(params.uri);
    const work = new RationaleWork(
      pipeline,
      {
        model: model.card,
        prompt,
        rationalise: rationalise === null ? null : annotator.promptFor(rationalise, path),
        setting: params.setting,
        decoding: { ...decoding, maxNewTokens: maxNewTokensOf(prompt) },
        split: params.split ?? null,
        limit: params.limit,
        keep: params.keep,
        ...(failuresOf && { failuresOf }),
      },
      CLOCK,
    );
    const open = () => session.models.open(model, (sentence) => session.client.log(sentence));
    const began = performance.now();
    for await (const { step, done, total, generated } of work.run(open, cancel.signal)) {
      const text = progressText(done, total, generated, (performance.now() - began) / 1000, 'samples');
      progress.report((100 * done) / total, STEPS[step] + text);
      await yieldToEditor();
    }
    const { found } = work;
    const file = to === 'record' ? null : rationaleLines(pipeline, found, to, besideFile(out as string));
    const { edits, ...rest } = rationaleEdits(pipeline, file ? [] : found, params.replace ?? false);
    const kept = found.filter(({ rationale }) => rationale?.rationalised === false).length;
    const rationalised = found.filter(({ rationale }) => rationale?.rationalised).length;
    return {
      records: found.length,
      samples: found.reduce((sum, { of }) => sum + of, 0),
      passed: found.reduce((sum, one) => sum + one.passed, 0),
      kept,
      rationalised,
      none: found.length - kept - rationalised,
      file: file && { text: file.text, lines: file.count },
      edits: edits.map(({ index, span, newText }) => ({
        range: toRange(pipeline.document, index, span),
        newText,
      })),
      ...rest,
      cancelled: cancel.signal.aborted,
    };
  });
}
