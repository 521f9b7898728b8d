import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliSession } from './cli-session.ts';

const root = resolve(import.meta.dirname, '../..');
const shared = resolve(root, '../shared/scienceqa');
const gemini = join(shared, 'outputs/gemini_1_5_flash_8B_json_s4.jsonl');

const record = {
  question: 'What do the magnets do?',
  choices: ['attract', 'repel', 'nothing'],
  answer: 1,
  split: 'test',
  lecture: 'Magnets have poles.',
  solution: 'Like poles repel.',
};
const lines = (outputs: object[]) => outputs.map((output) => JSON.stringify(output)).join('\n');

describe('judge on the command line', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
    const ids = Array.from({ length: 6 }, (_, i) => `r${i}`);
    session.write(
      'problems.json',
      JSON.stringify(Object.fromEntries(ids.map((id) => [id, record])), null, 1),
    );
  });
  afterEach(() => session.close());

  const judge = (outputs: object[], ...args: string[]) => {
    session.write('out.jsonl', lines(outputs));
    return session.run('judge', 'problems.json', '--outputs', 'out.jsonl', '--fail-on', 'never', ...args);
  };

  it('shows what the readers of others make of the same outputs, and where they differ', () => {
    const outputs = [
      { id: 'r0', raw_output: 'The answer is B.' },
      { id: 'r1', raw_output: '<CONCLUSION>B</CONCLUSION>' },
      { id: 'r2', raw_output: '{"answer": "repel"' },
    ];
    const sum = JSON.parse(judge(outputs, '--reader', 'all', '--format', 'json').stdout);
    assert.deepEqual(
      Object.fromEntries(
        Object.entries(sum.readers as Record<string, { mapped: number }>).map(([id, { mapped }]) => [
          id,
          mapped,
        ]),
      ),
      { rationale: 3, scienceqa: 1, llava: 1, 'lmms-eval': 0, vlmevalkit: 2, svrd: 2 },
    );
    assert.deepEqual([sum.readers.scienceqa.n, sum.readers.scienceqa.coverage], [3, 1 / 3]);
    assert.equal(sum.accuracy, 1, 'the numbers themselves are our own reader’s');
    assert.ok(sum.differing.some((one: { row: number }) => one.row === 2));

    const alone = JSON.parse(judge(outputs, '--reader', 'scienceqa', '--format', 'json').stdout);
    assert.deepEqual([alone.mapped, alone.reader, alone.readers], [1, 'scienceqa 1', undefined]);
  });

  it('says which index base it assumes, and takes another when told', () => {
    const outputs = [0, 1, 2, 3, 4, 5].map((n) => ({
      id: `r${n}`,
      raw_output: `The answer is ${n === 5 ? 1 : 0}.`,
    }));
    const assumed = judge(outputs, '--format', 'jsonl');
    assert.match(
      assumed.stderr,
      /Numbers are read as counted from 0, .* --index-base 1 reads them otherwise\./,
    );
    const choices = (stdout: string) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).choice);
    assert.deepEqual(choices(assumed.stdout), [0, 0, 0, 0, 0, 1]);
    const told = judge(outputs, '--format', 'jsonl', '--index-base', '1');
    assert.doesNotMatch(told.stderr, /counted from/);
    assert.deepEqual(choices(told.stdout), [null, null, null, null, null, 0]);
  });

  it('scores the texts, per output and as means, against what it is told to', () => {
    const outputs = [
      { id: 'r0', raw_output: 'B', why: 'Like poles repel.' },
      { id: 'r1', raw_output: 'B', why: '' },
    ];
    const against = ['--text-field', 'why', '--reference', 'solution'];
    const { metrics } = JSON.parse(judge(outputs, ...against, '--format', 'json').stdout);
    assert.deepEqual(
      [metrics.mode, metrics.reference, metrics.textField, metrics.n, metrics.empty],
      ['default', 'solution', 'why', 2, 1],
    );
    assert.deepEqual([metrics.whole['bleu-1'].mean, metrics.whole['exact-match'].mean], [0.5, 0.5]);
    const rows = judge(outputs, ...against, '--format', 'jsonl')
      .stdout.trim()
      .split('\n');
    assert.deepEqual(
      rows.map((row) => JSON.parse(row).metrics['rouge-l']),
      [1, 0],
    );
    assert.equal(JSON.parse(judge(outputs, '--metrics', 'none', '--format', 'json').stdout).metrics, null);
  });

  it('judges the rest of a file with a line that is not UTF-8, and names the line', () => {
    const path = session.write('out.jsonl', '');
    writeFileSync(
      path,
      Buffer.from('{"id":"r0","raw_output":"B"}\n{"id":"r1","raw_output":"caf\xe9: B"}\n', 'latin1'),
    );
    const { stdout, stderr } = session.run(
      ...['judge', 'problems.json', '--outputs', 'out.jsonl', '--format', 'json', '--metrics', 'none'],
    );
    assert.match(stderr, /^out\.jsonl:2: this is not UTF-8; what cannot be read is read as "�"\.$/m);
    assert.equal(JSON.parse(stdout).n, 2);
  });

  describe('says in one sentence what is wrong with', () => {
    const said = (text: string, name = 'bad.jsonl') => {
      session.write(name, text);
      const args = ['--outputs', name, '--format', 'json', '--metrics', 'none', '--fail-on', 'never'];
      const { stderr, stdout, status } = session.run('judge', 'problems.json', ...args);
      return { stderr, status, n: status === 0 ? JSON.parse(stdout).n : 0 };
    };
    const answers = (prefix: string, count = 6) =>
      lines(Array.from({ length: count }, (_, i) => ({ id: `${prefix}${i}`, output: 'B' })));

    it('outputs for another dataset, be they as many as its records', () => {
      const { stderr, status } = said(answers('x'));
      assert.equal(status, 2);
      assert.match(
        stderr,
        /^bad\.jsonl does not belong to problems\.json: no output names one of its 6 records\.$/m,
      );
    });

    it('a file without outputs', () => {
      assert.match(said('').stderr, /^bad\.jsonl holds no outputs: it is empty\.$/m);
      assert.match(
        said('hello\n').stderr,
        /^bad\.jsonl holds no outputs: bad\.jsonl:1: this line is not JSON\.$/m,
      );
    });

    it('NaN, and reads the line', () => {
      const { stderr, n } = said(
        '{"id": "r0", "output": "B", "score": NaN}\n{"id": "r1", "output": "NaN: B"}\n',
      );
      assert.match(stderr, /^bad\.jsonl:1: NaN and Infinity are no JSON; they are read as null\.$/m);
      assert.equal(n, 2);
    });

    it('a record that is answered twice, and counts both', () => {
      const { stderr, n } = said(`${answers('r', 2)}\n{"id": "r0", "output": "A"}\n`);
      assert.match(
        stderr,
        /^bad\.jsonl:3: record "r0" has an output already; each is judged and counted \(1 such output\)\.$/m,
      );
      assert.equal(n, 3);
    });

    it('the dataset, and judges the rest', () => {
      session.write(
        'problems.json',
        JSON.stringify(
          { r0: { ...record, choices: 'attract, repel' }, r1: { ...record, answer: 'B' }, r2: record },
          null,
          1,
        ),
      );
      const { stderr, n } = said(answers('r', 3));
      assert.match(stderr, /^problems\.json:4:\d+ "choices" is a string; it must be a list of strings\.$/m);
      assert.match(
        stderr,
        /^problems\.json:\d+:\d+ "answer" is a string; it must be the number of the right choice/m,
      );
      assert.equal(n, 3);
    });
  });

  it('keeps quiet about an output that a person has read, and takes the choice a person wrote', () => {
    const outputs = [
      { id: 'r0', raw_output: 'A', reviewed: true },
      { id: 'r1', raw_output: 'hmm', mapped_answer: 1 },
    ];
    const [read, mapped] = judge(outputs, '--format', 'jsonl', '--metrics', 'none')
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual([read.verdict, read.findings], ['wrong', []]);
    assert.deepEqual([mapped.method, mapped.choice, mapped.verdict], ['mapped', 1, 'correct']);
  });

  it('doubts a gold answer where all models say another, and no solution stands by it', () => {
    const doubtful = { ...record, solution: '' };
    session.write('problems.json', JSON.stringify({ r0: doubtful, r1: doubtful, r2: record }));
    const outputs = ['r0', 'r1', 'r2'].map((id) => ({ id, raw_output: 'A' }));
    session.write('two.jsonl', lines(outputs));
    session.write('three.jsonl', lines([...outputs.slice(1), { id: 'r0', raw_output: 'C' }]));
    const doubted = (...beside: string[]) => {
      const args = beside.length > 0 ? ['--beside', ...beside] : [];
      const { stdout } = judge(outputs, ...args, '--format', 'jsonl', '--metrics', 'none');
      type Row = { id: string; findings: { rule: string; message: string }[] };
      return stdout
        .trim()
        .split('\n')
        .flatMap((line) => {
          const { id, findings }: Row = JSON.parse(line);
          const doubts = findings.filter(({ rule }) => rule === 'gold-suspect');
          return doubts.map(({ message }) => `${id}: ${message}`);
        });
    };
    assert.deepEqual(doubted(), []);
    assert.deepEqual(doubted('two.jsonl', 'three.jsonl'), [
      'r1: 3 of 3 models (out.jsonl, two.jsonl and three.jsonl) answer A (attract); gold is B (repel).',
    ]);
    assert.equal(doubted('two.jsonl').length, 2);
  });

  it('reproduces a published row of the ScienceQA study in its mode', function () {
    if (!existsSync(gemini)) {
      console.log('      (skipped: the ScienceQA outputs are not beside this repository)');
      return this.skip();
    }
    const rows: { setting: string; published: Record<string, number> }[] = JSON.parse(
      readFileSync(join(shared, 'recomputed_metrics.json'), 'utf8'),
    );
    const published = rows.find(({ setting }) => setting === 'json_s4')?.published ?? {};
    const { stdout } = session.run(
      ...['judge', join(shared, 'val.json'), '--outputs', gemini, '--fail-on', 'never', '--format', 'json'],
      ...['--metrics', 'scienceqa-study', '--text-field', 'parsed_explanation'],
    );
    const { accuracy, metrics } = JSON.parse(stdout);
    assert.equal(accuracy.toFixed(4), '0.9630');
    const names = { 'bleu-1': 'bleu1', 'bleu-4': 'bleu4', 'rouge-l-package': 'rouge' };
    for (const [id, name] of Object.entries(names)) {
      const { mean } = metrics.whole[id];
      assert.ok(Math.abs((published[name] ?? 0) - mean) < 1e-9, `${id} ${mean} for ${published[name]}`);
    }
  });
});
