// `npm run seeds`: is base < distilled < teacher by the luck of one seed? Trains base and distilled student from three
// other seeds, taught by the embedded teacher, and measures them on the test split. `npm run seeds -- 4 5` takes others.
// What is finished is skipped, so it can be stopped, or killed, and asked again.

import { join } from 'node:path';
import { fail, node24, python, root, run, setupNode, setupPython } from './setup.mjs';

const seeds = process.argv.length > 2 ? process.argv.slice(2) : ['1', '2', '3'];
if (seeds.some((seed) => !/^\d+$/.test(seed)) || new Set(seeds).size < seeds.length)
  fail('Seeds are whole numbers, each once, such as: npm run seeds -- 4 5 6.');

setupNode();
setupPython();
run(node24(), ['esbuild.mjs', '--quiet']);
const work = '.rationale/seeds';
const models = `${work}/models`;
const teacher = 'samples/sketchbook/models/teacher';
run(
  python,
  [
    '-m',
    'rationale_trainer',
    'students',
    ...['--teacher', teacher, '--out', models, '--work', work, '--seeds', ...seeds],
  ],
  { PYTHONPATH: join(root, 'trainer') },
);
run(node24(), ['scripts/seeds/measure.ts', models, ...seeds]);
