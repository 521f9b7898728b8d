/** Bringing a model of the catalog here: what that would be, and doing it. */
import { progressText } from '../../core/progress.ts';
import {
  fetchModel as bring,
  fetchWords,
  planFetch as planOf,
  type WantedModel,
  wantedModel,
} from '../../inference/index.ts';
import { fetchedFolder } from '../../storage/location.ts';
import type { RequestHandler } from '../handler.ts';
import type { Session } from '../session.ts';

export const planFetch: RequestHandler<'rationale/planFetch'> = async ({ model }, session, token) => {
  const wanted = wantedOf(model, session);
  const plan = await planOf(wanted, signalOf(token));
  return { what: fetchWords(plan, wanted), bytes: plan.bytes };
};

export const fetchModel: RequestHandler<'rationale/fetchModel'> = async (
  { model, workDoneToken },
  session,
  token,
) => {
  const wanted = wantedOf(model, session);
  const { id } = wanted;
  const signal = signalOf(token);
  const progress = session.client.progress(workDoneToken);
  progress.begin(`Fetching ${id}`, 0, undefined, true);
  const began = performance.now();
  try {
    const plan = await planOf(wanted, signal);
    const total = Math.round(plan.bytes / 1e6);
    let [bytes, shown] = [0, -1];
    await bring(
      plan,
      (count) => {
        bytes += count;
        const done = Math.round(bytes / 1e6);
        if (done === shown) return;
        shown = done;
        const text = progressText(done, total, done, (performance.now() - began) / 1000, 'MB');
        progress.report((100 * bytes) / plan.bytes, text);
      },
      signal,
    );
  } catch (error) {
    if (signal.aborted) return { id: null };
    throw error;
  } finally {
    progress.done();
  }
  session.client.tellChanged({ uri: null, what: 'models' });
  return { id };
};

function wantedOf(model: string, session: Session): WantedModel {
  if (!session.isTrusted) throw new Error('This workspace is not trusted: trust it to fetch models.');
  const { catalog, remoteCode } = session.models.around();
  return wantedModel(model, { catalog, parent: fetchedFolder(), allowedCode: remoteCode });
}

function signalOf(token: Parameters<typeof planFetch>[2]): AbortSignal {
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  return cancel.signal;
}
