import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { root } from '../root.ts';
import { PersonSession } from './session.ts';

describe('when the language server dies', () => {
  const session = new PersonSession();

  before(async function () {
    // The server is found by its environment, which only Linux shows.
    if (process.platform !== 'linux') this.skip();
    await session.start({ linkExtension: root });
  });
  after(() => session.end());

  it('it is started again with a message, and findings go on', async () => {
    const { workbench } = session;
    await workbench.openFile('faults.json');
    await workbench.command('View: Focus Problems');
    await workbench.problem('missing-image').first().waitFor();

    process.kill(serverOf(session.store), 'SIGKILL');
    await workbench.notification(/started again/).waitFor();
    await workbench.screenshot('server-restarted');
    await workbench.problem('missing-image').first().waitFor();
    const fresh = serverOf(session.store);
    assert.ok(fresh > 0);
  });
});

/** The process of the one server that works with this store. */
function serverOf(store: string): number {
  const found = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => read(pid, 'cmdline').includes('dist/server.js') && read(pid, 'environ').includes(store));
  assert.equal(found.length, 1, `servers: ${found.join(', ')}`);
  return found[0]!;
}

function read(pid: number, file: 'cmdline' | 'environ'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // Ended meanwhile, or not ours.
  }
}
