import assert from 'node:assert/strict';
import { chmodSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { pythonIn } from '../../../server/src/training/python.ts';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

const RECIPE = `student: sketchbook-base
data: { dataset: problems.json, split: test }
target: answer
evaluation: { split: val, records: 2 }
`;

/** In the order in which they are looked for; each is one place. */
type Place = 'setting' | 'envs' | 'python' | 'virtual-env' | '.venv' | 'PATH';

describe('the Python that trains, in an editor with the Python extensions', function () {
  this.timeout(300_000);
  const session = new PersonSession();
  const folder = mkdtempSync(join(tmpdir(), 'rationale-pythons-'));
  const told = join(folder, 'says.json');
  const places: Record<Place, string> = {
    setting: join(folder, 'setting', 'python3'),
    envs: join(folder, 'envs', 'python3'),
    python: join(folder, 'python', 'python3'),
    'virtual-env': pythonIn(join(folder, 'virtual-env')),
    '.venv': pythonIn(join(session.workspace, '.venv')),
    PATH: join(folder, 'path', 'python3'),
  };
  const settings = join(session.workspace, '.vscode');
  let recipes = 0;

  before(async () => {
    for (const place of Object.values(places)) standIn(place);
    for (let i = 1; i <= 12; i++) writeFileSync(join(session.workspace, `python-${i}.recipe.yaml`), RECIPE);
    writeFileSync(told, '{}');
    writeFileSync(join(folder, '.profile'), `export PATH='${dirname(places.PATH)}':"$PATH"\n`);
    mkdirSync(settings);
    writeFileSync(join(settings, 'settings.json'), JSON.stringify({ 'rationale.python': places.setting }));
    const otherExtensions = [
      extension('python-environments', 'vscode-python-envs'),
      extension('python', 'python'),
    ];
    const environment = {
      ...{ PYTHON_STAND_INS: told, VIRTUAL_ENV: join(folder, 'virtual-env') },
      // Where an environment of Rationale's own may lie.
      XDG_DATA_HOME: join(folder, 'data'),
      // The editor takes the PATH of a login shell.
      ...{ HOME: folder, SHELL: '/bin/sh' },
    };
    await session.start({ linkExtension: root, otherExtensions, environment });
  });
  after(async () => {
    await session.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A Python that has all packages but those that are missing. */
  function standIn(path: string, missing: readonly string[] = []): void {
    const program = join(root, 'test/server/fake-python.mjs');
    const told = `FAKE_TRAINER='${JSON.stringify({ missing })}'`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${told} exec '${process.execPath}' '${program}' "$@"\n`);
    chmodSync(path, 0o755);
  }

  function extension(standIn: string, name: string): string {
    const own = join(folder, 'extensions', name);
    buildSync({
      entryPoints: [join(root, 'test/editor/stand-ins', `${standIn}.ts`)],
      ...{
        outfile: join(own, 'main.js'),
        bundle: true,
        platform: 'node',
        format: 'cjs',
        external: ['vscode'],
      },
    });
    const manifest = { publisher: 'ms-python', name, version: '1.0.0', main: 'main.js' };
    writeFileSync(
      join(own, 'package.json'),
      JSON.stringify({ ...manifest, engines: { vscode: '^1.90.0' }, activationEvents: [] }),
    );
    return own;
  }

  const say = (says: { readonly envs: string | null; readonly python: string | null }) =>
    writeFileSync(told, JSON.stringify(says));

  /** Checks a recipe that nothing has trained before, and gives the place of the Python that did. */
  async function checkedBy(): Promise<Place | undefined> {
    const { workbench } = session;
    const name = `python-${++recipes}`;
    await workbench.openFile(`${name}.recipe.yaml`);
    await workbench.command('Rationale: Check Recipe');
    await workbench.page.locator('.tab', { hasText: `Training ${name}-` }).waitFor();
    // The page takes the keyboard when it is drawn.
    await workbench.webview().locator('h1 .badge', { hasText: 'checked' }).waitFor();
    await workbench.webview().getByText('Nothing is wrong with this recipe.').waitFor();
    await workbench.command('View: Close All Editors');
    const [record] = globSync(join(session.workspace, 'runs', `${name}-*`, 'trainer.json'));
    const { python } = JSON.parse(readFileSync(record as string, 'utf8'));
    return (Object.keys(places) as Place[]).find((place) => places[place] === python);
  }

  async function reload(): Promise<void> {
    const { workbench } = session;
    await workbench.command('View: Show Explorer');
    await workbench.reload();
    await workbench.page.locator('.monaco-workbench .explorer-folders-view').waitFor();
  }

  it('is the setting’s before all others', async () => {
    say({ envs: places.envs, python: places.python });
    assert.equal(await checkedBy(), 'setting');
    rmSync(settings, { recursive: true });
    await reload();
  });

  it('is the one that the Python Environments extension has chosen, before the one of ms-python', async () => {
    say({ envs: places.envs, python: places.python });
    assert.equal(await checkedBy(), 'envs');
  });

  it('is ms-python’s where the other has chosen none, fails, or chose one that does not run', async () => {
    for (const envs of [null, 'throws', join(folder, 'gone')]) {
      say({ envs, python: places.python });
      assert.equal(await checkedBy(), 'python', `envs: ${envs}`);
    }
  });

  it('is VIRTUAL_ENV’s where both have chosen none or fail, then .venv’s, then the PATH’s', async () => {
    for (const said of ['throws', null]) {
      say({ envs: said, python: said });
      assert.equal(await checkedBy(), 'virtual-env', `both: ${said}`);
    }
    rmSync(places['virtual-env']);
    assert.equal(await checkedBy(), '.venv');
    rmSync(places['.venv']);
    assert.equal(await checkedBy(), 'PATH');
  });

  it('is offered to be made where one lacks packages, and whoever declines works on', async () => {
    const { workbench } = session;
    standIn(places.PATH, ['torch', 'peft']);
    await workbench.openFile('python-12.recipe.yaml');
    await workbench.command('Rationale: Check Recipe');
    const question = workbench.page.locator('.monaco-dialog-box', {
      hasText: `${places.PATH} lacks torch, peft. Make an environment of Rationale’s own for them?`,
    });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    assert.deepEqual(globSync(join(session.workspace, 'runs', 'python-12-*')), []);
    await workbench.openFile('faults.json');
    await workbench.command('View: Focus Problems');
    await workbench.problem('missing-image').first().waitFor();
  });
});
