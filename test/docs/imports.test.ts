import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
/** The stages of the straight line, in order: each may import types of those before it. */
const STAGES = [
  'records',
  'prompts',
  'models',
  'rationales',
  'judgements',
  'metrics',
  'store',
  'recipes',
  'training',
  'annotations',
];
/** Packages that do pure computing: all that core may use. */
const PURE = ['@handlebars/parser', '@huggingface/jinja', 'jsonc-parser', 'node:crypto', 'papaparse', 'yaml'];
const ADAPTERS = ['inference', 'storage', 'files', 'training'];

interface Import {
  readonly from: string;
  /** Path from the repository's root, or the package's name. */
  readonly target: string;
  readonly typeOnly: boolean;
}

function importsOf(from: string): Import[] {
  const text = readFileSync(join(root, from), 'utf8');
  const pattern = /^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map(([, type, named, dynamic]) => {
    const name = (named ?? dynamic) as string;
    const target = name.startsWith('.') ? relative(root, resolve(root, dirname(from), name)) : name;
    return { from, target, typeOnly: type !== undefined };
  });
}

const files = globSync('{client,server}/src/**/*.{ts,tsx}', { cwd: root });
const imports = files.flatMap(importsOf);
const area = (path: string) => path.split('/').slice(0, 3).join('/');
const within = (folder: string) => imports.filter(({ from }) => from.startsWith(folder));
const show = ({ from, target }: Import) => `${from} imports ${target}`;
const none = (offences: Import[]) => assert.deepEqual(offences.map(show), []);

describe('the imports that ARCHITECTURE.md allows', () => {
  it('are really read: there are hundreds', () => {
    assert.ok(imports.length > 100, `only ${imports.length} imports found`);
  });

  it('run one way: no file imports, by whatever way round, one that imports it', () => {
    const edges = Map.groupBy(imports, ({ from }) => from);
    const done = new Set<string>();
    const circles: string[] = [];
    const follow = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file)) return;
      done.add(file);
      for (const { target } of edges.get(file) ?? []) follow(target, [...path, file]);
    };
    for (const file of files) follow(file, []);
    assert.deepEqual(circles, []);
  });

  it('keep core pure: only its own files and packages that compute', () => {
    none(
      within('server/src/core/').filter(
        ({ target }) => !target.startsWith('server/src/core/') && !PURE.includes(target),
      ),
    );
  });

  it('let a stage see only the types of the stages before it', () => {
    const stage = (path: string) => STAGES.indexOf(path.split('/')[3] ?? '');
    const offences = within('server/src/core/').filter(({ from, target, typeOnly }) => {
      if (stage(from) < 0 || stage(target) < 0 || stage(from) === stage(target)) return false;
      return stage(target) > stage(from) || !typeOnly;
    });
    none(offences);
  });

  it('let only pipeline.ts bring the stages together', () => {
    const offences = within('server/src/core/').filter(({ from, target, typeOnly }) => {
      const isShared = from.split('/').length === 4 && !from.endsWith('/pipeline.ts');
      return isShared && !typeOnly && target.split('/').length > 4;
    });
    none(offences);
  });

  it('let no stage know the pipeline', () => {
    const isPipeline = (path: string) => /^server\/src\/core\/pipeline[./]/.test(path);
    none(within('server/src/core/').filter(({ from, target }) => isPipeline(target) && !isPipeline(from)));
  });

  for (const adapter of ADAPTERS) {
    it(`keep ${adapter} to itself and core`, () => {
      const own = `server/src/${adapter}`;
      none(
        within(`${own}/`).filter(
          ({ target }) => target.startsWith('server/') && ![own, 'server/src/core'].includes(area(target)),
        ),
      );
    });
  }

  it('let lsp and cli touch only the two ends of the line, and the pipeline between', () => {
    const open = /^server\/src\/core\/([\w-]+\.ts|pipeline\/.*|records\/document\.ts|annotations\/.*)$/;
    const offences = imports.filter(({ from, target, typeOnly }) => {
      return (
        /^server\/src\/(lsp|cli)\//.test(from) &&
        target.startsWith('server/src/core/') &&
        !typeOnly &&
        !open.test(target)
      );
    });
    none(offences);
  });

  it('keep lsp and cli apart', () => {
    none(within('server/src/lsp/').filter(({ target }) => target.startsWith('server/src/cli')));
    none(within('server/src/cli/').filter(({ target }) => /^server\/src\/(lsp|protocol)/.test(target)));
  });

  it('let the protocol import nothing of ours, and the client only the protocol', () => {
    none(within('server/src/protocol/').filter(({ target }) => !target.startsWith('server/src/protocol/')));
    none(
      within('client/src/').filter(
        ({ target }) => target.startsWith('server/') && !target.startsWith('server/src/protocol/'),
      ),
    );
  });

  it('let a page see its own folder, what pages share, the protocol and preact; nobody sees more than its messages', () => {
    const pages = 'client/src/webviews/';
    const allowed =
      /^(server\/src\/protocol\/|client\/src\/webviews\/shared\/|client\/src\/text\.ts$|preact|uplot$)/;
    none(
      within(pages).filter(
        ({ from, target }) => !target.startsWith(`${dirname(from)}/`) && !allowed.test(target),
      ),
    );
    none(
      imports.filter(
        ({ from, target, typeOnly }) => !from.startsWith(pages) && target.startsWith(pages) && !typeOnly,
      ),
    );
  });

  it('let only the client know VS Code, and only lsp know the language server library', () => {
    none(
      imports.filter(
        ({ from, target }) =>
          target === 'vscode' && (!from.startsWith('client/') || from.startsWith('client/src/webviews/')),
      ),
    );
    none(
      imports.filter(
        ({ from, target }) =>
          target.startsWith('vscode-languageserver') && !from.startsWith('server/src/lsp/'),
      ),
    );
  });
});
