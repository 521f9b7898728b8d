import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

const FILE = 'setting-1.prompty';

describe('the preview of a prompt file, as a person at the window', () => {
  const session = new PersonSession();
  const preview = () => session.workbench.webview();
  const shown = (text: string | RegExp) => preview().locator('.message', { hasText: text }).waitFor();
  /** Types over what the editor's search has found. */
  const typeOver = async (found: string, text: string) => {
    const { workbench } = session;
    await workbench.tab(FILE).click();
    await workbench.select(found);
    await workbench.page.keyboard.type(text);
  };

  before(async () => {
    await session.start({ linkExtension: root });
    const git = (...args: string[]) => execFileSync('git', args, { cwd: session.workspace });
    git('init', '--quiet');
    git('add', 'prompts');
    git('-c', 'user.name=Test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '-m', 'Prompts');
  });
  after(() => session.end());

  it('opens beside the file with the first record, its picture, its tokens and what was left out', async () => {
    const { workbench } = session;
    await workbench.openFile(FILE);
    await workbench.titleButton('Preview Prompt').click();
    await shown('What will these two magnets do?');
    const picture = preview().locator('.message img');
    await picture.waitFor();
    assert.ok(
      await picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth > 0),
      'the picture is not shown',
    );
    await preview()
      .getByText(/\d+ tokens, \d+ of them for images/)
      .waitFor();
    await preview().getByText('Left out: lecture, solution').waitFor();
    assert.equal(
      await preview().locator('mark.from-question').textContent(),
      'What will these two magnets do?',
    );
  });

  it('follows as the prompt is typed', async () => {
    await typeOver('Question:', 'Look closely, then answer:');
    await shown('Look closely, then answer: What will these two magnets do?');
  });

  it('shows the hole that a misspelt variable leaves, until its fix is accepted', async () => {
    const { workbench } = session;
    await typeOver('question }}', 'qestion }}');
    await preview().locator('mark.from-question').waitFor({ state: 'detached' });
    await workbench.command('View: Focus Problems');
    await workbench.problem('unknown-variable').first().click();
    await workbench.command('View: Focus Active Editor Group');
    await workbench.page.keyboard.press('Control+.');
    await workbench.page.locator('.action-widget .monaco-list-row', { hasText: 'Write "question"' }).click();
    await shown('What will these two magnets do?');
  });

  it('stays, and says that it is old, when the file is broken', async () => {
    const { workbench } = session;
    await typeOver('task }}', 'task | }}');
    await preview().getByText('This preview is old.').waitFor();
    await shown('What will these two magnets do?');
    await workbench.screenshot('preview-old');
    await typeOver('task | }}', 'task }}');
    await preview().getByText('This preview is old.').waitFor({ state: 'detached' });
  });

  it('follows the cursor in the dataset', async () => {
    const { workbench } = session;
    await workbench.openFile('problems.json');
    await workbench.select('"161": {');
    await preview().locator('header', { hasText: 'Record 161' }).waitFor();
    await workbench.tab(FILE).click();
    await preview().locator('header', { hasText: 'Record 161' }).waitFor();
  });

  it('runs the record with the embedded student and shows what it writes and how it is judged', async () => {
    const { workbench } = session;
    await preview().getByRole('button', { name: 'Run on This Record' }).click();
    const output = preview().getByRole('region', { name: 'Output of sketchbook-student' });
    await output.locator('.verdict').waitFor();
    assert.match((await output.locator('.output').textContent()) ?? '', /<SUMMARY>.*<CONCLUSION>[A-E]/s);
    await workbench.screenshot('preview-run');
    await preview().getByRole('button', { name: 'Run on This Record' }).click();
    await output.getByText('stored already, so no model ran').waitFor();
  });

  it('runs a sample, and compares it with the committed version', async () => {
    const { workbench } = session;
    await preview().getByLabel('Sample of').fill('12');
    await preview().getByRole('button', { name: 'Run on Sample' }).click();
    await preview()
      .getByRole('row', { name: /sketchbook-student .* 12/ })
      .waitFor();
    await preview().getByRole('button', { name: 'Compare with HEAD' }).click();
    await preview()
      .getByText(/Of 12 shared records, \d+ flipped right and \d+ flipped wrong: exact McNemar p/)
      .waitFor();
    await workbench.screenshot('preview-compared');
  });

  it('is there again when the window is loaded again', async () => {
    const { workbench } = session;
    await workbench.tab(FILE).click();
    await workbench.command('File: Save');
    await workbench.reload();
    await preview().locator('header', { hasText: 'Record 161' }).waitFor();
    assert.equal(await preview().getByLabel('Sample of').inputValue(), '12');
  });
});
