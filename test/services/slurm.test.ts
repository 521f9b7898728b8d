import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CLI, CliSession } from '../server/cli-session.ts';
import { Editor } from '../server/harness.ts';
import { dataset } from '../server/sample-dataset.ts';
import { SlurmCluster, whyNoSlurm } from './slurm-cluster.ts';

const PYTHON = join(import.meta.dirname, '../server/fake-python.mjs');
const RECIPE = `student: sketchbook-base
data: { dataset: ../problems.json, split: test }
target: answer
evaluation: { split: val, records: 2 }
`;
/** A folder as people name them. */
const RECIPE_FILE = 'a person’s recipes/gold.recipe.yaml';
const COMMAND = ['train', RECIPE_FILE, '--python', PYTHON, '--on', 'slurm', '--format', 'json'];

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
    session.write(RECIPE_FILE, RECIPE);
    Object.assign(session.environment, cluster.environment);
  });
  afterEach(() => session.close());

  const tell = (fake: object) => {
    session.environment.FAKE_TRAINER = JSON.stringify(fake);
  };
  const folder = () => {
    const runs = join(session.folder, dirname(RECIPE_FILE), 'runs');
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

  it('is a place to train in the editor, where the run goes on when it is resumed', async () => {
    const settings = { python: PYTHON, sbatch: ['--comment=by the editor’s "user"'] };
    const fake = { FAKE_TRAINER: JSON.stringify({ steps: 60, pause: 100 }) };
    const environment = { ...cluster.environment, ...fake, VIRTUAL_ENV: '' };
    const editor = await Editor.start({ settings, environment }, session.folder);
    try {
      assert.deepEqual(await editor.request('rationale/trainingPlaces', null), {
        places: ['local', 'slurm'],
      });
      // A queue that nothing leaves.
      cluster.run('scontrol', 'update', 'PartitionName=all', 'State=DOWN');
      const uri = pathToFileURL(join(session.folder, RECIPE_FILE)).href;
      const begun = await editor.request('rationale/train', { uri, on: 'slurm' });
      assert.ok('folder' in begun);
      const row = async () => editor.request('rationale/training', { folder: begun.folder });
      const waiting = job();
      assert.equal((await row()).waitingJob, waiting);
      await editor.request('rationale/stopTraining', { folder: begun.folder });
      const { state, problem } = await row();
      assert.deepEqual([state, problem], ['new', null], 'taken out of the queue, it was not killed');
      cluster.run('scontrol', 'update', 'PartitionName=all', 'State=UP');

      await editor.request('rationale/train', { uri: begun.folder });
      assert.notEqual(job(), waiting);
      await until('a step is done', () => /"type":"step"/.test(events()));
      assert.match(cluster.run('scontrol', 'show', 'job', job()), /Comment=by the editor’s "user"/);
      await editor.until('it waits no more', async () => {
        const { state, waitingJob } = await row();
        return state === 'running' && waitingJob === null;
      });
      await editor.request('rationale/stopTraining', { folder: begun.folder });
      await until('it has stopped', () => /"type":"stopped"/.test(events()));
    } finally {
      cluster.run('scontrol', 'update', 'PartitionName=all', 'State=UP');
      await editor.stop();
    }
  });

  it('is no place to train where no cluster answers', async () => {
    const environment = { SLURM_CONF: join(session.folder, 'none.conf') };
    const editor = await Editor.start({ environment }, session.folder);
    try {
      assert.deepEqual(await editor.request('rationale/trainingPlaces', null), { places: ['local'] });
    } finally {
      await editor.stop();
    }
  });

  it('says in one sentence what SLURM does not take', async () => {
    const { stderr, status } = session.run(...COMMAND, '--sbatch=--partition=gpus');
    assert.equal(status, 2);
    assert.match(stderr, /SLURM does not take the job: .*invalid partition/i);
    const broken = session.run(...COMMAND, '--run', 'other', '--sbatch=--time=1\nrm -rf x');
    assert.equal(broken.status, 2);
    assert.match(broken.stderr, /An option for sbatch is one line: "--time=1\\nrm -rf x" is not\./);
  });
});
