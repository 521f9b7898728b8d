import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

describe('a recipe in a window without a folder', () => {
  const session = new PersonSession();

  before(async () => {
    const recipe =
      'student: sketchbook-base\ndata: { dataset: problems.json, splitt: train }\ntarget: answer\n';
    writeFileSync(join(session.workspace, 'alone.recipe.yaml'), recipe);
    await session.start({ linkExtension: root }, 'alone.recipe.yaml');
  });
  after(() => session.end());

  it('is checked', async () => {
    const { page } = session.workbench;
    await page.locator('.squiggly-error').waitFor();
  });
});
