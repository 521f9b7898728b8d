import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

describe('a file that VS Code does not share with extensions', () => {
  const session = new PersonSession();

  before(async () => {
    writeLarge(join(session.workspace, 'large.json'));
    // In a browser VS Code asks before it opens more than 50 MB.
    const settings = { 'workbench.editorLargeFileConfirmation': 200 };
    await session.start({ linkExtension: root, settings });
  });
  after(() => session.end());

  it('is said to be too large, in the status bar', async () => {
    const { workbench } = session;
    await workbench.openFile('faults.json');
    await workbench.openFile('large.json');
    await workbench.page.locator('.statusbar-item', { hasText: 'Too large for Rationale' }).waitFor();
    await workbench.screenshot('large-file');
    await workbench.page.locator('.tab', { hasText: 'faults.json' }).click();
    await workbench.page
      .locator('.statusbar-item', { hasText: 'Too large for Rationale' })
      .waitFor({ state: 'hidden' });
  });
});

/** A dataset of 60 MB. */
function writeLarge(path: string): void {
  const record = JSON.stringify({
    question: 'Which?',
    choices: ['a', 'b'],
    answer: 0,
    lecture: 'x'.repeat(900),
  });
  const file = openSync(path, 'w');
  writeSync(file, '{\n');
  for (let id = 0; id < 60_000; id++) writeSync(file, `"${id}": ${record},\n`);
  writeSync(file, `"end": ${record}\n}\n`);
  closeSync(file);
}
