// Starts a real VS Code in the browser (code-server) on this machine's loopback: for the demo's --web and for
// the editor tests.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installCodeServer } from './install-editor.mjs';
import { node24, root, say, toolEnvironment } from './setup.mjs';

const START_MS = 60_000;

/** A quiet window: no welcome page, no chat, no account. */
const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
};

/** Starts code-server with fresh user data and without the user's extensions; options in editor.d.mts. */
export async function startEditor(options = {}) {
  const entry = installCodeServer();
  const state = mkdtempSync(join(tmpdir(), 'rationale-editor-'));
  const userData = join(state, 'user-data');
  const extensions = join(state, 'extensions');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(extensions);
  writeFileSync(
    join(userData, 'User', 'settings.json'),
    JSON.stringify({ ...quiet, ...options.settings }, null, 2),
  );

  const folders = ['--user-data-dir', userData, '--extensions-dir', extensions];
  const environment = { ...toolEnvironment(), ...options.environment };
  if (options.vsix) installVsix(entry, folders, environment, options.vsix);
  for (const folder of [options.linkExtension ?? [], options.otherExtensions ?? []].flat())
    symlinkSync(folder, join(extensions, `${extensionId(folder)}-link`), 'dir');

  const port = await freePort();
  const quietly = ['--disable-telemetry', '--disable-update-check'];
  if (!options.trust) quietly.push('--disable-workspace-trust');
  const child = spawn(
    node24(),
    [entry, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, ...folders, ...quietly],
    {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      log += data;
    });
  }
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  };
  const address = `http://127.0.0.1:${port}`;
  if (!(await answers(`${address}/healthz`, ended))) {
    await stop();
    throw new Error(`code-server did not start:\n${log}`);
  }
  const url = (folder) => `${address}/?folder=${encodeURIComponent(folder)}`;
  const opening = (file) =>
    `payload=${encodeURIComponent(JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${port}${file}`]]))}`;
  return {
    ...{ port, stop, log: () => log, url },
    urlWith: (folder, file) => `${url(folder)}&${opening(file)}`,
    fileUrl: (file) => `${address}/?ew=true&${opening(file)}`,
  };
}

/** `npm run demo -- --web`: serves the sample workspace, its dataset open, until Ctrl+C. */
export async function serveSample(folder) {
  const editor = await startEditor({ linkExtension: root });
  say(`VS Code on the sample workspace: ${editor.urlWith(folder, join(folder, 'problems.json'))}`);
  say('The findings above are in its Problems view. Ctrl+C ends it.');
  await new Promise((resolve) => process.once('SIGINT', resolve));
  await editor.stop();
}

function installVsix(entry, folders, env, vsix) {
  const result = spawnSync(node24(), [entry, ...folders, '--install-extension', vsix], {
    env,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`Installing ${vsix} failed:\n${result.stdout}${result.stderr}`);
}

function extensionId(folder) {
  const { publisher, name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return `${publisher}.${name}`;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** True once the address answers; false when the process ended or time is up. */
async function answers(address, ended) {
  let running = true;
  ended.then(() => {
    running = false;
  });
  const deadline = Date.now() + START_MS;
  while (running && Date.now() < deadline) {
    try {
      if ((await fetch(address)).ok) return true;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}
