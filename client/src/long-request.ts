import * as vscode from 'vscode';
import type { Methods, Requests } from '../../server/src/protocol/messages.ts';
import type { Host } from './feature.ts';

type LongMethod = (typeof Methods)['annotate' | 'rationales' | 'faithfulness' | 'fetchModel'];

let lastToken = 0;

/**
 * Asks the server for something that takes its time: a notification and the status bar show how far it is, and the
 * notification can cancel it.
 *
 * @param title `sketchbook-student on problems.json, val`
 * @param verb what the notification says is done: `Annotating`
 * @throws Error whose message is one sentence
 */
export async function longRequest<M extends LongMethod>(
  { session, activity }: Host,
  { title, verb }: { readonly title: string; readonly verb: string },
  method: M,
  params: Omit<Requests[M]['params'], 'workDoneToken'>,
): Promise<Requests[M]['result']> {
  const workDoneToken = `rationale-work-${++lastToken}`;
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title: `${verb}: ${title}`, cancellable: true },
    (notification, cancellation) =>
      activity.during(title, async (report) => {
        let shown = 0;
        const listening = await session.onProgress(workDoneToken, ({ message = '', percentage = shown }) => {
          notification.report({ message, increment: percentage - shown });
          shown = percentage;
          report(message);
        });
        try {
          const asked = { ...params, workDoneToken } as Requests[M]['params'];
          return await session.request(method, asked, cancellation);
        } finally {
          listening.dispose();
        }
      }),
  );
}
