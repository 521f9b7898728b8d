import assert from 'node:assert/strict';
import { CliSession } from './cli-session.ts';
import { dataset, rationale as stages } from './sample-dataset.ts';

describe('compare and report', function () {
  this.timeout(60_000);
  let session: CliSession;

  /** Runs a model that answers A on the named records and B, which is right, on the others. */
  function annotate(run: string, wrong: readonly string[], ...options: string[]): void {
    const change = Object.fromEntries(wrong.map((id) => [id, { output: stages('A') }]));
    const model = session.scripted(8, change, `${run}.jsonl`);
    const { status, stderr } = session.run(
      'annotate',
      'problems.json',
      '--model',
      model,
      '--run',
      run,
      ...options,
    );
    assert.equal(status, 0, stderr);
  }

  before(() => {
    session = new CliSession();
    session.write('problems.json', dataset(8));
    annotate('first', ['r0', 'r1', 'r2']);
    annotate('second', ['r0']);
    annotate('third', ['r0'], '--setting', '3');
    annotate('fourth', [], '--split', 'val');
  });
  after(() => session.close());

  it('gives accuracies, difference, exact McNemar, quadrants and kappa on the shared records', () => {
    const { status, stdout, stderr } = session.run('compare', 'first', 'second', '--format', 'json');
    assert.equal(status, 0, stderr);
    const { comparable, reasons, a, b, shared, differing } = JSON.parse(stdout);
    assert.deepEqual([comparable, reasons], [true, []]);
    assert.deepEqual([a.run, a.n, a.correct, b.run, b.n, b.correct], ['first', 8, 5, 'second', 8, 7]);
    assert.deepEqual(shared.rightness, { n: 8, both: 5, onlyA: 0, onlyB: 2, neither: 1 });
    assert.deepEqual(shared.mcnemar, { n: 2, p: 0.5 });
    assert.equal(shared.difference.difference, 0.25);
    assert.equal(shared.kappa.agreement, 0.75);
    assert.equal(differing.count, 2);
    assert.deepEqual(
      differing.records.map(({ record, gold, a, b }: Record<string, unknown>) => [record, gold, a, b]),
      ['r1', 'r2'].map((id) => [id, 1, { choice: 0, verdict: 'wrong' }, { choice: 1, verdict: 'correct' }]),
    );
  });

  it('says it in words, with the records and their lines', () => {
    const { stdout } = session.run('compare', 'first', 'second', '--records', '1');
    assert.match(stdout, /^Comparable: same records, reader and prompt\.$/m);
    assert.match(
      stdout,
      /^On 8 shared records with a gold answer: A 62\.5 % \(.*\), B 87\.5 % \(.*\); B − A \+25\.0 \(\+0\.0 to \+62\.5\)\.$/m,
    );
    assert.match(
      stdout,
      /^Both right 5, only A 0, only B 2, neither 1: exact McNemar p = 0\.5000 on the 2 where one is right\.$/m,
    );
    assert.match(
      stdout,
      /^Read differently on 2 records; the first 1:\nproblems\.json:\d+:3 r1 A: A wrong, B: B correct$/m,
    );
    assert.doesNotMatch(stdout, / r2 /);
    assert.deepEqual(
      session
        .run('compare', 'first', 'second', '--format', 'jsonl')
        .stdout.trim()
        .split('\n')
        .map((line) => JSON.parse(line).record),
      ['r1', 'r2'],
    );
  });

  it('says why runs are not comparable, and still compares what they share', () => {
    const prompts = session.run('compare', 'second', 'third', '--format', 'json');
    assert.equal(prompts.status, 0);
    const byPrompt = JSON.parse(prompts.stdout);
    assert.equal(byPrompt.comparable, false);
    assert.deepEqual(byPrompt.reasons, [
      'their prompts differ: setting-1 and setting-3',
      'their settings differ: 1 and 3',
    ]);
    assert.equal(byPrompt.shared.rightness.n, 8);
    const text = session.run('compare', 'second', 'fourth').stdout;
    assert.match(
      text,
      /^Not comparable: their record sets differ: 6 records only in A, 0 records only in B; their n differ: 8 and 2\.$/m,
    );
    assert.match(text, /^On 2 shared records with a gold answer: A 50\.0 %/m);
  });

  it('says when two decodings differ', () => {
    annotate('longer', ['r0'], '--max-new-tokens', '64');
    const { reasons } = JSON.parse(session.run('compare', 'second', 'longer', '--format', 'json').stdout);
    assert.equal(reasons.length, 1);
    assert.match(
      reasons[0],
      /^their decoding differs: \d+ new tokens, temperature 0; and 64 new tokens, temperature 0$/,
    );
  });

  it('names the stored runs when one is not there', () => {
    const { status, stderr } = session.run('compare', 'first', 'fifth');
    assert.equal(status, 2);
    assert.match(stderr, /^There is no run "fifth": stored are .*first/);
  });

  it('reports the accuracy on each part of the records', () => {
    const { stdout } = session.run('report', 'first', 'second', '--slice', 'topic');
    assert.match(stdout, /^│ biology +│ +50\.0 % \(.*\) of 4 │ +75\.0 % \(.*\) of 4 │$/m);
    assert.match(stdout, /^│ all +│ +62\.5 % \(.*\) of 8 │ +87\.5 % \(.*\) of 8 │$/m);
    const { runs } = JSON.parse(
      session.run('report', 'first', '--slice', 'grade', '--format', 'json').stdout,
    );
    assert.deepEqual(
      runs[0].slices.map(({ dimension, value, n, correct }: Record<string, unknown>) => [
        dimension,
        value,
        n,
        correct,
      ]),
      [['grade', 'grade2', 8, 5]],
    );
    assert.equal(session.run('report', '--slice', 'weather').status, 2);
  });
});
