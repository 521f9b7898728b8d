import assert from 'node:assert/strict';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

const MODEL = 'sketchbook-student';

describe('as a person at the window', () => {
  const session = new PersonSession();

  before(async () => {
    await session.start({ linkExtension: root });
  });
  after(() => session.end());

  it('the planted faults stand in Problems, each with its rule', async () => {
    const { workbench } = session;
    await workbench.openFile('faults.json');
    await workbench.command('View: Focus Problems');
    for (const rule of ['missing-image', 'duplicate-choice', 'answer-out-of-range']) {
      await workbench.problem(rule).first().waitFor();
    }
    await workbench.screenshot('faults');
  });

  it('a click on a finding’s code opens the rule’s page', async () => {
    const { workbench } = session;
    await workbench.problem('missing-image').first().locator('a.monaco-link').click();
    await workbench.page.locator('.tab', { hasText: 'missing-image.md' }).waitFor();
    await workbench.webview().locator('h1', { hasText: 'missing-image' }).waitFor();
    await workbench.screenshot('rule-page');
    await workbench.command('View: Close All Editors');
  });

  it('the annotate button stands in the title of a dataset and of no other JSON file', async () => {
    const { workbench } = session;
    await workbench.openFile('pid_splits.json');
    assert.equal(await workbench.titleButton('Annotate Dataset').count(), 0);
    await workbench.openFile('problems.json');
    await workbench.titleButton('Annotate Dataset').waitFor();
  });

  it('annotating asks for model and split, shows its progress, and says how it went', async () => {
    const { workbench } = session;
    await workbench.command('Rationale: Annotate Dataset…');
    await workbench.quickPick(MODEL).waitFor();
    await workbench.screenshot('annotate-model');
    await workbench.quickPick(MODEL).click();
    await workbench.quickPick('test').waitFor();
    await workbench.screenshot('annotate-split');
    const progress = workbench.notification(/[1-9]\d*\/\d+ records/).waitFor();
    const end = workbench.notification(/records run on (CPU|WebGPU)/).waitFor();
    await Promise.all([
      // The larger split: the smaller one is done before a person could read the progress.
      workbench.quickPick('test').click(),
      progress.then(() => workbench.screenshot('annotate-progress')),
      end.then(() => workbench.screenshot('annotate-done')),
    ]);
    await workbench.command('Notifications: Clear All Notifications');
  });

  it('Records, Runs and Models tell what there is', async () => {
    const { workbench } = session;
    await workbench.command('Rationale: Focus on Records View');
    await workbench.command('Rationale: Group Records by Rule');
    const records = workbench.pane('Records');
    await records.locator('.monaco-list-row', { hasText: 'wrong-answer' }).click();
    await workbench.pane('Runs').locator('.monaco-list-row', { hasText: MODEL }).click();
    await workbench.pane('Runs').locator('.monaco-list-row', { hasText: 'Accuracy' }).waitFor();
    await workbench
      .pane('Models')
      .locator('.monaco-list-row', { hasText: /CPU|WebGPU/ })
      .waitFor();
    await workbench.screenshot('views');
  });

  it('a click on a record in the tree shows it, and its hover shows picture, choices and stages', async () => {
    const { workbench } = session;
    const rule = workbench.pane('Records').locator('.monaco-list-row', { hasText: 'wrong-answer' });
    const level = workbench.pane('Records').locator('.monaco-list-row[aria-level="2"]').first();
    await rule.waitFor();
    await level.click();
    await workbench.command('Show or Focus Hover');
    const hover = workbench.page.locator('.monaco-hover:not(.hidden)', { hasText: MODEL });
    await hover.waitFor();
    await hover.locator('img').first().waitFor();
    for (const stage of ['Summary', 'Caption', 'Reasoning', 'Conclusion']) {
      assert.match((await hover.textContent()) ?? '', new RegExp(stage, 'i'));
    }
    await workbench.screenshot('hover');
  });

  it('F8 walks the findings', async () => {
    const { workbench } = session;
    await workbench.page.keyboard.press('Escape');
    await workbench.command('View: Focus Active Editor Group');
    await workbench.page.keyboard.press('F8');
    await workbench.page.locator('.zone-widget .marker-widget').waitFor();
    await workbench.screenshot('f8');
  });
});
