// `npm run check`: types, lint, generated files, unit and server tests. Under two minutes.
import { mochaArguments, node24, run, setupNode } from './setup.mjs';

setupNode();
run('tsc', ['--noEmit', '-p', '.']);
run('tsc', ['--noEmit', '-p', 'client/src/webviews']);
run('biome', ['check', '--error-on-warnings']);
run(node24(), ['scripts/generate.ts', '--check']);
run(node24(), ['esbuild.mjs']);
// The longest tests take a part of what `npm test` has them do.
run('mocha', mochaArguments('test/{core,server}/**/*.test.ts'), { RATIONALE_EVERYDAY: '1' });
