import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliSession } from './cli-session.ts';
import { needsPair, sample } from './inference-fixtures.ts';
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

  it('are held to their stages where the teacher can be, so that more of a wild one pass', function () {
    needsPair(this);
    writeFileSync(file, dataset(1));
    const refused = session.run('rationales', 'problems.json', '--teacher', teacher(), '--constrained');
    assert.equal(refused.status, 2);
    const passing = (...more: string[]) => {
      const args = [
        '--teacher',
        'sketchbook-student',
        '--split',
        'test',
        '--limit',
        '10',
        '--temperature',
        '1.5',
      ];
      const sketchbook = join(sample, 'problems.json');
      const { stdout } = session.run(
        'rationales',
        sketchbook,
        ...args,
        '--no-rationalise',
        '--dry-run',
        ...more,
      );
      return Number(/ (\d+) of 40 samples pass/.exec(stdout)?.[1]);
    };
    assert.ok(passing('--constrained') > passing());
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

  it('are made for the records that a student has wrong, and say whose failures they are', () => {
    writeFileSync(file, dataset(6, { r5: { answer: null } }));
    const student = session.scripted(6, {
      r0: { output: stages('A') },
      r3: { output: 'No idea.' },
      r4: { fail: 'The image is broken.' },
      r5: { output: stages('A') },
    });
    session.run('annotate', 'problems.json', '--model', student, '--run', 'first-round');
    const next = ['--failures-of', 'first-round', '--format', 'json'];
    const { records: rows } = JSON.parse(run(...next, '--dry-run').stdout);
    assert.deepEqual(
      rows.map(({ id, state }: Record<string, unknown>) => [id, state]),
      [
        ['r0', 'kept'],
        ['r3', 'none'],
      ],
    );
    run(...next);
    assert.equal(records().r0.rationale.failureOf, 'first-round');
    assert.equal(records().r1.rationale, undefined);
    // Corrected, it is a failure no more.
    writeFileSync(file, dataset(6, { r0: { answer: 0 }, r3: { answer: null }, r5: { answer: null } }));
    const none = run(...next);
    assert.equal(none.status, 2, none.stdout);
    assert.match(none.stderr, /^The run first-round has no record wrong as the dataset stands: .*\n$/);
    session.write('other.json', dataset(2));
    const other = session.run('rationales', 'other.json', '--teacher', teacher(), ...next);
    assert.match(other.stderr, /^The run first-round is of .*problems\.json, not of .*other\.json\.\n$/);
    assert.match(
      run('--failures-of', 'second').stderr,
      /^There is no run "second": stored are first-round\.\n$/,
    );
  });

  it('are shorter the more samples of a record pass, when they are kept by difficulty', () => {
    const more = 'Whoever looks at them long enough sees that nothing is missing there'.split(' ');
    const words = (n: number) => stages('B', `The words match. ${more.slice(0, 2 * n).join(' ')}.`);
    const lengths = [3, 1, 4, 2, 5];
    const of = (n: number, outputs: string[]) =>
      outputs.map((output, sample) => ({ match: `number ${n}?`, sample, output }));
    const lines = [
      ...of(0, lengths.map(words)),
      ...of(
        1,
        lengths.map((length, i) => (i < 2 ? stages('A') : words(length))),
      ),
      ...of(
        2,
        lengths.map((length, i) => (i < 4 ? stages('A') : words(length))),
      ),
    ];
    const id = `scripted:${session.write('lengths.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'))}`;
    writeFileSync(file, dataset(3));
    const generate = (...options: string[]) =>
      session.run('rationales', 'problems.json', '--teacher', id, '--samples', '5', '--replace', ...options);
    generate('--keep', 'by-difficulty');
    const kept = Object.values<{ rationale: { text: string; kept: string; passed: number } }>(records());
    assert.deepEqual(
      kept.map(({ rationale }) => [rationale.passed, lengths.find((n) => rationale.text === words(n))]),
      // Five pass: the shortest. Three of 2, 4, 5: at 0.4 × 2, the second. One: that one.
      [
        [5, 1],
        [3, 4],
        [1, 5],
      ],
    );
    assert.ok(kept.every(({ rationale }) => rationale.kept === 'by-difficulty'));
    generate();
    assert.deepEqual([records().r0.rationale.sample, records().r0.rationale.kept], [0, undefined]);
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
