import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../root.ts';

/** The design's limit, in milliseconds. */
const LIMIT = 50;

/**
 * Loads and activates the bundle as an extension host does, with an editor that agrees to everything. Its
 * processor time is measured, since wall-clock time on a busy machine measures the others.
 */
const MEASURE = `
  const Module = require('node:module');
  const load = Module._load;
  const anything = new Proxy(class {}, {
    get: (_, key) => (key === Symbol.toPrimitive ? () => '' : key === 'then' ? undefined : anything),
    apply: () => anything,
    construct: () => anything,
    set: () => true,
  });
  const used = ['languages', 'CodeActionKind', 'window', 'workspace', 'commands', 'Disposable', 'EventEmitter', 'StatusBarAlignment', 'ThemeColor'];
  const editor = Object.fromEntries(used.map((name) => [name, anything]));
  Module._load = (name, ...rest) => (name === 'vscode' ? editor : load(name, ...rest));
  const before = process.cpuUsage();
  const context = { subscriptions: [], asAbsolutePath: (path) => path };
  require(process.argv[1]).activate(context);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String((user + system) / 1000), () => process.exit());
`;

describe('activation', () => {
  it(`takes at most ${LIMIT} ms of processor time`, () => {
    const bundle = join(root, 'dist', 'extension.cjs');
    const times = [1, 2, 3].map(() =>
      Number(execFileSync(process.execPath, ['--eval', MEASURE, bundle], { encoding: 'utf8' })),
    );
    const best = Math.min(...times);
    assert.ok(best > 0 && best <= LIMIT, `${times.join(', ')} ms`);
  });
});
