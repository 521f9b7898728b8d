// Bundles: client, server, model host, command line. No logic.
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
