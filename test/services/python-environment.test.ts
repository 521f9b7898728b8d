import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { environmentCommand, makeEnvironment } from '../../server/src/training/environment.ts';
import { findPython, missingPackages, probePython, pythonIn } from '../../server/src/training/python.ts';

const root = resolve(import.meta.dirname, '../..');
const PYTHON = 'python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import venv, ensurepip']).status === 0;

describe('the Python environment of training', function () {
  this.timeout(120_000);
  let folder: string;
  before(function () {
    if (!hasPython) this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rationale-environment-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  const files = (requirements: string) => {
    const path = join(folder, 'requirements.txt');
    writeFileSync(path, requirements);
    return { folder: join(root, 'trainer'), requirements: path };
  };

  it('is made, made again, and then found', async () => {
    const own = join(folder, 'own');
    const nothing = files('# nothing\n');
    const lines: string[] = [];
    for (let i = 0; i < 2; i++) {
      const python = await makeEnvironment(
        own,
        nothing,
        PYTHON,
        (line) => lines.push(line),
        new AbortController().signal,
      );
      assert.equal(python, pythonIn(own));
    }
    const choice = { named: null, offered: [], from: [folder], own };
    const probe = await findPython(choice, nothing);
    assert.equal(probe?.path, pythonIn(own));
    assert.match(probe?.version ?? '', /^3\.\d+/);
  });

  it('fails with what the installer says, and can be cancelled', async () => {
    const none = files('no-such-package-of-rationale @ file:///no/such/place\n');
    const ignore = () => undefined;
    const made = makeEnvironment(join(folder, 'own'), none, PYTHON, ignore, new AbortController().signal);
    await assert.rejects(made, /^Error: The environment could not be made: .*no\/such\/place/);
    const cancelled = makeEnvironment(join(folder, 'other'), none, PYTHON, ignore, AbortSignal.abort());
    await assert.rejects(cancelled, /was cancelled/);
  });

  it('is what a shell makes of the one command that is named', () => {
    const own = join(folder, 'with space');
    const command = environmentCommand(own, files('# nothing\n'), PYTHON);
    assert.equal(spawnSync('sh', ['-c', command]).status, 0);
    assert.ok(existsSync(pythonIn(own)));
  });

  it('lacks nothing that the trainer imports, once it is made from the locked requirements', async function () {
    const python = join(root, '.venv', 'bin', 'python');
    if (!existsSync(python)) this.skip();
    const trainer = {
      folder: join(root, 'trainer'),
      requirements: join(root, 'trainer', 'requirements.txt'),
    };
    assert.deepEqual(missingPackages(await probePython(python, trainer)), []);
    assert.ok(globSync('rationale_trainer/training/*.py', { cwd: trainer.folder }).length > 0);
  });
});
