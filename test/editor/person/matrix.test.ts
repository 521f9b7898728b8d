import assert from 'node:assert/strict';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

const FILE = 'setting-2.prompty';

describe('the matrix of a prompt file, as a person at the window', () => {
  const session = new PersonSession();
  const page = () => session.workbench.webview();
  const rows = () => page().locator('tbody tr');

  before(() => session.start({ linkExtension: root }));
  after(() => session.end());

  it('runs 2 × 2 cells with the embedded student', async () => {
    const { workbench } = session;
    await workbench.openFile(FILE);
    await workbench.titleButton('Prompt Matrix').click();
    await page().getByRole('checkbox', { name: '3', exact: true }).uncheck();
    await page().getByRole('checkbox', { name: '4', exact: true }).uncheck();
    await page().getByLabel('chain-of-thought').uncheck();
    await page().getByText('at most 4 cells').waitFor();
    await page().getByLabel('Sample of').fill('10');
    await page().getByRole('button', { name: 'Run Matrix' }).click();
    await page().getByRole('button', { name: 'Markdown' }).waitFor();
    assert.equal(await rows().count(), 4);
    assert.equal(await page().getByRole('rowheader', { name: /★/ }).count(), 1);
    await page()
      .getByRole('img', { name: /as-written\. setting 1/ })
      .waitFor();
    await workbench.screenshot('matrix');
  });

  it('goes from cell to cell with the arrow keys, and into one with Enter', async () => {
    const { workbench } = session;
    await rows().first().locator('th').focus();
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('ArrowRight');
    assert.equal(
      await rows()
        .nth(1)
        .locator('td')
        .first()
        .evaluate(
          (cell: { ownerDocument: { activeElement: unknown } }) => cell === cell.ownerDocument.activeElement,
        ),
      true,
    );
    await workbench.page.keyboard.press('Enter');
    await page().locator('.failing li').first().waitFor();
    assert.match(
      (await page().locator('.failing h2').textContent()) ?? '',
      /not answered correctly by sketchbook-student/,
    );
  });

  it('opens a failing record in the dataset, with what the model said', async () => {
    const { workbench } = session;
    const first = page().locator('.failing li').first().getByRole('button').first();
    const id = await first.textContent();
    await first.click();
    await page().locator('.failing .output').waitFor();
    await workbench.tab('problems.json').waitFor();
    await workbench.page
      .locator('.view-line', { hasText: `"${id}":` })
      .first()
      .waitFor();
    await workbench.screenshot('matrix-record');
  });

  it('offers the best fair cell as a prompt file', async () => {
    const { workbench } = session;
    await page().getByRole('button', { name: 'Best Fair Cell as Prompt File' }).click();
    await workbench.tab('setting-2-best.prompty').waitFor();
    await workbench.page
      .locator('.editor-group-container.active .view-line', { hasText: 'name:' })
      .first()
      .waitFor();
  });
});
