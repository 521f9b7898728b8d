import assert from 'node:assert/strict';
import { cpSync, existsSync, globSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { CliSession } from '../server/cli-session.ts';

const root = resolve(import.meta.dirname, '../..');
const sample = join(root, 'samples', 'sketchbook');
const python = join(root, '.venv', 'bin', 'python');

describe('train with the trainer itself', function () {
  this.timeout(300_000);
  let session: CliSession;
  before(function () {
    if (existsSync(python)) return;
    console.log('      (skipped: there is no .venv with the trainer’s packages)');
    this.skip();
  });
  beforeEach(() => {
    session = new CliSession();
    cpSync(sample, session.folder, { recursive: true, filter: (path) => basename(path) !== 'runs' });
  });
  afterEach(() => session?.close());

  const train = (recipe: string, ...args: string[]) =>
    session.run('train', recipe, '--python', python, ...args);

  for (const recipe of globSync('recipes/*.recipe.yaml', { cwd: sample })) {
    it(`--check finds nothing wrong with ${recipe}, and measures it`, () => {
      const { stdout, stderr, status } = train(recipe, '--check');
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^Nothing is wrong\.\n[\d,]+ steps, [\d,]+ tokens, [\d.]+ [MG]B, about \d+/);
    });
  }

  it('makes a student that annotates the dataset it came from', () => {
    session.write(
      'recipes/short.recipe.yaml',
      `student: sketchbook-base
data: { dataset: ../problems.json, limit: 32 }
target: answer
lengths: { prompt: 160, target: 8 }
evaluation: { records: 8, new_tokens: 8 }
export: { verify: 4 }
`,
    );
    const { stdout, stderr, status } = train('recipes/short.recipe.yaml', '--format', 'json');
    assert.equal(status, 0, stderr);
    const { state, model, evaluations } = JSON.parse(stdout);
    assert.equal(state, 'finished');
    assert.deepEqual(
      evaluations.map(({ step, n, mapped }: Record<string, number>) => [step, n, mapped]),
      [
        [0, 8, 8],
        [2, 8, 8],
      ],
    );
    const again = session.run(
      ...['export', join('recipes', 'runs', model), 'exported', '--python', python, '--verify', '2'],
    );
    assert.equal(again.status, 0, again.stderr);
    assert.match(again.stdout, /on 2 of 2 records the same tokens as PyTorch/);
    const answered = session.run(
      'annotate',
      'problems.json',
      '--model',
      model,
      '--limit',
      '4',
      '--format',
      'json',
    );
    assert.equal(answered.status, 0, answered.stderr);
    assert.equal(JSON.parse(answered.stdout).runs[0].n, 4);
  });
});
