import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeHub } from '../../server/fake-hub.ts';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

const MINE = { name: 'Mine', onnx: 'some/model', family: 'llava', parameters: 100, licence: 'MIT' };

describe('the Models view, as a person at the window', () => {
  const session = new PersonSession();
  const folder = mkdtempSync(join(tmpdir(), 'rationale-fetched-'));
  let hub: FakeHub;
  const row = (hasText: RegExp) => session.workbench.pane('Models').locator('.monaco-list-row', { hasText });

  before(async () => {
    hub = await FakeHub.start(join(root, 'samples/sketchbook/models/base'));
    writeFileSync(
      join(session.workspace, 'rationale.models.json'),
      JSON.stringify({ models: { mine: MINE } }),
    );
    const environment = { HF_ENDPOINT: hub.url, RATIONALE_MODELS: folder };
    await session.start({ linkExtension: root, environment });
  });
  after(async () => {
    await session.end();
    await hub?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('fetches a model of the catalog at the push of a button, after saying how large it is', async () => {
    const { workbench } = session;
    const { page } = workbench;
    await workbench.openFile('problems.json');
    await workbench.command('Focus on Models View');
    await row(/^Not at hand/).click();
    await row(/^Mine/).hover();
    await row(/^Mine/).locator('[aria-label^="Fetch"]').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/some\/model \(\d+ MB in \d+ files, licence MIT\) from http/).waitFor();
    await workbench.screenshot('fetch-model');
    assert.ok(
      hub.asked.every((path) => !path.includes('.onnx')),
      'nothing large before a yes',
    );
    await dialog.getByRole('button', { name: 'Fetch', exact: true }).click();
    await row(/^mine/).waitFor();
    await page.getByText('Mine is there, as mine: annotate with it.').first().waitFor();
    await workbench.screenshot('fetched-model');
  });
});
