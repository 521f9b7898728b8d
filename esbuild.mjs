// Bundles: client, the pages of its webviews, server, model host, command line. No logic.
import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { context } from 'esbuild';

const watch = process.argv.includes('--watch');
const minify = process.argv.includes('--minify');

/** Native modules stay outside: each platform's package carries its own. */
const native = ['onnxruntime-node', 'sharp'];
// jsonc-parser's CommonJS build cannot be bundled; its module build can.
const mainFields = ['module', 'main'];
const common = {
  bundle: true,
  mainFields,
  platform: 'node',
  target: 'node24',
  minify,
  sourcemap: !minify,
  logLevel: 'info',
};
// Some dependencies are CommonJS and call require() for Node's own modules.
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

/** Each folder with a page is one: `dist/webviews/<folder>.js` and its `.css`. */
const pages = globSync('client/src/webviews/*/index.tsx').map((page) => [basename(dirname(page)), page]);

const bundles = [
  {
    ...common,
    entryPoints: { extension: 'client/src/extension.ts' },
    outdir: 'dist',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  },
  {
    ...common,
    entryPoints: Object.fromEntries(pages),
    outdir: 'dist/webviews',
    platform: 'browser',
    // What the editor's own engine, of `engines.vscode`, understands.
    target: 'chrome140',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  },
  {
    ...common,
    entryPoints: {
      server: 'server/src/lsp/main.ts',
      cli: 'server/src/cli/main.ts',
      'model-host': 'server/src/inference/onnx/host/main.ts',
    },
    outdir: 'dist',
    format: 'esm',
    banner,
    external: native,
  },
];

for (const bundle of bundles) {
  const build = await context(bundle);
  if (watch) await build.watch();
  else {
    await build.rebuild();
    await build.dispose();
  }
}
