import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const documents = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  ...globSync(['trainer/README.md', 'samples/**/README.md', 'docs/**/*.md'], { cwd: root }),
];
const tracked = globSync('{client,server,trainer,samples,test,scripts,docs}/**/*.*', {
  cwd: root,
  exclude: (path) => path.endsWith('node_modules') || path.endsWith('__pycache__'),
});
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;

/** Paths in backticks or link targets: with a slash and an extension or a slash at the end. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([\w@.-]+(?:\/[\w@.-]+)*\/?)`/g)].map((match) => match[1] as string);
  return quoted.filter((word) => /^[\w@.-]+\/|^[\w-]+\.(md|ts|mjs|json|py)$/.test(word));
}

function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map((match) => match[1] as string)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** Commands in fenced `sh` blocks, one a line. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/^```sh\n(.*?)^```/gms)]
    .flatMap((match) => (match[1] as string).split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter(Boolean);
}

/** A document may call a file or a folder below its own by its bare name. */
function isBelow(file: string, folder: string, name: string): boolean {
  const inside = folder === '.' ? file : file.startsWith(`${folder}/`) ? file.slice(folder.length) : '';
  return name.endsWith('/') ? inside.includes(`/${name}`) : inside.endsWith(`/${name}`);
}

describe('what the documents name', () => {
  for (const document of documents) {
    const text = readFileSync(join(root, document), 'utf8');
    const near = dirname(document);

    it(`${document}: every path and link exists`, () => {
      const below = (name: string) =>
        !name.replace(/\/$/, '').includes('/') && tracked.some((file) => isBelow(file, near, name));
      const exists = (path: string) =>
        existsSync(join(root, path)) || existsSync(join(root, near, path)) || below(path);
      // Files of a person’s own dataset and folders that appear by building or training are named too.
      const elsewhere = /^(problems|pid_splits|captions)\.json$|^(dist|node_modules|\.venv|images|runs)\//;
      const missing = [...pathsIn(text), ...linksIn(text)].filter(
        (path) => !elsewhere.test(path) && !exists(path),
      );
      assert.deepEqual(missing, []);
    });

    it(`${document}: every npm script exists`, () => {
      const named = [...text.matchAll(/npm run (\w+)/g)].map((match) => match[1] as string);
      assert.deepEqual(
        named.filter((script) => !(script in scripts)),
        [],
      );
    });
  }

  describe('every rationale command runs', function () {
    this.timeout(120_000);
    let home: string;
    before(() => {
      home = mkdtempSync(join(tmpdir(), 'rationale-documents-'));
    });
    after(() => rmSync(home, { recursive: true, force: true }));

    const commands = new Set(
      documents.flatMap((document) => commandsIn(readFileSync(join(root, document), 'utf8'))),
    );
    for (const command of [...commands].filter(
      (line) => line.startsWith('node dist/cli.js') && !line.includes('lsp'),
    )) {
      it(command, () => {
        const args = command.split(/\s+/).slice(1);
        const { status, stderr } = spawnSync(process.execPath, args, {
          cwd: root,
          encoding: 'utf8',
          env: { ...process.env, RATIONALE_STORE: join(home, 'store.sqlite') },
        });
        // 1 means that there are findings; the sample has some on purpose.
        assert.ok(status === 0 || status === 1, `exit code ${status}: ${stderr}`);
      });
    }
  });
});
