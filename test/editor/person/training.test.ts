import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

/** Long enough to be killed in the middle, on whatever machine. */
const RECIPE = `student: sketchbook-base
data: { dataset: problems.json, split: train }
target: answer
optimiser: { learning_rate: 5e-4 }
epochs: 6
batch: 16
lengths: { prompt: 160, target: 8 }
evaluation: { records: 24, every: 14, new_tokens: 8 }
checkpoint: { every: 14 }
export: { verify: 4 }
`;
const THEMES = ['Default Dark Modern', 'Default Light Modern', 'Default High Contrast'];

describe('training as a person does it', function () {
  this.timeout(600_000);
  const session = new PersonSession();
  const python = join(root, '.venv', 'bin', 'python');

  before(async function () {
    if (!existsSync(python)) this.skip();
    // Of the user's settings, a window that is not on the user's own machine may not hear those of machine scope.
    set({ 'rationale.python': python });
    writeFileSync(join(session.workspace, 'slow.recipe.yaml'), RECIPE);
    await session.start({ linkExtension: root });
  });
  after(() => session.end());

  /** Adds to the workspace's settings. */
  const set = (settings: object) => {
    const folder = join(session.workspace, '.vscode');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'settings.json');
    const known = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    writeFileSync(file, JSON.stringify({ ...known, ...settings }));
  };
  const view = () => session.workbench.webview();
  const state = (words: string) => view().locator('h1 .badge', { hasText: words });
  const step = async () => {
    const words = await view().locator('.count').textContent();
    return Number(/step (\d+)/.exec(words ?? '')?.[1] ?? 0);
  };
  const waitForStep = async (wanted: number) => {
    while ((await step()) < wanted) await session.workbench.page.waitForTimeout(200);
  };

  it('starts from the command palette, and points arrive in the training view', async () => {
    const { workbench } = session;
    await workbench.openFile('slow.recipe.yaml');
    await workbench.command('Rationale: Train…');
    await state('training').waitFor();
    await waitForStep(15);
    const charts = view().locator('figure canvas');
    await charts.first().waitFor();
    assert.ok((await charts.count()) >= 4, 'loss, learning rate, gradient norm and the tasks');
    const loss = await view()
      .getByRole('img', { name: /^Loss: now loss/ })
      .getAttribute('aria-label');
    assert.match(loss ?? '', /loss \d/);
    await view().locator('tbody th', { hasText: '14' }).first().waitFor();
    await view()
      .locator('dd', { hasText: /^\d+ % \(\d+ of 24\)$/ })
      .waitFor();
    const smoothed = view().locator('.u-legend th', { hasText: 'smoothed' });
    assert.equal(await smoothed.count(), 2, 'of loss and gradient norm');
    await workbench.screenshot('training-running');
    await view().getByLabel('Smoothing').fill('0');
    await smoothed.first().waitFor({ state: 'detached' });
    assert.equal(await smoothed.count(), 0);
    await view().getByLabel('Smoothing').fill('0.6');
  });

  it('says so when the trainer is killed, and still does after the window is loaded again', async () => {
    const { workbench } = session;
    process.kill(trainerOf(session.workspace), 'SIGKILL');
    await state('interrupted').waitFor();
    await view()
      .locator('.banner', { hasText: /killed after step \d+; trained again, the run goes on/ })
      .waitFor();
    await workbench.reload();
    await state('interrupted').waitFor();
    await workbench.screenshot('training-interrupted');
  });

  it('goes on where it was, to the end, and the student answers the dataset', async () => {
    const { workbench } = session;
    const before = await step();
    await view().getByRole('button', { name: 'Resume' }).click();
    await state('training').waitFor();
    await waitForStep(before + 1);
    await state('finished').waitFor({ timeout: 400_000 });
    await view().getByRole('tab', { name: 'Samples' }).click();
    await view().locator('.samples td').first().waitFor();
    await workbench.screenshot('training-samples');
    await view().getByRole('tab', { name: 'Batch' }).click();
    await view().locator('.token.target').nth(1).waitFor();
    await workbench.screenshot('training-batch');
    await view().getByRole('button', { name: 'Annotate with this student' }).click();
    await workbench.clickUntilTold(workbench.quickPick('val'), /records run on (CPU|WebGPU)/);
  });

  it('can be read in dark, light and high-contrast themes', async () => {
    const { workbench } = session;
    await workbench.command('Notifications: Clear All Notifications');
    await view().getByRole('tab', { name: 'Curves' }).click();
    for (const theme of THEMES) {
      set({ 'workbench.colorTheme': theme });
      const kind = /Light/.test(theme)
        ? 'vscode-light'
        : /Contrast/.test(theme)
          ? 'vscode-high-contrast'
          : 'vscode-dark';
      await view().locator(`body.${kind}`).waitFor();
      await workbench.page.waitForTimeout(500);
      const values = await view().locator('.u-legend .u-series:not(:first-child) .u-value').allTextContents();
      assert.ok(values.length >= 4);
      assert.deepEqual(
        values.filter((value) => !/\d/.test(value)),
        [],
        'every legend says its last value',
      );
      await workbench.screenshot(`training-${kind}`);
    }
  });
});

function trainerOf(workspace: string): number {
  const runs = join(workspace, 'runs');
  const [run] = readdirSync(runs).filter((name) => !name.startsWith('.') && !name.endsWith('.partial'));
  return JSON.parse(readFileSync(join(runs, run as string, 'trainer.json'), 'utf8')).pid;
}
