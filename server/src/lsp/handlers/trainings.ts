/** Everything that is asked about training runs; most of it is one call. */
import { shippedTrainer } from '../../files/shipped.ts';
import { ownEnvironment } from '../../storage/location.ts';
import { makeEnvironment as make } from '../../training/environment.ts';
import { hasSlurm } from '../../training/slurm.ts';
import type { RequestHandler } from '../handler.ts';
import { pathOf } from '../open-document.ts';

export const train: RequestHandler<'rationale/train'> = (params, session) => session.trainings.train(params);

export const trainingPlaces: RequestHandler<'rationale/trainingPlaces'> = () => {
  return { places: hasSlurm() ? ['local', 'slurm'] : ['local'] };
};

export const trainings: RequestHandler<'rationale/trainings'> = (_params, session) => {
  return { trainings: session.trainings.list() };
};

export const training: RequestHandler<'rationale/training'> = ({ folder }, session) => {
  return session.trainings.view(folderOf(folder));
};

export const trainingBatch: RequestHandler<'rationale/trainingBatch'> = ({ folder }, session) => {
  return { rows: session.trainings.batch(folderOf(folder)) };
};

export const stopTraining: RequestHandler<'rationale/stopTraining'> = ({ folder }, session) => {
  session.trainings.stop(folderOf(folder));
  return null;
};

export const pinCheckpoint: RequestHandler<'rationale/pinCheckpoint'> = ({ folder }, session) => {
  session.trainings.pin(folderOf(folder));
  return null;
};

export const forgetTraining: RequestHandler<'rationale/forgetTraining'> = ({ folder }, session) => {
  session.trainings.forget(folderOf(folder), session.store());
  return null;
};

export const makeEnvironment: RequestHandler<'rationale/makeEnvironment'> = async (
  params,
  session,
  token,
) => {
  session.store(); // Says so where the workspace is not trusted.
  const cancel = new AbortController();
  token.onCancellationRequested(() => cancel.abort());
  const progress = session.client.progress(params.workDoneToken);
  progress.begin('Making an environment for training', undefined, undefined, true);
  const show = (line: string) => {
    session.client.log(line);
    progress.report(line.trim());
  };
  try {
    await make(ownEnvironment(), shippedTrainer, params.python, show, cancel.signal);
  } finally {
    progress.done();
  }
  return null;
};

function folderOf(uri: string): string {
  const path = pathOf(uri);
  if (path === null) throw new Error(`${uri} is not a folder here.`);
  return path;
}
