import assert from 'node:assert/strict';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

describe('in a workspace that is not trusted', () => {
  const session = new PersonSession();

  before(async () => {
    await session.start({
      linkExtension: root,
      trust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
  });
  after(() => session.end());

  it('records are checked', async () => {
    const { workbench } = session;
    await workbench.openFile('faults.json');
    await workbench.command('View: Focus Problems');
    await workbench.problem('missing-image').first().waitFor();
  });

  it('no model runs, and one sentence says why', async () => {
    const { workbench } = session;
    await workbench.command('Rationale: Annotate Dataset…');
    await workbench.notification(/not trusted/).waitFor();
    assert.equal(await workbench.page.locator('.quick-input-widget').isVisible(), false);
    await workbench.screenshot('untrusted');
  });
});
