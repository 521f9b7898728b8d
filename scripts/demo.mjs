// `npm run demo`: the main job on the sample dataset, from a fresh clone to findings in the editor.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { answerTestSplit, dataset, sample } from './sample-runs.mjs';
import { node24, root, run, say, setupNode } from './setup.mjs';

/** In the order of the table. */
const models = ['sketchbook-teacher', 'sketchbook-base', 'sketchbook-student'];

setupNode();
run(node24(), ['esbuild.mjs', '--quiet']);
say(`\nTeacher, base student and distilled student answer the test split of ${dataset}:`);
const runs = models.map(answerTestSplit);
say('');
run(node24(), ['dist/cli.js', 'report', ...runs, '--findings', '10']);
say('');
await openEditor();

async function openEditor() {
  if (process.argv.includes('--web')) {
    const { serveSample } = await import('./editor.mjs');
    await serveSample(join(root, sample));
    return;
  }
  const args = ['--extensionDevelopmentPath', root, join(root, sample), '--goto', join(root, dataset)];
  const code = spawn('code', args, { stdio: 'ignore', detached: true, shell: process.platform === 'win32' });
  code.on('error', () =>
    say(
      "VS Code's `code` is not on this machine: `npm run demo -- --web` serves a real VS Code in the browser, with the same findings.",
    ),
  );
  code.on('spawn', () =>
    say('VS Code opens on the sample workspace: the findings above are in its Problems view.'),
  );
  code.unref();
}
