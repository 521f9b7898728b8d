// `npm run bench`: every benchmark, each a ratio measured in one run. Nothing here is asserted by a test.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { node24, root, run, say, setupNode, setupPython } from './setup.mjs';

setupNode();
setupPython();
run(node24(), ['esbuild.mjs']);
const wanted = process.argv.slice(2);
for (const file of readdirSync(join(root, 'test/bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .sort()) {
  if (wanted.length > 0 && !wanted.some((name) => file.includes(name))) continue;
  say(`\n— ${file}`);
  const { status } = spawnSync(node24(), [join(root, 'test/bench', file)], { cwd: root, stdio: 'inherit' });
  if (status !== 0) say(`${file} ended with exit code ${status}.`);
}
