import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { CLI, CliSession } from './cli-session.ts';
import { FakeEndpoint } from './fake-endpoint.ts';
import { dataset, rationale as stages } from './sample-dataset.ts';

const RECORDS = 600;
/** A disk of this size, gone with the commands that run on it. */
const ON_A_SMALL_DISK =
  'mount -t tmpfs -o size=400k tmpfs small && "$@"; code=$?; cp -r small kept; exit $code';

/** Where a user may have a file system of their own: Linux, mostly. */
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

describe('a disk that is full', function () {
  this.timeout(60_000);
  let session: CliSession;
  let server: FakeEndpoint;

  beforeEach(async function () {
    if (!canMount) this.skip();
    session = new CliSession();
    server = await FakeEndpoint.start(() => ({
      say: stages('B', 'The words match, word by word. '.repeat(20)),
    }));
    session.write('problems.json', dataset(RECORDS));
    session.write(
      'rationale.models.json',
      JSON.stringify({ endpoints: { m: { url: server.url, model: 'm' } } }),
    );
    mkdirSync(join(session.folder, 'small'));
  });
  afterEach(async () => {
    session?.close();
    await server?.close();
  });

  it('ends a run with one sentence; what was stored is kept, is not paid for again, and the run goes on elsewhere', async () => {
    const annotate = ['annotate', 'problems.json', '--model', 'm', '--run', 'r'];
    const full = await onSmallDisk(process.execPath, CLI, ...annotate);
    assert.equal(full.status, 2);
    assert.match(
      full.stderr,
      /Results can no longer be stored in small.store\.sqlite \(database or disk is full\); what was stored before is safe, and the same goes on from there\.\n$/,
    );
    const kept = join(session.folder, 'kept', 'store.sqlite');
    const store = openStore(kept);
    const stored = store.predictions('r').size;
    const paid = store.run('r')?.generated;
    store.close();
    assert.ok(stored > 32 && stored < RECORDS, `${stored} are stored`);
    assert.ok(Number(paid) <= stored, 'nothing counts that is not there');

    session.environment.RATIONALE_STORE = kept;
    server.asked.length = 0;
    const { stdout, status } = await session.runBeside(...annotate, '--format', 'json');
    assert.equal(status, 0);
    const [{ n, correct, missing }] = JSON.parse(stdout).runs;
    assert.deepEqual([n, correct, missing], [RECORDS, RECORDS, 0]);
    assert.equal(server.asked.length, RECORDS - stored);
  });

  async function onSmallDisk(...command: string[]) {
    const child = spawn('unshare', ['-rm', 'sh', '-c', ON_A_SMALL_DISK, 'sh', ...command], {
      cwd: session.folder,
      env: { ...session.environment, RATIONALE_STORE: join('small', 'store.sqlite') },
    });
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += text));
    child.stdout.resume();
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    assert.ok(existsSync(join(session.folder, 'kept')), stderr);
    return { stderr, status };
  }
});
