// `npm run pair`: makes the embedded teacher, base student and distilled student again from nothing.

import { join } from 'node:path';
import { python, root, run, setupPython } from './setup.mjs';

setupPython();
run(
  python,
  [
    '-m',
    'rationale_trainer',
    'pair',
    '--out',
    'samples/sketchbook/models',
    '--work',
    '.rationale/pair',
    ...process.argv.slice(2),
  ],
  { PYTHONPATH: join(root, 'trainer') },
);
