import { dirname, sep } from 'node:path';
import type { NotificationHandler } from '../handler.ts';
import { pathOf } from '../open-document.ts';

/** Images or split tables were written, moved or deleted: the datasets in whose folders they lie are checked again. */
export const didChangeWatchedFiles: NotificationHandler<'workspace/didChangeWatchedFiles'> = (
  { changes },
  session,
) => {
  const paths = changes.flatMap(({ uri }) => pathOf(uri) ?? []);
  session.datasets.surroundingsChanged((dataset) => {
    const folder = dirname(dataset) + sep;
    return paths.some((path) => path.startsWith(folder));
  });
};
