import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parse } from 'yaml';
import type { Example } from '../../server/src/core/pipeline/training.ts';
import { CLI, CliSession } from './cli-session.ts';
import { dataset, rationale } from './sample-dataset.ts';

const PYTHON = join(import.meta.dirname, 'fake-python.mjs');
const BASE = resolve(import.meta.dirname, '../../samples/sketchbook/models/base');
const RECIPE = `student: sketchbook-base
data: { dataset: ../problems.json, split: test }
target: answer
evaluation: { split: val, records: 2 }
`;

describe('train', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
    session.write('problems.json', dataset(12));
    session.write('recipes/gold.recipe.yaml', RECIPE);
  });
  afterEach(() => session.close());

  const tell = (fake: object) => {
    session.environment.FAKE_TRAINER = JSON.stringify(fake);
  };
  const train = (...args: string[]) =>
    session.run('train', 'recipes/gold.recipe.yaml', '--python', PYTHON, '--format', 'json', ...args);
  const trained = (...args: string[]) => {
    const { stdout, stderr, status } = train(...args);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
  const runs = () => join(session.folder, 'recipes/runs');
  const examples = (folder: string, which = 'train'): Example[] =>
    readFileSync(join(session.folder, folder, 'examples', `${which}.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('freezes recipe and examples, with the very prompts that inference shows', () => {
    const { folder, state, step } = trained();
    assert.deepEqual([state, step], ['finished', 4]);
    const settings = parse(readFileSync(join(session.folder, folder, 'run.yaml'), 'utf8'));
    assert.equal(settings.student, BASE);
    assert.equal(settings.data.dataset, join(session.folder, 'problems.json'));
    assert.equal(settings.prompt.name, 'setting-1');
    assert.ok(settings.prompt.text.endsWith(settings.prompt.template));
    assert.deepEqual(settings.objective, { kind: 'sft', keep: 'correct', wrong_weight: 0.1 });
    const [first, ...others] = examples(folder);
    assert.equal(others.length, 9);
    const { stdout } = session.run(
      ...['prompt', 'render', 'setting-1', '--dataset', 'problems.json', '--record', 'r2'],
      ...['--format', 'json'],
    );
    assert.deepEqual(first, {
      ...{ id: 'r2', messages: JSON.parse(stdout).messages, images: [] },
      ...{ choices: ['not 2', 'number 2'], answer: 1, letter: 'B' },
      ...{ target: '<CONCLUSION>B</CONCLUSION>', weight: 1 },
    });
    assert.deepEqual(
      examples(folder, 'evaluation').map(({ id }) => id),
      ['r0', 'r1'],
    );
  });

  it('asks for the answer alone as a prompt that does so would, where that is a task of its own', () => {
    session.write(
      'recipes/two.recipe.yaml',
      `${RECIPE.replace('target: answer', 'target: solution')}objective: { kind: two-task }\n`,
    );
    const arguments_ = ['train', 'recipes/two.recipe.yaml', '--python', PYTHON, '--format', 'json'];
    const { stdout, stderr, status } = session.run(...arguments_);
    assert.equal(status, 0, stderr);
    const [first] = examples(JSON.parse(stdout).folder);
    assert.deepEqual([first?.target, first?.answer_target], ['The answer is number 2.', 'B']);
    const text = readFileSync(join(session.folder, JSON.parse(stdout).folder, 'run.yaml'), 'utf8');
    const prompt: string = parse(text).prompt.text;
    session.write(
      'at-once.prompty',
      prompt.replace('format: stages', 'format: letter\n    strategy: zero-shot'),
    );
    const rendered = session.run(
      ...['prompt', 'render', 'at-once.prompty', '--dataset', 'problems.json', '--record', 'r2'],
      ...['--format', 'json'],
    );
    assert.deepEqual(first?.answer_messages, JSON.parse(rendered.stdout).messages);
  });

  it('judges what the student writes by the project’s own reader', () => {
    const { evaluations } = trained();
    assert.deepEqual(evaluations.at(-1), {
      ...{ step: 4, loss: 0.5, n: 2, correct: 1, mapped: 1, contradictions: 0, staged: 1 },
      ...{ empty: 0.5, distinctWords: 7, length: 3 },
    });
  });

  it('goes on after a kill, and trains nothing twice', () => {
    tell({ steps: 6, dieAt: 5 });
    const { stdout, status } = train();
    const killed = JSON.parse(stdout);
    assert.equal(status, 2);
    assert.equal(killed.state, 'interrupted');
    assert.match(killed.problem, /killed after step 5; trained again, the run goes on after step 4/);
    // Named no more, the Python is the one that began the run.
    const again = session.run('train', 'recipes/gold.recipe.yaml', '--format', 'json');
    assert.match(again.stderr, /fake-python\.mjs/);
    const done = JSON.parse(again.stdout);
    assert.equal(done.folder, killed.folder);
    assert.deepEqual([done.state, done.step], ['finished', 6]);
    const { stderr } = train();
    assert.match(stderr, /is finished\. For another one, give it a name/);
  });

  it('saves and stops at Ctrl-C', async () => {
    tell({ steps: 1000, pause: 20 });
    const args = [CLI, 'train', 'recipes/gold.recipe.yaml', '--python', PYTHON, '--format', 'json'];
    const child = spawn(process.execPath, args, {
      ...{ cwd: session.folder, env: session.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => /Run folder/.test(text) && setTimeout(() => child.kill('SIGINT'), 800));
    await new Promise((ended) => child.on('close', ended));
    const { state, step, steps } = JSON.parse(stdout);
    assert.equal(state, 'stopped');
    assert.ok(step > 0 && step < steps);
  });

  it('shows the work before the first step', () => {
    tell({ images: 640, pause: 50 });
    assert.match(train().stderr, /, image features {2}640\/640 images/);
  });

  it('keeps its copy when the dataset is edited, and says so', () => {
    tell({ steps: 6, dieAt: 5 });
    const { folder } = JSON.parse(train().stdout);
    session.write('problems.json', dataset(12, { r2: { question: 'Another question?' } }));
    const { stderr, stdout } = train();
    assert.match(stderr, /The data has changed since the run .* began; it keeps its own copy/);
    assert.equal(JSON.parse(stdout).folder, folder);
    assert.doesNotMatch(JSON.stringify(examples(folder)), /Another question/);
  });

  it('refuses a name that another recipe has taken, and overwrites nothing', () => {
    const { folder } = trained('--run', 'mine');
    assert.equal(folder, join('recipes', 'runs', 'mine'));
    const before = readFileSync(join(session.folder, folder, 'run.yaml'), 'utf8');
    session.write('recipes/gold.recipe.yaml', `${RECIPE}batch: 2\n`);
    const { stderr, status } = train('--run', 'mine');
    assert.equal(status, 2);
    assert.match(stderr, /The run mine was begun with another recipe: choose another name, or delete/);
    assert.equal(readFileSync(join(session.folder, folder, 'run.yaml'), 'utf8'), before);
    assert.match(train('--run', '../mine').stderr, /cannot be called "\.\.\/mine"/);
  });

  it('starts nothing when the recipe has errors', () => {
    session.write('recipes/gold.recipe.yaml', RECIPE.replace('split: test', 'split: tset'));
    const { stderr, status } = train();
    assert.equal(status, 1);
    assert.match(
      stderr,
      /gold\.recipe\.yaml:2:\d+ missing-recipe-input No record of the dataset is in the split/,
    );
    assert.ok(!existsSync(runs()));
  });

  it('--check says what is wrong and what it costs, and trains nothing', () => {
    const { stdout, status } = session.run(
      'train',
      'recipes/gold.recipe.yaml',
      '--python',
      PYTHON,
      '--check',
    );
    assert.equal(status, 0);
    assert.equal(stdout, 'Nothing is wrong.\n4 steps, 1,200 tokens, 500 MB, about 3 s.\n');
    tell({ errors: ['3 of 9 examples are too long (the first is r2).'] });
    const wrong = session.run('train', 'recipes/gold.recipe.yaml', '--python', PYTHON, '--check');
    assert.equal(wrong.status, 1);
    assert.match(wrong.stdout, /^error too-long: 3 of 9 examples are too long/);
    tell({});
    assert.equal(trained().state, 'finished');
  });

  it('names the one command that makes an environment where packages are missing', () => {
    tell({ missing: ['torch'] });
    const { stderr, status } = train();
    assert.equal(status, 2);
    assert.match(
      stderr,
      /lacks torch\. This makes an environment of its own for them:\n.*requirements\.txt$/m,
    );
    assert.match(train('--python', '/no/such/python').stderr, /does not run: there is no such program/);
  });

  it('passes on what Python says when it dies at once', () => {
    tell({ quiet: 'ImportError: libcuda.so.1' });
    const { stdout, status } = train();
    assert.equal(status, 2);
    assert.match(JSON.parse(stdout).problem, /ended before its first step: ImportError: libcuda\.so\.1/);
  });

  for (const dieBefore of ['preflight', 'started']) {
    it(`says so when the trainer is killed before it has said ${dieBefore}, and loses nothing`, () => {
      tell({ dieBefore });
      const { stdout, status } = train();
      const killed = JSON.parse(stdout);
      assert.deepEqual([status, killed.state], [2, 'interrupted']);
      assert.match(
        killed.problem,
        /killed before its first step, which a system does when its memory is full/,
      );
      // Such as the token probabilities of a teacher.
      const kept = session.write(join(killed.folder, 'teacher/0.safetensors'), 'x');
      tell({});
      assert.equal(trained().state, 'finished');
      assert.ok(existsSync(kept));
    });
  }

  it('watches a run that is at work already, and leaves its folder alone, before its first step too', async () => {
    tell({ look: 3000 });
    const args = ['train', 'recipes/gold.recipe.yaml', '--python', PYTHON, '--format', 'json'];
    const first = session.runBeside(...args);
    while (
      !existsSync(runs()) ||
      !readdirSync(runs()).some((run) => existsSync(join(runs(), run, 'trainer.json')))
    )
      await wait(20);
    session.write('problems.json', dataset(11));
    const second = await session.runBeside(...args);
    assert.match(second.stderr, /data has changed since.*\n.*is being trained; watching it/);
    for (const { stdout } of [await first, second]) assert.equal(JSON.parse(stdout).state, 'finished');
  });

  it('offers the exported student as a model under the name of its run', () => {
    tell({ export: BASE });
    const { model } = trained();
    const { stdout } = session.run('models', 'list', '--format', 'jsonl');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const row = rows.find(({ id }) => id === model);
    assert.deepEqual([row?.role, row?.provider, row?.unavailable], ['student', 'onnx', undefined]);
  });

  it('learns from a stored run of the teacher, the right rationales only', () => {
    const teacher = session.scripted(12, { r3: { output: rationale('A') }, r4: { output: '' } });
    const made = session.run(
      ...['annotate', 'problems.json', '--model', teacher, '--split', 'test', '--run', 'teacher'],
    );
    assert.equal(made.status, 0, made.stderr);
    const distil = (keep: string) => {
      session.write(
        'recipes/gold.recipe.yaml',
        `teacher: { run: teacher }\n${RECIPE.replace('target: answer', 'target: rationale')}objective: { keep: ${keep} }\n`,
      );
      return examples(trained().folder);
    };
    const right = distil('correct');
    assert.equal(right.length, 8);
    assert.ok(right.every(({ target, weight }) => target === rationale('B') && weight === 1));
    assert.equal(distil('all').length, 9);
    const weighted = distil('weighted');
    assert.deepEqual(
      weighted.filter(({ weight }) => weight < 1).map(({ id, weight }) => [id, weight]),
      [['r3', 0.1]],
    );
    assert.equal(readdirSync(runs()).length, 3);
  });
});
