import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

describe('generating rationales as a person does', function () {
  this.timeout(400_000);
  const session = new PersonSession();
  before(() => session.start({ linkExtension: root, settings: { 'files.autoSave': 'off' } }));
  after(() => session.end());

  it('asks five questions, shows the difference, writes it, says so, and undo takes it all back', async () => {
    const { workbench } = session;
    const { page } = workbench;
    const file = join(session.workspace, 'problems.json');
    const before = readFileSync(file, 'utf8');
    await workbench.openFile('problems.json');
    await workbench.command('Rationale: Generate Rationales');
    for (const answer of [
      'sketchbook-teacher',
      '60 records',
      'what students are asked',
      'answers of each record',
      'The records',
    ]) {
      await workbench.quickPick(answer).first().click();
    }
    await workbench.notification(/\d+ of 240 samples of 60 records pass, \d+ kept/).waitFor();
    await page.locator('.tab.active', { hasText: 'with rationales' }).waitFor();
    await page.getByRole('button', { name: /^Write \d+ Rationales$/ }).click();
    await workbench
      .notification(/\d+ rationales written into problems\.json\. Undo takes them all back\./)
      .waitFor();
    // It stands where the first one was written.
    await page.locator('.view-line', { hasText: '"rationale": {' }).first().waitFor();
    assert.equal(readFileSync(file, 'utf8'), before, 'a file that is open is not saved');
    await workbench.command('Undo');
    await page.locator('.view-line', { hasText: '"rationale": {' }).first().waitFor({ state: 'detached' });
  });
});
