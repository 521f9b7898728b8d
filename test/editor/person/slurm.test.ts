import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlurmCluster, whyNoSlurm } from '../../services/slurm-cluster.ts';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

const RECIPE = `student: sketchbook-base
data: { dataset: problems.json, split: test }
target: answer
evaluation: { split: val, records: 2 }
`;

describe('training on a cluster, from a window on one of its machines', function () {
  this.timeout(300_000);
  const session = new PersonSession();
  let cluster: SlurmCluster | undefined;

  before(async function () {
    if (whyNoSlurm() !== null) this.skip();
    cluster = new SlurmCluster();
    await cluster.start();
    const settings = {
      'rationale.python': join(root, 'test/server/fake-python.mjs'),
      'rationale.sbatch': ['--time=1:00:00'],
    };
    mkdirSync(join(session.workspace, '.vscode'));
    writeFileSync(join(session.workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
    writeFileSync(join(session.workspace, 'far.recipe.yaml'), RECIPE);
    const fake = { FAKE_TRAINER: JSON.stringify({ steps: 1000, pause: 100 }) };
    await session.start({ linkExtension: root, environment: { ...cluster.environment, ...fake } });
  });
  after(async () => {
    await session.end();
    await cluster?.stop();
  });

  it('is offered, waits in the queue, trains, and stops when it is told', async () => {
    const { workbench } = session;
    const state = (words: string) => workbench.webview().locator('h1 .badge', { hasText: words });
    const makePartition = (state: string) =>
      cluster?.run('scontrol', 'update', 'PartitionName=all', `State=${state}`);
    makePartition('DOWN');
    await workbench.openFile('far.recipe.yaml');
    await workbench.command('Rationale: Train…');
    const job = workbench.quickPick('As a job of the cluster');
    await job.locator('text=sbatch --time=1:00:00').waitFor();
    await job.click();
    await state('queued').waitFor();
    await workbench.webview().getByText('Job 1 waits in the queue of the cluster').waitFor();
    makePartition('UP');
    await state('training').waitFor();
    await workbench
      .webview()
      .getByRole('img', { name: /^Loss: now loss/ })
      .waitFor();
    await workbench.screenshot('training-slurm');
    await workbench.webview().getByRole('button', { name: 'Stop' }).click();
    await state('stopped').waitFor();
  });
});
