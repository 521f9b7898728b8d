// Runs the editor tests in a real VS Code and closes with one line, `N passed, N failed`:
// 1. test/editor/suite inside the extension host, with the extension in development mode;
// 2. test/editor/person, which drives the window as a person does and installs the packaged extension.
// The VS Code is code-server's. `--electron` runs part 1 in the VS Code that @vscode/test-electron downloads.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from 'esbuild';
import { installChromium, installCodeServer } from '../../scripts/install-editor.mjs';
import { node24, root, say, toolEnvironment } from '../../scripts/setup.mjs';
import { runInBrowser } from './host-browser.ts';

const here = join(root, 'test', 'editor');
const electron = process.argv.includes('--electron');

const total = { passed: 0, failed: 0, skipped: 0 };
const parts = electron ? [suite] : [suite, person];
if (!electron) {
  installCodeServer();
  installChromium();
}
for (const part of parts) {
  const counts = await part();
  for (const key of Object.keys(total)) total[key] += counts[key];
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(total.failed === 0 ? 0 : 1);

/** Inside the extension host. The suite leaves its counts in a file: a host may end before it can print. */
async function suite() {
  const suite = join(here, 'out', 'suite.cjs');
  const build = await context({
    entryPoints: [join(here, 'suite', 'index.ts')],
    outfile: suite,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
  });
  await build.rebuild();
  await build.dispose();
  const folder = mkdtempSync(join(tmpdir(), 'rationale-suite-'));
  const workspace = join(folder, 'sketchbook');
  const result = join(folder, 'result.json');
  cpSync(join(root, 'samples', 'sketchbook'), workspace, { recursive: true });
  const environment = { RATIONALE_STORE: join(folder, 'store.sqlite'), RATIONALE_TEST_RESULT: result };
  try {
    const host = electron ? (await import('./host-electron.ts')).runInElectron : runInBrowser;
    await host({ extension: root, suite, workspace, environment });
    return JSON.parse(readFileSync(result, 'utf8'));
  } catch (error) {
    say(`The suite in the extension host did not finish: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** As a person: mocha here, the window in Chromium. */
async function person() {
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const args = [mocha, '--timeout', '300000', '--reporter', 'spec', join(here, 'person', '*.test.ts')];
  const child = spawn(node24(), args, {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
    process.stdout.write(data);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(output)?.[1] ?? 0);
  const counts = { passed: count('passing'), failed: count('failing'), skipped: count('pending') };
  // A mocha that dies before it can count has failed all the same.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}
