import type { WorkDoneProgressReporter } from 'vscode-languageserver/node';
import { compareRuns, type JudgedSource } from '../../core/pipeline/compare.ts';
import type { NamedPrompt, RunReport } from '../../core/pipeline.ts';
import { committedFile } from '../../files/committed.ts';
import type { ComparedRun, CompareWithHeadResult } from '../../protocol/messages.ts';
import type { RequestHandler } from '../handler.ts';
import { pathOf } from '../open-document.ts';
import { recordOutcome } from '../output-reports.ts';

/** Runs the committed version of a prompt file and the one in the editor on the same records, and pairs them. */
export const compareWithHead: RequestHandler<'rationale/compareWithHead'> = async (
  params,
  session,
  token,
) => {
  const path = pathOf(params.prompt);
  const now = session.prompts.open(params.prompt)?.prompt;
  if (path === null || !now) {
    throw new Error('Open the prompt file that is to be compared with its committed version.');
  }
  const { commit, ...committed } = await committedFile(path);
  // What is included is taken as it is now.
  const { text } = session.prompts.expand(committed.text, path);
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  const progress = session.client.progress(params.workDoneToken);
  progress.begin('Comparing with HEAD', 0, undefined, true);
  const run = async (prompt: NamedPrompt, half: 0 | 1): Promise<RunReport> => {
    const purpose = half === 0 ? 'trial' : undefined;
    const { runId } = await session.annotator.annotate(
      { ...params, purpose },
      halfOf(progress, half, prompt.name),
      cancel,
      prompt,
    );
    const card = session.store().run(runId);
    if (!card) throw new Error(`The run of ${prompt.name} was deleted meanwhile.`);
    return session.datasets.get(params.uri).pipeline.report(card);
  };
  try {
    const before = await run({ name: `${now.name}@${commit}`, text }, 0);
    const after = await run(now, 1);
    return {
      commit,
      isSame: now.text === text,
      cancelled: cancel.signal.aborted,
      ...compared(before, after),
    };
  } finally {
    progress.done();
  }

  function compared(
    before: RunReport,
    after: RunReport,
  ): Pick<CompareWithHeadResult, 'shared' | 'p' | 'before' | 'after' | 'gained' | 'lost'> {
    const { document } = session.datasets.get(params.uri);
    const { shared, mcnemar, accuracyA, accuracyB, differing } = compareRuns(before, after);
    const isRight = ({ judgement }: JudgedSource) => judgement.verdict === 'correct';
    const outcomes = (flipped: (a: JudgedSource, b: JudgedSource) => boolean) =>
      differing
        .filter(([a, b]) => flipped(a, b))
        .map(([a, b]) => ({ before: recordOutcome(document, a), after: recordOutcome(document, b) }));
    return {
      shared,
      p: mcnemar.p,
      before: side(before, accuracyA),
      after: side(after, accuracyB),
      gained: outcomes((a, b) => !isRight(a) && isRight(b)),
      lost: outcomes((a, b) => isRight(a) && !isRight(b)),
    };
  }
};

function side({ run, report }: RunReport, accuracy: ComparedRun['accuracy']): ComparedRun {
  return { runId: run.id, accuracy, coverage: report.coverage };
}

/** Progress of one of two runs, as half of the whole. */
function halfOf(whole: WorkDoneProgressReporter, half: 0 | 1, name: string): WorkDoneProgressReporter {
  const report = (first: number | string, message?: string) => {
    const text = `${name}: ${typeof first === 'string' ? first : message}`;
    if (typeof first === 'string') whole.report(text);
    else whole.report(50 * half + first / 2, text);
  };
  return { begin: () => undefined, report, done: () => undefined } as WorkDoneProgressReporter;
}
