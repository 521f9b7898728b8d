import { setImmediate as yieldToEditor } from 'node:timers/promises';
import type { WorkDoneProgressReporter } from 'vscode-languageserver/node';
import { decodingOf } from '../core/decoding.ts';
import type { ModelCard } from '../core/models/types.ts';
import { Matrix } from '../core/pipeline/matrix.ts';
import { matrixTable } from '../core/pipeline/matrix-tables.ts';
import type { CellResult } from '../core/pipeline/matrix-types.ts';
import { maxNewTokensOf } from '../core/pipeline/prompty.ts';
import type { MatrixParams, MatrixView } from '../protocol/messages.ts';
import { CLOCK } from '../storage/clock.ts';
import type { OfferedModel } from './model-catalog.ts';
import type { Session } from './session.ts';
import { Throttle } from './throttle.ts';

/** Views show new numbers this often. Milliseconds. */
const SHOW_EVERY = 250;

/** Runs a prompt's matrix when its turn has come, and tells of cells as their numbers change. */
export function runMatrix(
  params: MatrixParams,
  session: Session,
  progress: WorkDoneProgressReporter,
  cancel: AbortController,
): Promise<MatrixView> {
  session.store(); // Says why not, before anything is begun.
  return session.annotator.inTurn(progress, cancel, async (turn) => {
    const { path } = session.datasets.get(params.uri);
    const prompt = session.annotator.promptFor(params.prompt, path);
    const offered = new Map<string, OfferedModel>();
    for (const id of params.models) offered.set(id, await session.models.find(id, session.device));
    progress.begin(`Matrix of ${prompt.name}`, 0, undefined, true);
    await turn();
    const matrix = new Matrix(session.datasets.get(params.uri).pipeline, {
      prompt,
      models: [...offered.values()].map(({ card }) => card),
      axes: params.axes,
      decoding: decodingOf({ maxNewTokens: maxNewTokensOf(prompt), constrained: params.constrained }),
      split: params.split,
      sample: params.sample,
      racing: params.racing,
      variations: params.variations,
    });
    await work(matrix, offered, params, session, progress, cancel.signal);
    session.storeChanged(path, new Set());
    return viewOf(matrix, cancel.signal.aborted);
  });
}

async function work(
  matrix: Matrix,
  offered: ReadonlyMap<string, OfferedModel>,
  { partialToken: token }: MatrixParams,
  session: Session,
  progress: WorkDoneProgressReporter,
  signal: AbortSignal,
): Promise<void> {
  let fresh = new Map<string, CellResult>();
  const show = new Throttle(() => {
    if (token !== undefined) session.client.tellMatrixProgress({ token, cells: [...fresh.values()] });
    fresh = new Map();
  }, SHOW_EVERY);
  const take = (cells: readonly CellResult[]) => {
    for (const result of cells) fresh.set(`${result.cell.model}\n${result.cell.id}`, result);
    show.request();
  };
  const open = (card: ModelCard) =>
    session.models.open(offered.get(card.id) as OfferedModel, (sentence) => session.client.log(sentence));
  take(matrix.cells);
  try {
    for await (const { model, cell, part, done, total, changed } of matrix.run(open, signal, CLOCK)) {
      const at = [model, cell, part].filter((word) => word !== '').join(', ');
      progress.report((100 * done) / Math.max(1, total), `${done}/${total} answers, ${at}`);
      take(changed);
      // A model that answers at once must not keep the editor waiting.
      await yieldToEditor();
    }
  } finally {
    show.cancel();
  }
}

function viewOf(matrix: Matrix, cancelled: boolean): MatrixView {
  const result = matrix.result();
  const best = matrix.best();
  const { records, split, sample, cells, notes } = result;
  return {
    ...{ cancelled, records, split, sample, cells, notes },
    best: best && { model: best.cell.model, cell: best.cell.id, text: best.text },
    tables: {
      csv: matrixTable(result, 'csv'),
      json: matrixTable(result, 'json'),
      markdown: matrixTable(result, 'markdown'),
    },
  };
}
