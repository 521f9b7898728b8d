import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { environmentCommand, makeEnvironment } from '../../server/src/training/environment.ts';
import {
  findPython,
  missingPackages,
  type PythonProbe,
  probePython,
  pythonIn,
} from '../../server/src/training/python.ts';

const root = resolve(import.meta.dirname, '../..');
const PYTHON = 'python3';
/** Of the test requirements. */
const UV = join(root, '.venv', 'bin', 'uv');
const hasPython = spawnSync(PYTHON, ['-c', 'import venv, ensurepip']).status === 0;
const runs = (program: string) => spawnSync(program, ['--version']).status === 0;

/** A package of one module, written out: nothing is loaded from anywhere. */
const WRITE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    info = "rationale_sample-1.0.dist-info"
    wheel.writestr("rationale_sample.py", "answer = 42\\n")
    wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: rationale-sample\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")
`;

describe('the Python environment of training', function () {
  this.timeout(120_000);
  const ignore = () => undefined;
  const { PATH = '' } = process.env;
  let folder: string;
  before(function () {
    if (!hasPython) this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rationale-environment-'));
  });
  afterEach(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const files = (requirements: string) => {
    const path = join(folder, 'requirements.txt');
    writeFileSync(path, requirements);
    return { folder: join(root, 'trainer'), requirements: path };
  };
  const sample = () => {
    const wheel = join(folder, 'rationale_sample-1.0-py3-none-any.whl');
    assert.equal(spawnSync(PYTHON, ['-c', WRITE_WHEEL, wheel]).status, 0);
    return files(`rationale-sample @ file://${wheel}\n`);
  };
  /** What is found when programs are looked for: the user's own, but uv only if it is wanted. */
  const putOnPath = (hasUv: boolean) => {
    const others = PATH.split(delimiter).filter((place) => !existsSync(join(place, 'uv')));
    const own = join(folder, 'programs');
    mkdirSync(own);
    if (hasUv) symlinkSync(UV, join(own, 'uv'));
    process.env.PATH = [own, ...others].join(delimiter);
  };

  for (const tool of ['uv', 'venv']) {
    describe(`with ${tool}`, () => {
      beforeEach(function () {
        // uv comes with trainer/requirements-tests.txt, which npm test installs.
        if (tool === 'uv' && !existsSync(UV)) this.skip();
        putOnPath(tool === 'uv');
        if (!runs(PYTHON)) this.skip();
      });

      it('is made, made again, and then found with what is in it', async () => {
        const own = join(folder, 'own');
        const trainer = sample();
        const lines: string[] = [];
        const { signal } = new AbortController();
        for (let i = 0; i < 2; i++) {
          const python = await makeEnvironment(own, trainer, PYTHON, (line) => lines.push(line), signal);
          assert.equal(python, pythonIn(own));
        }
        const choice = { named: null, offered: [], from: [folder], own };
        const probe = (await findPython(choice, trainer)) as PythonProbe;
        assert.equal(probe.path, pythonIn(own));
        assert.match(probe.version, /^3\.\d+/);
        assert.deepEqual(probe.packages, { 'rationale-sample': '1.0' });
        // uv leaves no pip behind, and says what it installs; venv's pip does, too.
        assert.equal(spawnSync(probe.path, ['-m', 'pip', '--version']).status === 0, tool === 'venv');
        assert.ok(lines.some((line) => /rationale-sample/.test(line)));
      });

      it('fails with what the installer says, and can be cancelled', async () => {
        const none = files('no-such-package-of-rationale @ file:///no/such/place\n');
        const { signal } = new AbortController();
        const made = makeEnvironment(join(folder, 'own'), none, PYTHON, ignore, signal);
        await assert.rejects(
          made,
          /^Error: The environment could not be made: (?!error|cause).*no\/such\/place/,
        );
        const cancelled = makeEnvironment(join(folder, 'other'), none, PYTHON, ignore, AbortSignal.abort());
        await assert.rejects(cancelled, /was cancelled/);
      });

      it('is what a shell makes of the one command that is named', () => {
        const own = join(folder, 'with space');
        const command = environmentCommand(own, sample(), PYTHON);
        assert.match(command, tool === 'uv' ? /^uv venv / : /^python3 -m venv /);
        assert.equal(spawnSync('sh', ['-c', command]).status, 0);
        assert.equal(spawnSync(pythonIn(own), ['-c', 'import rationale_sample']).status, 0);
      });
    });
  }

  it('cannot be made without any Python where there is no uv either', () => {
    putOnPath(false);
    assert.throws(
      () => environmentCommand('own', files(''), null),
      /needs Python 3\.11 or newer, and none was/,
    );
  });

  it('is not made with a Python that is too old', async () => {
    const old = join(folder, 'python3');
    const says = { version: '3.9.18', packages: {}, cuda: false, mps: false, gpuMemory: 0 };
    writeFileSync(old, `#!/bin/sh\necho '${JSON.stringify(says)}'\n`, { mode: 0o755 });
    const choice = { named: null, offered: [], from: [folder], own: join(folder, 'own') };
    process.env.PATH = folder;
    assert.equal(await findPython(choice, files('')), null);
    await assert.rejects(
      findPython({ ...choice, named: old }, files('')),
      /The Python .* is 3\.9\.18: 3\.11 or newer is needed\.$/,
    );
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
