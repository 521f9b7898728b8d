// A real VS Code for tests and for the demo's --web where VS Code itself cannot be downloaded: the one in the
// npm package code-server, and a Chromium to drive it. Each step looks first; a second run finds everything.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, root, run, say, setupNode } from './setup.mjs';

const host = join(root, 'test', 'editor', 'host');
const codeServer = join(host, 'node_modules', 'code-server');

const chromiums = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Installs code-server where it is not yet (some minutes: a module compiles). Returns its entry file. */
export function installCodeServer() {
  const wanted = JSON.parse(readFileSync(join(host, 'package.json'), 'utf8')).dependencies['code-server'];
  const manifest = join(codeServer, 'package.json');
  // Its postinstall script fills lib/vscode/node_modules last of all.
  const complete = existsSync(join(codeServer, 'lib', 'vscode', 'node_modules', 'kerberos'));
  if (!complete || JSON.parse(readFileSync(manifest, 'utf8')).version !== wanted) {
    if (process.platform === 'win32') {
      fail('code-server does not run on Windows: install VS Code, or use WSL.');
    }
    if (process.platform === 'linux' && !succeeds('pkg-config', ['--exists', 'krb5-gssapi'])) {
      installSystemPackages(['libkrb5-dev', 'pkg-config']);
    }
    say(`Installing code-server ${wanted}, a real VS Code for the browser (600 MB, some minutes)…`);
    // Under `npm test` the variable names the Node that npm was started with; code-server asks it for Node 24.
    // Empty, it is set anew from the Node that runs this npm.
    const anew = { npm_config_user_agent: '' };
    run('npm', ['ci', '--prefix', host, '--no-audit', '--no-fund', '--loglevel=error'], anew);
  }
  return join(codeServer, 'out', 'node', 'entry.js');
}

/** Finds a Chromium, or installs Debian's where that is possible. Returns its executable. */
export function installChromium() {
  const found = chromiums.find((path) => path && existsSync(path));
  if (found) return found;
  if (process.platform !== 'linux') {
    fail('The editor tests need Chrome: install it, or name a Chromium in the variable CHROMIUM.');
  }
  installSystemPackages(['chromium']);
  return chromiums.find((path) => path && existsSync(path)) ?? fail('Chromium was installed but not found.');
}

function installSystemPackages(packages) {
  const command = `apt-get install -y ${packages.join(' ')}`;
  const root = process.getuid?.() === 0;
  if (!root || !succeeds('apt-get', ['--version'])) {
    fail(`The editor needs ${packages.join(' and ')}: install them first (sudo ${command}).`);
  }
  say(`Installing ${packages.join(' and ')}…`);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', ...packages]);
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setupNode();
  installCodeServer();
  installChromium();
}
