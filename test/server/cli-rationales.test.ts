import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliSession } from './cli-session.ts';
import { dataset, rationale as stages } from './sample-dataset.ts';

const SAYS_A = 'The words match. The answer is not 1.';

describe('rationales', function () {
  this.timeout(60_000);
  let session: CliSession;
  let file: string;

  beforeEach(() => {
    session = new CliSession();
    file = join(session.folder, 'problems.json');
  });
  afterEach(() => session.close());

  /** Of r1 only the second sample is sound, of r2 none, of r3 none even when the answer is shown. */
  function teacher(): string {
    const lines = [
      { match: 'number 1?', sample: 0, output: stages('B', SAYS_A) },
      {
        match: 'number 1?',
        sample: 2,
        output: '<SUMMARY>Find it.</SUMMARY><REASONING>It is number 1.</REASONING><CONCLUSION>B</CONCLUSION>',
      },
      { match: 'The answer is number 2.', output: stages('B', 'As hinted, number 2 fits.') },
      { match: 'number 2?', output: stages('A', 'Number 2 does not fit.') },
      { match: 'number 3?', output: stages('A', 'Number 3 does not fit.') },
      { match: 'number', output: stages('B') },
    ];
    return `scripted:${session.write('teacher.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'))}`;
  }

  const run = (...more: string[]) =>
    session.run('rationales', 'problems.json', '--teacher', teacher(), '--samples', '3', ...more);
  const records = () => JSON.parse(readFileSync(file, 'utf8'));

  it('are kept when they end with the gold answer, agree with it and are whole, else made from it, and written into their records alone', () => {
    const before = dataset(5).replaceAll('\n', '\r\n');
    writeFileSync(file, before);
    const { stdout, status, stderr } = run();
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /: 5 records, 7 of 15 samples pass \(46\.7 %\)\.\n3 kept, 1 made from the gold answer, 1 without one\.\n4 rationales written/,
    );
    const after = readFileSync(file, 'utf8');
    const { r0, r1, r2, r3, r4 } = records();
    assert.equal(r0.rationale.text, stages('B'));
    assert.deepEqual(
      [r0.rationale.sample, r0.rationale.passed, r0.rationale.of, r0.rationale.goldShown],
      [0, 3, 3, false],
    );
    assert.deepEqual(r0.rationale.checks, ['gold-conclusion', 'agreeing-reasoning', 'complete']);
    assert.deepEqual([r1.rationale.sample, r1.rationale.passed, r1.rationale.of], [1, 1, 3]);
    assert.equal(r2.rationale.text, stages('B', 'As hinted, number 2 fits.'));
    assert.deepEqual(
      [r2.rationale.rationalised, r2.rationale.goldShown, r2.rationale.prompt, r2.rationale.passed],
      [true, true, 'gold-hint', 0],
    );
    assert.equal(r3.rationale, undefined);
    const { model, revision, decoding, date } = r4.rationale;
    assert.match(model, /^scripted:/);
    assert.match(revision, /^[0-9a-f]{12}$/);
    assert.deepEqual(decoding, { maxNewTokens: 256, temperature: 0.7, topP: 1, seed: 0, samples: 3 });
    assert.match(date, /^\d{4}-\d\d-\d\d$/);
    // Taking the new lines out again gives the file byte for byte.
    assert.equal(after.replace(/,\r\n {4}"rationale": \{[\s\S]*?\r\n {4}\}(?=\r\n)/g, ''), before);
  });

  it('are not written again, and those that a person has changed are left and named', () => {
    writeFileSync(file, dataset(5));
    run();
    const first = readFileSync(file, 'utf8');
    assert.match(run().stdout, /0 rationales written into .*, 4 were there already\./);
    assert.equal(readFileSync(file, 'utf8'), first);
    const edited = first.replace('As hinted, number 2 fits.', 'Two is two.');
    writeFileSync(
      file,
      edited.replace('"split": "test"\n  }', '"split": "test",\n    "rationale": "By hand."\n  }'),
    );
    const mine = readFileSync(file, 'utf8');
    const { stdout } = run();
    assert.match(stdout, /Left what a person has written \(--replace replaces it\): r2\./);
    assert.equal(readFileSync(file, 'utf8'), mine);
    assert.match(run('--replace').stdout, /Replaced what a person had written: r2\./);
    assert.equal(records().r2.rationale.text, stages('B', 'As hinted, number 2 fits.'));
    assert.equal(records().r3.rationale, 'By hand.', 'nothing was found to replace it with');
  });

  it('need no second asking where none is to be made from the gold answer, and nothing is written on a dry run', () => {
    const before = dataset(3);
    writeFileSync(file, before);
    const { stdout } = run('--no-rationalise', '--dry-run', '--format', 'json');
    const { kept, rationalised, none, records: rows } = JSON.parse(stdout);
    assert.deepEqual([kept, rationalised, none], [2, 0, 1]);
    assert.deepEqual(
      rows.map(({ id, state, passRate }: Record<string, unknown>) => [id, state, passRate]),
      [
        ['r0', 'kept', 1],
        ['r1', 'kept', 1 / 3],
        ['r2', 'none', 0],
      ],
    );
    assert.equal(readFileSync(file, 'utf8'), before);
  });

  it('go to a file of lines too: LLaVA-CoT’s, or every record with its pass rate', () => {
    writeFileSync(file, dataset(4));
    run('--to', 'llava-cot', '--out', 'train.jsonl');
    const lines = (name: string) =>
      readFileSync(join(session.folder, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const [first, ...others] = lines('train.jsonl');
    assert.deepEqual(first.conversations, [
      { from: 'human', value: 'Which of these is number 0?\nChoices: (A) not 0 (B) number 0' },
      { from: 'gpt', value: stages('B') },
    ]);
    assert.equal(others.length, 2);
    assert.match(session.run('lint', 'train.jsonl').stdout, /^(?!.*malformed)/);
    run('--to', 'jsonl', '--out', 'side.jsonl');
    assert.deepEqual(
      lines('side.jsonl').map(({ id, passed, of, text }) => [id, passed, of, text === null]),
      [
        ['r0', 3, 3, false],
        ['r1', 1, 3, false],
        ['r2', 0, 3, false],
        ['r3', 0, 3, true],
      ],
    );
    const again = run('--to', 'jsonl', '--out', 'side.jsonl');
    assert.equal(again.status, 2);
    assert.match(
      again.stderr,
      /side\.jsonl is there already: name another file, or replace it with --replace\.\n$/,
    );
    assert.equal(run('--to', 'jsonl').status, 2);
  });

  it('say when the prompt does not show what it is to explain', () => {
    writeFileSync(file, dataset(1));
    const { status, stderr } = run('--rationalise', 'setting-1');
    assert.equal(status, 2);
    assert.match(stderr, /The prompt setting-1 does not show the gold answer/);
  });
});
