// The sample dataset's test split, answered through the command line as anyone would ask it.
import { spawnSync } from 'node:child_process';
import { node24, root } from './setup.mjs';

export const sample = 'samples/sketchbook';
export const dataset = `${sample}/problems.json`;

/** Has a model (a name, or a folder) answer the test split, as far as it has not yet; the name of the stored run. */
export function answerTestSplit(model) {
  return rationale('annotate', dataset, '--model', model, '--split', 'test').runs[0].run;
}

/** What a command of dist/cli.js prints as JSON; ends this program when it fails, after what the command said. */
export function rationale(...args) {
  const made = spawnSync(node24(), ['dist/cli.js', ...args, '--format', 'json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (made.status !== 0) process.exit(made.status ?? 1);
  return JSON.parse(made.stdout);
}
