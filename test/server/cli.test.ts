import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { CLI, CliSession } from './cli-session.ts';
import { dataset, rationale as stages } from './sample-dataset.ts';

describe('the command line', function () {
  this.timeout(60_000);
  let session: CliSession;
  let folder: string;
  let file: string;
  let environment: NodeJS.ProcessEnv;

  beforeEach(() => {
    session = new CliSession();
    ({ folder, environment } = session);
    file = join(folder, 'problems.json');
  });
  afterEach(() => session.close());

  const rationale = (...args: string[]) => session.run(...args);
  const scripted = (count: number, change?: Record<string, object>) => session.scripted(count, change);

  describe('lint', () => {
    it('prints each finding as file:line:column severity rule message, and exits with 1', () => {
      writeFileSync(file, dataset(3, { r1: { answer: 7 } }));
      const { stdout, status } = rationale('lint', 'problems.json');
      const line =
        dataset(3, { r1: { answer: 7 } })
          .split('\n')
          .findIndex((text) => text.includes('"answer": 7')) + 1;
      assert.match(stdout, new RegExp(`^problems\\.json:${line}:15 error answer-out-of-range `, 'm'));
      assert.equal(status, 1);
    });

    it('gives JSON with findings, ranges and counts', () => {
      writeFileSync(file, dataset(3, { r1: { answer: 7 } }));
      const { findings, counts } = JSON.parse(rationale('lint', 'problems.json', '--format', 'json').stdout);
      const [finding] = findings;
      assert.deepEqual(
        { ...finding, message: undefined, range: undefined },
        {
          rule: 'answer-out-of-range',
          severity: 'error',
          file: 'problems.json',
          record: 'r1',
          field: 'answer',
          message: undefined,
          range: undefined,
        },
      );
      assert.equal(finding.range.start.character, 14);
      assert.equal(counts.error, 1);
    });

    it('reads conversations, and finds their images beside the dataset', () => {
      const turns = [
        { from: 'human', value: 'What is this?' },
        { from: 'gpt', value: 'A map.' },
      ];
      const lines = ['gone.png', null].map((image) => JSON.stringify({ image, conversations: turns }));
      session.write('train.jsonl', `${lines.join('\n')}\n`);
      const { stdout, status } = rationale('lint', 'train.jsonl', '--format', 'json');
      assert.equal(status, 1);
      assert.deepEqual(
        JSON.parse(stdout).findings.map(({ rule, record, field }: Record<string, string>) => [
          rule,
          record,
          field,
        ]),
        [
          ['missing-image', '0', 'image'],
          ['image-token-mismatch', '0', 'question'],
        ],
      );
    });

    it('exits with 0 on a clean dataset and when only worse things should fail', () => {
      writeFileSync(file, dataset(2));
      assert.equal(rationale('lint', 'problems.json').status, 0);
      writeFileSync(file, dataset(2, { r0: { answer: 7 } }));
      assert.equal(rationale('lint', 'problems.json', '--fail-on', 'never').status, 0);
    });

    for (const [what, write, sentence] of [
      ['a file that is not there', () => {}, /problems\.json/],
      ['a folder', () => mkdirSync(file), /problems\.json.*folder/],
    ] as const) {
      it(`answers ${what} with one sentence and exit code 2`, () => {
        write();
        const { status, stderr, stdout } = rationale('lint', 'problems.json');
        assert.equal(status, 2);
        assert.equal(stdout, '');
        assert.match(stderr, sentence);
        assert.equal(stderr.trim().split('\n').length, 1);
      });
    }

    it('finds what is wrong with a file that is not JSON, half a file, and a record that is a number', () => {
      for (const text of ['this is not JSON', dataset(3).slice(0, 700), '{"r0": 7}']) {
        writeFileSync(file, text);
        const { status, stdout } = rationale('lint', 'problems.json');
        assert.equal(status, 1, stdout);
        assert.match(stdout, /error malformed-record /);
      }
    });
  });

  describe('annotate', () => {
    it('stores what the model says and reports it; asking again runs nothing', () => {
      writeFileSync(file, dataset(10));
      const model = scripted(10, { r4: { output: stages('A') } });
      const [first] = JSON.parse(
        rationale('annotate', 'problems.json', '--model', model, '--format', 'json').stdout,
      ).runs;
      assert.equal(first.n, 10);
      assert.equal(first.correct, 9);
      const store = openStore(environment.RATIONALE_STORE as string);
      assert.equal(store.predictions(first.run).size, 10);
      store.close();
      const second = rationale('annotate', 'problems.json', '--model', model, '--format', 'json');
      const [again] = JSON.parse(second.stdout).runs;
      // Only what is generated has a rate.
      assert.doesNotMatch(second.stderr, /records\/s/);
      assert.equal(again.n, 10);
    });

    it('takes several samples of a record, which vote, and only those that are not there yet', () => {
      writeFileSync(file, dataset(2));
      // Of the second record the first and the third say A, the fourth nothing that can be read.
      const said = { 0: stages('A'), 2: stages('A'), 3: 'Who knows.' };
      const lines = Object.entries(said).map(([sample, output]) => ({
        match: 'number 1?',
        sample: Number(sample),
        output,
      }));
      const rest = [0, 1].map((n) => ({ match: `number ${n}?`, output: stages('B') }));
      const script = [...lines, ...rest].map((line) => JSON.stringify(line)).join('\n');
      const model = `scripted:${session.write('votes.jsonl', script)}`;
      const sampled = (samples: number) =>
        rationale(
          'annotate',
          'problems.json',
          '--model',
          model,
          '--samples',
          String(samples),
          '--temperature',
          '1',
        );
      const three = sampled(3);
      assert.match(three.stdout, / 50\.0 % /, 'two of three say A, which is wrong');
      assert.match(three.stdout, /3 or more outputs of each of 2 records, pass@1 66\.7 %/);
      const five = sampled(5);
      assert.match(five.stderr, /10\/10 samples, /);
      const runs = JSON.parse(rationale('report', '--format', 'json').stdout).runs;
      const [run] = runs.filter(({ decoding }: { decoding: { samples: number } }) => decoding.samples === 5);
      // Two A, two B, one of neither: the one named first counts, with an agreement of 2 of 5.
      assert.equal(run.correct, 1);
      assert.equal(run.calibration.confidence, (1 + 2 / 5) / 2);
      assert.deepEqual([run.n, run.missing, run.failed], [2, 0, 0]);
      const store = openStore(environment.RATIONALE_STORE as string);
      const generated = store.runs().map(({ decoding, generated: made }) => [decoding.samples, made]);
      assert.deepEqual(generated.toSorted(), [
        [3, 6],
        [5, 4],
      ]);
      store.close();
    });

    it('refuses samples without a temperature, in one sentence', () => {
      writeFileSync(file, dataset(1));
      const { status, stderr } = rationale(
        'annotate',
        'problems.json',
        '--model',
        scripted(1),
        '--samples',
        '3',
      );
      assert.equal(status, 2);
      assert.match(stderr, /^At temperature 0 the 3 samples of a record would all be the same: .*\n$/);
    });

    it('runs the records of a split, and says which splits there are when it has none', () => {
      writeFileSync(file, dataset(6));
      const model = scripted(6);
      const [report] = JSON.parse(
        rationale('annotate', 'problems.json', '--model', model, '--split', 'val', '--format', 'json').stdout,
      ).runs;
      assert.equal(report.n, 2);
      const { status, stderr } = rationale('annotate', 'problems.json', '--model', model, '--split', 'dev');
      assert.equal(status, 2);
      assert.match(stderr, /No record of .* is in the split "dev": it has val, test\./);
    });

    it('runs a sample in which each topic has its share, the same again', () => {
      writeFileSync(file, dataset(20));
      const args = [
        'annotate',
        'problems.json',
        '--model',
        scripted(20),
        '--format',
        'json',
        '--sample',
        '6',
      ];
      const [report] = JSON.parse(rationale(...args).stdout).runs;
      assert.deepEqual([report.n, report.missing, report.sample], [6, 0, { n: 6, seed: 0 }]);
      const topics = report.slices.filter(({ dimension }: { dimension: string }) => dimension === 'topic');
      assert.deepEqual(
        topics.map(({ value, n }: { value: string; n: number }) => [value, n]),
        [
          ['biology', 3],
          ['physics', 3],
        ],
      );
      assert.equal(JSON.parse(rationale(...args).stdout).runs[0].run, report.run);
      const [other] = JSON.parse(rationale(...args, '--seed', '1').stdout).runs;
      assert.notEqual(other.run, report.run);
      const without = rationale('annotate', 'problems.json', '--model', scripted(20), '--seed', '1');
      assert.deepEqual([without.status, without.stderr.includes('--sample')], [2, true]);
    });

    it('names the models there are when the one asked for is not among them', () => {
      writeFileSync(file, dataset(1));
      const { status, stderr } = rationale('annotate', 'problems.json', '--model', 'gpt-17');
      assert.equal(status, 2);
      assert.match(stderr, /There is no model "gpt-17".*sketchbook-teacher/);
    });

    it('killed in the middle, it goes on where it stopped: no record twice, none missing', async () => {
      const count = 400;
      writeFileSync(file, dataset(count));
      const model = scripted(
        count,
        Object.fromEntries(Array.from({ length: count }, (_, n) => [`r${n}`, { delay: 10 }])),
      );
      const args = ['annotate', 'problems.json', '--model', model, '--run', 'killed', '--format', 'json'];
      const victim = spawn(process.execPath, [CLI, ...args], {
        cwd: folder,
        env: environment,
        stdio: 'ignore',
      });
      const stored = () => {
        try {
          const store = openStore(environment.RATIONALE_STORE as string);
          const { size } = store.predictions('killed');
          store.close();
          return size;
        } catch {
          return 0;
        }
      };
      while (stored() < 100 && victim.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 50));
      victim.kill('SIGKILL');
      await new Promise((resolve) => victim.on('exit', resolve));
      const before = stored();
      assert.ok(before >= 100 && before < count, `${before} stored when killed`);
      const { stdout, stderr } = rationale(...args);
      const [report] = JSON.parse(stdout).runs;
      assert.equal(report.n, count);
      assert.equal(stored(), count);
      assert.match(stderr, new RegExp(`${count}/${count} records`));
    });
  });

  describe('judge', () => {
    beforeEach(() => writeFileSync(file, dataset(3)));

    it('reads, joins and judges outputs made elsewhere, a line each', () => {
      writeFileSync(
        join(folder, 'outputs.jsonl'),
        [
          { index: 0, raw_output: 'The answer is B.' },
          { index: 2, raw_output: 'A' },
        ]
          .map((line) => JSON.stringify(line))
          .join('\n'),
      );
      const { stdout, stderr } = rationale(
        'judge',
        'problems.json',
        '--outputs',
        'outputs.jsonl',
        '--format',
        'jsonl',
        '--fail-on',
        'never',
      );
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        lines.map(({ id, row, choice, verdict }) => ({ id, row, choice, verdict })),
        [
          { id: 'r0', row: 0, choice: 1, verdict: 'correct' },
          { id: 'r2', row: 1, choice: 0, verdict: 'wrong' },
        ],
      );
      assert.match(stderr, /2 of 2 outputs joined to 3 records by index\./);
    });

    it('refuses outputs of another dataset in one sentence', () => {
      writeFileSync(join(folder, 'outputs.jsonl'), '{"id":"elsewhere","output":"A"}');
      const { status, stderr } = rationale('judge', 'problems.json', '--outputs', 'outputs.jsonl');
      assert.equal(status, 2);
      assert.match(stderr, /outputs\.jsonl does not belong to problems\.json/);
    });
  });

  it('exits with 2 on unknown commands and options, and with 0 on --help', () => {
    assert.equal(rationale('lint').status, 2);
    assert.equal(rationale('frobnicate').status, 2);
    assert.equal(rationale('lint', '--frobnicate', 'x').status, 2);
    assert.equal(rationale('--help').status, 0);
  });

  it('answers a store that cannot be used with one sentence', () => {
    writeFileSync(file, dataset(1));
    environment.RATIONALE_STORE = join(folder, 'problems.json');
    const { status, stderr } = rationale('annotate', 'problems.json', '--model', scripted(1));
    assert.equal(status, 2);
    assert.match(stderr, /Results cannot be stored in .*problems\.json/);
    assert.equal(readFileSync(file, 'utf8'), dataset(1));
  });

  it('lists models and checks recipes without a store that can be used, and says so', () => {
    writeFileSync(file, dataset(1));
    environment.RATIONALE_STORE = join(folder, 'problems.json');
    session.write('x.recipe.yaml', 'student: nowhere\n');
    const unusable = /^Results cannot be stored in .*problems\.json/;
    const models = rationale('models', 'list');
    assert.equal(models.status, 0);
    assert.match(models.stdout, /sketchbook-teacher .* any format .* yes/);
    assert.match(models.stderr, unusable);
    const lint = rationale('lint', 'x.recipe.yaml');
    assert.equal(lint.status, 1);
    assert.match(lint.stdout, /invalid-recipe/);
    assert.match(lint.stderr, unusable);
  });
});
