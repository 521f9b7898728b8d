import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunCard, StoredPrediction } from '../../server/src/core/store/types.ts';
import { migrate, STEPS } from '../../server/src/storage/schema.ts';
import { openStore } from '../../server/src/storage/sqlite-store.ts';

const run: RunCard = {
  id: 'r1',
  dataset: '/data/problems.json',
  model: 'teacher',
  revision: 'abc',
  role: 'teacher',
  device: 'CPU',
  prompt: 'setting-1',
  promptText: 'user:\n{{ question }}',
  setting: 1,
  format: 'stages',
  decoding: { maxNewTokens: 64, temperature: 0 },
  split: 'test',
  sample: { n: 200, seed: 1 },
  variation: 'choices-moved',
  purpose: 'trial',
  cascade: { student: 'r0', below: 0.7 },
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  seconds: 0,
  generated: 0,
};

function prediction(recordId: string, change: Partial<StoredPrediction> = {}): StoredPrediction {
  const usage = { promptTokens: 40, imageTokens: 37, outputTokens: 9 };
  return {
    runId: 'r1',
    recordId,
    sample: 0,
    key: `key-${recordId}`,
    output: 'B',
    finishReason: 'stop',
    usage,
    ...change,
  };
}

/** Opens databases that can take so many pages, as on a small disk. */
function withPages<T>(pages: number, open: () => T): T {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (sql) {
    exec.call(this, sql);
    if (sql.includes('journal_mode')) exec.call(this, `PRAGMA max_page_count = ${pages}`);
  };
  try {
    return open();
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
}

describe('the store', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rationale-store-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('gives back a run and its predictions as they were stored', () => {
    const path = join(folder, 'made', 'on', 'the', 'way', 'store.sqlite');
    const store = openStore(path);
    store.openRun(run);
    store.save([
      prediction('1'),
      prediction('2', { output: '', finishReason: 'error', error: 'The image is broken.' }),
    ]);
    store.close();

    const again = openStore(path);
    assert.deepEqual(again.run('r1'), run);
    assert.deepEqual(again.runs('/data/problems.json'), [run]);
    assert.deepEqual(again.runs('/data/other.json'), []);
    assert.deepEqual([...again.predictions('r1').keys()], ['1', '2']);
    assert.deepEqual(again.predictions('r1').get('1'), [prediction('1')]);
    assert.equal(again.predictions('r1').get('2')?.[0]?.error, 'The image is broken.');
    again.close();
  });

  it('that is full says so in one sentence, keeps what it has, takes nothing by halves, and goes on when there is room', () => {
    const path = join(folder, 'store.sqlite');
    const store = withPages(60, () => openStore(path));
    store.openRun(run);
    const long = (n: number) => prediction(`${n}`, { output: 'x'.repeat(1000) });
    let kept = 0;
    assert.throws(() => {
      for (; ; kept += 8) store.save(Array.from({ length: 8 }, (_, i) => long(kept + i)));
    }, /^Error: Results can no longer be stored in .*store\.sqlite \(database or disk is full\); what was stored before is safe, and the same goes on from there\.$/);
    assert.ok(kept > 0);
    assert.equal(store.predictions('r1').size, kept, 'the last eight are left out together');
    store.close();

    const again = openStore(path);
    assert.equal(again.predictions('r1').size, kept);
    again.save([long(kept)]);
    assert.deepEqual(again.predictions('r1').get(`${kept}`), [long(kept)]);
    again.close();
  });

  it('is opened by several processes at once, also when it has to be made first', async () => {
    const path = join(folder, 'store.sqlite');
    const storage = join(import.meta.dirname, '../../server/src/storage/sqlite-store.ts');
    const open = `const { openStore } = await import(${JSON.stringify(storage)}); openStore(${JSON.stringify(path)}).close();`;
    const codes = await Promise.all(
      Array.from({ length: 4 }, () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', open], { stdio: 'ignore' });
        return new Promise((resolve) => child.on('exit', resolve));
      }),
    );
    assert.deepEqual(codes, [0, 0, 0, 0]);
  });

  it('keeps one prediction for a sample of a record of a run, the newest', () => {
    const store = openStore(':memory:');
    store.openRun(run);
    store.save([prediction('1', { output: 'A' })]);
    store.save([prediction('1', { output: 'C', key: 'changed' })]);
    assert.equal(store.predictions('r1').size, 1);
    assert.deepEqual(
      store
        .predictions('r1')
        .get('1')
        ?.map(({ output }) => output),
      ['C'],
    );
    assert.equal(store.byKey('key-1'), null);
    assert.equal(store.byKey('changed')?.output, 'C');
    store.close();
  });

  it('keeps the samples of a record apart, in order, with what each cost', () => {
    const store = openStore(':memory:');
    store.openRun(run);
    const samples = [0, 1, 2].map((sample) =>
      prediction('1', {
        sample,
        key: `key-${sample}`,
        logProbability: -1.5 - sample,
        usage: { promptTokens: 1, imageTokens: 0, outputTokens: 2, cost: 0.25 * sample },
      }),
    );
    store.save(samples.toReversed());
    store.save([prediction('2')]);
    assert.deepEqual(store.predictions('r1').get('1'), samples);
    assert.equal(store.byKey('key-2')?.sample, 2);
    store.close();
  });

  it('never offers a failed prediction for reuse', () => {
    const store = openStore(':memory:');
    store.openRun(run);
    store.save([prediction('1', { finishReason: 'error', error: 'out of memory' })]);
    assert.equal(store.byKey('key-1'), null);
    store.close();
  });

  it('opens a run once, adds up its sittings, and forgets it with its predictions', () => {
    const store = openStore(':memory:');
    store.openRun(run);
    store.save([prediction('1')]);
    store.updateRun('r1', { addSeconds: 2, addGenerated: 32 });
    store.updateRun('r1', { addSeconds: 1.5, finishedAt: '2026-01-02T00:00:00.000Z', device: 'WebGPU' });
    const reopened = store.openRun({ ...run, device: 'elsewhere' });
    assert.equal(reopened.seconds, 3.5);
    assert.equal(reopened.generated, 32);
    assert.equal(reopened.device, 'WebGPU');
    store.deleteRun('r1');
    assert.equal(store.run('r1'), null);
    assert.equal(store.byKey('key-1'), null);
    store.close();
  });

  it('knows the folders of training runs, newest first, each once', () => {
    const store = openStore(':memory:');
    store.addTraining('/runs/a', '2026-01-01T00:00:00Z');
    store.addTraining('/runs/b', '2026-01-02T00:00:00Z');
    store.addTraining('/runs/a', '2026-01-03T00:00:00Z');
    assert.deepEqual(store.trainings(), ['/runs/b', '/runs/a']);
    store.removeTraining('/runs/b');
    assert.deepEqual(store.trainings(), ['/runs/a']);
    store.close();
  });

  for (let version = 0; version < STEPS.length; version++) {
    it(`brings a database of schema ${version} up to date without losing a prediction`, () => {
      const path = join(folder, 'old.sqlite');
      const old = new DatabaseSync(path);
      migrate(old, STEPS.slice(0, version));
      if (version > 0) {
        old.exec(`INSERT INTO runs (id, dataset, model, revision, role, device, prompt, prompt_text, setting, format, decoding, started_at)
                  VALUES ('r1', '/data/problems.json', 'teacher', 'abc', 'teacher', 'CPU', 'setting-1', '', 1, 'stages', '{}', '2026')`);
        const sample = version > 4 ? ', sample' : '';
        const query = version > 5 ? ', query' : '';
        old.exec(`INSERT INTO predictions (run_id, record_id, key, output, finish_reason, prompt_tokens, image_tokens, output_tokens${sample}${query})
                  VALUES ('r1', '7', 'k', 'B', 'stop', 1, 2, 3${sample && ', 0'}${query && ", ''"})`);
      }
      old.close();
      const store = openStore(path);
      assert.equal(store.run('r1')?.seconds, version > 0 ? 0 : undefined);
      const usage = { promptTokens: 1, imageTokens: 2, outputTokens: 3 };
      const kept = {
        runId: 'r1',
        recordId: '7',
        sample: 0,
        key: 'k',
        output: 'B',
        finishReason: 'stop',
        usage,
      };
      assert.deepEqual(store.byKey('k'), version > 0 ? kept : null);
      store.deleteRun('r1');
      assert.equal(store.byKey('k'), null, 'a run takes its predictions with it');
      store.close();
    });
  }

  it('refuses a database that a newer Rationale has written, in one sentence', () => {
    const path = join(folder, 'newer.sqlite');
    const newer = new DatabaseSync(path);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    assert.throws(() => openStore(path), /newer Rationale \(schema 99.*update Rationale/);
  });

  it('says what is wrong with a file that is no database, and leaves it alone', () => {
    const path = join(folder, 'notes.txt');
    writeFileSync(
      path,
      'these are my notes, not a database, and long enough to be taken for a header of one',
    );
    assert.throws(
      () => openStore(path),
      (error: Error) => error.message.includes(path) && error.message.includes('not a database'),
    );
  });

  it('says which folder cannot be written', function () {
    if (process.getuid?.() === 0) this.skip(); // The superuser may write everywhere.
    chmodSync(folder, 0o500);
    assert.throws(
      () => openStore(join(folder, 'no', 'store.sqlite')),
      /cannot be stored in .*RATIONALE_STORE/,
    );
    chmodSync(folder, 0o700);
  });

  it('keeps everything that was saved before a kill -9', async () => {
    const path = join(folder, 'killed.sqlite');
    const writer = spawn(
      process.execPath,
      [join(import.meta.dirname, 'store-writer.ts'), path, JSON.stringify(run)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let acknowledged = 0;
    for await (const data of writer.stdout) {
      acknowledged = Number(String(data).trim().split('\n').at(-1));
      if (acknowledged >= 20) break;
    }
    writer.kill('SIGKILL');
    await new Promise((resolve) =>
      writer.exitCode === null && writer.signalCode === null ? writer.on('exit', resolve) : resolve(null),
    );
    const store = openStore(path);
    const kept = store.predictions('r1');
    for (let record = 0; record < acknowledged; record++)
      assert.ok(kept.has(String(record)), `record ${record} is lost`);
    store.close();
  });
});
