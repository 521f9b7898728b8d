import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CLI, CliSession } from '../server/cli-session.ts';
import { dataset } from '../server/sample-dataset.ts';
import { SlurmCluster, whyNoSlurm } from './slurm-cluster.ts';

const PYTHON = join(import.meta.dirname, '../server/fake-python.mjs');
const RECIPE = `student: sketchbook-base
data: { dataset: problems.json, split: test }
target: answer
evaluation: { split: val, records: 2 }
`;
const COMMAND = ['train', 'gold.recipe.yaml', '--python', PYTHON, '--on', 'slurm', '--format', 'json'];

describe('train --on slurm, with a real SLURM of one node', function () {
  this.timeout(180_000);
  let cluster: SlurmCluster;
  let session: CliSession;

  before(async function () {
    const why = whyNoSlurm();
    if (why !== null) {
      console.log(`      (skipped: ${why})`);
      this.skip();
    }
    cluster = new SlurmCluster();
    await cluster.start();
  });
  after(() => cluster?.stop());
  beforeEach(() => {
    session = new CliSession();
    session.write('problems.json', dataset(12));
    session.write('gold.recipe.yaml', RECIPE);
    Object.assign(session.environment, cluster.environment);
  });
  afterEach(() => session.close());

  const tell = (fake: object) => {
    session.environment.FAKE_TRAINER = JSON.stringify(fake);
  };
  const folder = () => {
    const runs = join(session.folder, 'runs');
    return join(runs, readdirSync(runs)[0] as string);
  };
  const events = () => readFileSync(join(folder(), 'events.jsonl'), 'utf8');
  const job = () => JSON.parse(readFileSync(join(folder(), 'trainer.json'), 'utf8')).job as string;
  const until = async (what: string, isSo: () => boolean) => {
    for (let i = 0; i < 900; i++) {
      try {
        if (isSo()) return;
      } catch {
        // Not there yet.
      }
      await wait(100);
    }
    throw new Error(`It did not come to this: ${what}.`);
  };
  const start = (): { child: ChildProcess; ended: Promise<string> } => {
    const child = spawn(process.execPath, [CLI, ...COMMAND], {
      ...{ cwd: session.folder, env: session.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    child.stdout?.on('data', (text) => {
      stdout += text;
    });
    return { child, ended: new Promise((resolve) => child.on('close', () => resolve(stdout))) };
  };

  it('submits a job, follows it, and brings back what it says', async () => {
    tell({ steps: 4 });
    const done = JSON.parse(await start().ended);
    assert.deepEqual([done.state, done.step, done.problem], ['finished', 4, null]);
    assert.match(readFileSync(join(folder(), 'slurm.sh'), 'utf8'), /^#SBATCH --requeue$/m);
  });

  it('goes on when its caller is gone; whoever asks again watches the same job', async () => {
    tell({ steps: 120, pause: 100 });
    const first = start();
    await until('a step is done', () => /"type":"step"/.test(events()));
    const number = job();
    first.child.kill('SIGKILL');
    await first.ended;
    assert.equal(cluster.run('squeue', '-h', '-j', number, '-o', '%T'), 'RUNNING');
    const done = JSON.parse(await start().ended);
    assert.equal(job(), number);
    assert.deepEqual([done.state, done.step], ['finished', 120]);
    assert.equal(events().match(/"type":"started"/g)?.length, 1);
  });

  it('goes on from its checkpoint when the job is requeued', async () => {
    tell({ steps: 100, pause: 100 });
    const { ended } = start();
    await until('a checkpoint is there', () => /"type":"checkpoint"/.test(events()));
    const number = job();
    cluster.run('scontrol', 'requeue', number);
    // SLURM holds a requeued job back for two minutes.
    await until(
      'it is in the queue',
      () => cluster.run('squeue', '-h', '-j', number, '-o', '%T') === 'PENDING',
    );
    cluster.run('scontrol', 'update', `JobId=${number}`, 'StartTime=now');
    const done = JSON.parse(await ended);
    assert.deepEqual([done.state, done.step], ['finished', 100]);
    assert.match(events(), /"resumed_from":"checkpoints\/step"/);
  });

  it('says in one sentence what SLURM does not take', async () => {
    const { stderr, status } = session.run(...COMMAND, '--sbatch=--partition=gpus');
    assert.equal(status, 2);
    assert.match(stderr, /SLURM does not take the job: .*invalid partition/i);
  });
});
