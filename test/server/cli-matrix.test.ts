import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { CLI, CliSession } from './cli-session.ts';
import { needsPair } from './inference-fixtures.ts';
import { dataset } from './sample-dataset.ts';

const PROMPT = '---\nmetadata: {rationale: {format: letter}}\n---\nuser:\n{{ question }}\n';

describe('matrix on the command line', function () {
  this.timeout(120_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
    session.write('problems.json', dataset(20));
    session.write('p.prompty', PROMPT);
  });
  afterEach(() => session.close());

  /** Right when it may reason, else the first choice. */
  const model = (delay?: number) =>
    `scripted:${session.write(
      'model.jsonl',
      [
        { match: 'step by step', output: 'Answer: B', delay },
        { match: 'number', output: 'A', delay },
      ]
        .map((line) => JSON.stringify(line))
        .join('\n'),
    )}`;
  const args = (...more: string[]) => [
    ...['matrix', 'p.prompty', '--dataset', 'problems.json', '--sample', '10'],
    ...['--settings', '1', '--model', ...more],
  ];

  it('prints a table, and every other format', () => {
    const text = session.run(...args(model()));
    assert.equal(text.status, 0, text.stderr);
    assert.match(text.stdout, /★ +│ chain-of-thought │ answer-last │ 10 │ 100\.0 %/);
    const json = JSON.parse(session.run(...args(model(), '--format', 'json')).stdout);
    assert.deepEqual([json.records, json.cells.length, json.sample], [10, 3, { n: 10, seed: 0 }]);
    assert.equal(json.cells[2].accuracy.value, 1);
    const csv = session
      .run(...args(model(), '--format', 'csv'))
      .stdout.trim()
      .split('\n');
    assert.match(csv[0] ?? '', /^model,setting,strategy,format,order,state,best,unfair/);
    assert.equal(csv.length, 4);
    const markdown = session.run(...args(model(), '--format', 'markdown')).stdout;
    assert.match(markdown, /^\| ★ \| chain-of-thought \|/m);
    const lines = session
      .run(...args(model(), '--format', 'jsonl'))
      .stdout.trim()
      .split('\n');
    assert.equal(JSON.parse(lines[0] as string).strategy, 'as-written');
  });

  it('says how many requests of a cell failed, and why', () => {
    const lines = [
      { match: 'step by step', fail: 'The prompt is too long.' },
      { match: 'number', output: 'A' },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const { stdout } = session.run(...args(`scripted:${session.write('failing.jsonl', text)}`));
    assert.match(
      stdout,
      /chain-of-thought letter answer-last: 10 of 10 requests failed and count as wrong; the first: The prompt is too long\./,
    );
  });

  it('holds each output to the format of its cell, and says so; a model that cannot be held is refused', function () {
    needsPair(this);
    const asked = ['--strategies', 'zero-shot', '--output-formats', 'json,letter', '--constrained'];
    const held = session.run(...args('sketchbook-student', ...asked, '--format', 'json'));
    assert.equal(held.status, 0, held.stderr);
    const { cells, notes } = JSON.parse(held.stdout);
    assert.deepEqual(
      cells.map((cell: { format: string; coverage: { value: number } }) => [
        cell.format,
        cell.coverage.value,
      ]),
      [
        ['json', 1],
        ['letter', 1],
      ],
    );
    assert.match(notes.join('\n'), /^Each output was held to the format of its cell/m);
    const { status, stderr } = session.run(...args(model(), ...asked));
    assert.equal(status, 2);
    assert.match(
      stderr,
      /^The output of scripted:\S+ cannot be held to .*, as this prompt asks, but to nothing\.$/m,
    );
  });

  it('writes the best fair cell as a prompt file, never over another file', () => {
    const path = join(session.folder, 'best.prompty');
    const first = session.run(...args(model(), '--write-best', 'best.prompty'));
    assert.equal(first.status, 0, first.stderr);
    assert.match(readFileSync(path, 'utf8'), /strategy: chain-of-thought/);
    const check = session.run('prompt', 'check', 'best.prompty', '--dataset', 'problems.json');
    assert.equal(check.status, 0, check.stdout);
    const again = session.run(...args(model(), '--write-best', 'best.prompty'));
    assert.deepEqual(
      [again.status, again.stderr],
      [2, 'best.prompty is there already: name a new file, or take it away first.\n'],
    );
  });

  it('killed in the middle, it goes on where it stopped', async () => {
    const scripted = model(30);
    const { folder: cwd, environment: env } = session;
    const victim = spawn(process.execPath, [CLI, ...args(scripted)], { cwd, env, stdio: 'ignore' });
    const stored = () => {
      if (!existsSync(env.RATIONALE_STORE as string)) return 0;
      const store = openStore(env.RATIONALE_STORE as string);
      const count = store.runs().reduce((sum, { id }) => sum + store.predictions(id).size, 0);
      store.close();
      return count;
    };
    while (stored() < 12 && victim.exitCode === null) await wait(20);
    victim.kill('SIGKILL');
    await new Promise((resolve) => victim.on('exit', resolve));
    const before = stored();
    assert.ok(before >= 12 && before < 30, `${before} stored when killed`);
    const { stdout, stderr } = session.run(...args(scripted, '--format', 'json'));
    const { cells } = JSON.parse(stdout);
    assert.ok(cells.every(({ state, n }: { state: string; n: number }) => state === 'done' && n === 10));
    assert.equal(stored(), 30);
    assert.match(stderr, /30\/30 answers/);
  });

  for (const [what, more, sentence] of [
    [
      'a strategy',
      ['--strategies', 'chain-of-thougt'],
      /There is no "chain-of-thougt": did you mean "chain-of-thought"\?/,
    ],
    ['a setting', ['--settings', '7'], /There is no "7": known are 1, 2, 3, 4\./],
    ['a split', ['--split', 'dev'], /is in the split "dev": it has val, test/],
  ] as const) {
    it(`with ${what} that does not exist says so in a sentence`, () => {
      const { status, stderr, stdout } = session.run(...args(model(), ...more));
      assert.equal(status, 2);
      assert.match(stderr, sentence);
      assert.equal(stdout, '');
    });
  }
});
