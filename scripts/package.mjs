// `npm run package`: a .vsix for this platform that installs and runs with nothing else: the bundles, the two
// native packages they load, the embedded pair with its prompts, the rules' pages.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { node24, root, run, say, setupNode } from './setup.mjs';

const platform = process.platform;
const target = `${platform}-${process.arch}`;
/** Of the repository. What is not here is not shipped. */
const shipped = [
  'dist',
  'docs/rules',
  'media',
  'syntaxes',
  'samples/sketchbook/models',
  'samples/sketchbook/prompts',
  'server/data/wordnet',
  'trainer/rationale_trainer',
  'trainer/requirements.txt',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];
/** Loaded at run time, with what they load themselves; onnxruntime-node's other dependencies serve its installer. */
const natives = ['onnxruntime-node', 'onnxruntime-common', 'sharp', 'detect-libc', 'semver', '@img/colour'];
const sharpBinaries = [`@img/sharp-${target}`, `@img/sharp-libvips-${target}`];

/** Makes the package. Returns its absolute path. */
export async function makePackage() {
  run(node24(), ['esbuild.mjs', '--minify']);
  const stage = join(root, 'out', 'package');
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  for (const path of shipped) copy(join(root, path), join(stage, path), isShippedFile);
  for (const name of natives) stageNative(stage, name);
  for (const name of sharpBinaries.filter(isInstalled)) stageNative(stage, name);

  const manifest = readManifest();
  const { scripts, devDependencies, allowScripts, private: _, ...published } = manifest;
  writeFileSync(join(stage, 'package.json'), JSON.stringify(published, null, 2));

  const packagePath = join(root, `${manifest.name}-${target}-${manifest.version}.vsix`);
  const { createVSIX } = await import('@vscode/vsce');
  await createVSIX({
    cwd: stage,
    packagePath,
    target,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return packagePath;
}

function stageNative(stage, name) {
  copy(join(root, 'node_modules', name), join(stage, 'dist', 'node_modules', name), isNativeFile);
}

function isInstalled(name) {
  return existsSync(join(root, 'node_modules', name));
}

function copy(from, to, filter) {
  if (!existsSync(from)) throw new Error(`${from} is to be shipped but is not there.`);
  cpSync(from, to, { recursive: true, dereference: true, filter });
}

function isShippedFile(path) {
  return !/\.map$|__pycache__/.test(path);
}

/** Leaves out sources, declarations, installers and the other platforms' libraries. */
function isNativeFile(path) {
  if (/\.(map|ts|mts|cts|cc|h|gyp)$/.test(path)) return false;
  if (/[\\/](onnxruntime-node[\\/](lib|script)|sharp[\\/](src|install|lib))$/.test(path)) return false;
  // A second copy of macOS's library, under its full version; the binding loads the other one.
  if (/^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(basename(path))) return false;
  const [, os, arch] = path.split(`napi-v6${sep}`)[1]?.match(/^(\w+)(?:[\\/](\w+))?/) ?? [];
  return (!os || os === platform) && (!arch || arch === process.arch);
}

function readManifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setupNode();
  const path = await makePackage();
  say(
    `${basename(path)}: ${(statSync(path).size / 1024 / 1024).toFixed(1)} MB. Install it with: code --install-extension ${basename(path)}`,
  );
}
