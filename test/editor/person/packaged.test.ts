import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makePackage } from '../../../scripts/package.mjs';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

/** Bytes of the packaged extension without the embedded pair. */
const LIMIT = 30 * 1024 * 1024;

describe('the packaged extension', () => {
  let vsix: string;
  const session = new PersonSession();

  before(async () => {
    vsix = await makePackage();
    await session.start({ vsix });
  });
  after(() => session.end());

  it('is at most 30 MB plus the embedded pair', () => {
    // Weights hardly compress: the pair takes its own size in the package.
    const pair = sizeOf(join(root, 'samples', 'sketchbook', 'models'));
    const rest = statSync(vsix).size - pair;
    assert.ok(rest <= LIMIT, `${(rest / 1024 / 1024).toFixed(1)} MB`);
  });

  it('activates on a dataset and shows its findings', async () => {
    const { workbench } = session;
    await workbench.openFile('faults.json');
    await workbench.command('View: Focus Problems');
    await workbench.problem('missing-image').first().waitFor();
    await workbench.screenshot('packaged-findings');
  });

  it('runs the embedded student with its own native libraries', async () => {
    const { workbench } = session;
    await workbench.openFile('problems.json');
    await workbench.command('Rationale: Annotate Dataset…');
    await workbench.quickPick('sketchbook-student').click();
    await workbench.clickUntilTold(workbench.quickPick('val'), /records run on (CPU|WebGPU)/);
  });
});

/** Bytes of a folder's files. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
