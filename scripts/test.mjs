// `npm test`: sets up everything, runs every test (TypeScript, server, Python, real VS Code), and closes with
// one line, `N passed, N failed`. A suite that fails does not keep the others from running.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  mochaArguments,
  node24,
  python,
  root,
  run,
  say,
  setupNode,
  setupPython,
  toolEnvironment,
} from './setup.mjs';

const trainer = { PYTHONPATH: join(root, 'trainer') };

/** Each suite in order. `counts` reads its closing lines; without it the command as a whole is one test. */
const suites = [
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', '.'] },
  { name: 'types of the pages', command: 'tsc', args: ['--noEmit', '-p', 'client/src/webviews'] },
  { name: 'lint', command: 'biome', args: ['check', '--error-on-warnings'] },
  { name: 'generated files', command: node24(), args: ['scripts/generate.ts', '--check'] },
  {
    name: 'core and server',
    command: 'mocha',
    args: mochaArguments('test/{core,server,docs}/**/*.test.ts'),
    counts: mochaCounts,
  },
  {
    name: 'trainer',
    command: python,
    args: ['-m', 'pytest', '-q', 'test/trainer'],
    environment: trainer,
    counts: pytestCounts,
  },
  { name: 'real VS Code', command: node24(), args: ['test/editor/run.mjs'], counts: plainCounts },
  // After the editor's, which bring the Chromium whose software adapter runs WebGPU.
  { name: 'services', command: 'mocha', args: ['test/services/**/*.test.ts'], counts: mochaCounts },
];

setupNode();
setupPython();
run(node24(), ['esbuild.mjs']);
const total = { passed: 0, failed: 0, skipped: 0 };
const broken = [];
for (const suite of suites) {
  say(`\n— ${suite.name}`);
  const started = performance.now();
  const { code, output } = await tee(suite);
  const counts = suite.counts?.(output) ?? {
    passed: code === 0 ? 1 : 0,
    failed: code === 0 ? 0 : 1,
    skipped: 0,
  };
  // A suite that dies before it can count has failed all the same.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
  if (counts.failed > 0) broken.push(suite.name);
  say(
    `  ${suite.name}: ${counts.passed} passed, ${counts.failed} failed, ${Math.round((performance.now() - started) / 1000)} s`,
  );
}
if (broken.length > 0) say(`\nFailed: ${broken.join(', ')}.`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(total.failed === 0 ? 0 : 1);

function tee({ command, args, environment }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...toolEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
      process.stdout.write(data);
    });
    child.on('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      resolve({ code: 1, output });
    });
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function mochaCounts(output) {
  return {
    passed: last(output, /(\d+) passing/g),
    failed: last(output, /(\d+) failing/g),
    skipped: last(output, /(\d+) pending/g),
  };
}

function pytestCounts(output) {
  return {
    passed: last(output, /(\d+) passed/g),
    failed: last(output, /(\d+) failed/g) + last(output, /(\d+) errors?\b/g),
    skipped: last(output, /(\d+) skipped/g),
  };
}

function plainCounts(output) {
  return {
    passed: last(output, /^(\d+) passed, /gm),
    failed: last(output, /^\d+ passed, (\d+) failed/gm),
    skipped: last(output, /, (\d+) skipped$/gm),
  };
}

function last(output, pattern) {
  return Number([...output.matchAll(pattern)].at(-1)?.[1] ?? 0);
}
