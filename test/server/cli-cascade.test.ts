import assert from 'node:assert/strict';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { CliSession } from './cli-session.ts';
import { type Behaviour, FakeEndpoint } from './fake-endpoint.ts';
import { dataset, rationale as stages } from './sample-dataset.ts';

/** Of r1 two of four samples agree, of r2 three, of the others all; the gold answer is B. */
const STUDENT = [
  { match: 'number 1?', sample: 0, output: stages('A') },
  { match: 'number 1?', sample: 1, output: stages('A') },
  { match: 'number 2?', sample: 0, output: stages('B') },
  { match: 'number 2?', output: stages('A') },
  { match: 'number', output: stages('B') },
];
const DRAWN = ['--samples', '4', '--temperature', '0.7'];

describe('a cascade', function () {
  this.timeout(60_000);
  let session: CliSession;
  let server: FakeEndpoint;
  let student: string;
  let behave: (text: string) => Behaviour;

  beforeEach(async () => {
    session = new CliSession();
    behave = () => ({ say: stages('B') });
    server = await FakeEndpoint.start(({ text }) => behave(text));
    session.write('problems.json', dataset(6));
    student = `scripted:${session.write('student.jsonl', STUDENT.map((line) => JSON.stringify(line)).join('\n'))}`;
    // What the teacher costs: a token of the prompt one thousandth, a token of the answer one hundredth.
    const teacher = { url: server.url, model: 't', concurrency: 1, price: { input: 1000, output: 10_000 } };
    session.write('rationale.models.json', JSON.stringify({ endpoints: { teacher } }));
  });
  afterEach(async () => {
    session.close();
    await server.close();
  });

  const annotate = (...more: string[]) =>
    session.runBeside(
      'annotate',
      'problems.json',
      '--model',
      student,
      ...DRAWN,
      '--cascade',
      'teacher',
      ...more,
    );
  const runs = (stdout: string) => JSON.parse(stdout).runs;

  it('asks the teacher where fewer than the given share of the student’s samples agree, and says who answered', async () => {
    const { stdout, status, stderr } = await annotate('--format', 'json');
    assert.equal(status, 0, stderr);
    const [alone, both] = runs(stdout);
    assert.deepEqual([alone.n, alone.correct, alone.cascade], [6, 4, null]);
    assert.deepEqual([both.n, both.correct, both.missing], [6, 5, 0]);
    assert.deepEqual(both.cascade.sent, { count: 1, n: 6, value: 1 / 6 });
    assert.deepEqual(both.cascade.sentIds, ['r1']);
    assert.deepEqual(both.cascade.student, { run: alone.run, model: student });
    const [first, cascade, third] = both.cascade.rows;
    assert.deepEqual([first.who, first.accuracy, first.teacher, first.cost], ['student', 4 / 6, null, null]);
    assert.deepEqual([cascade.who, cascade.accuracy, cascade.student], ['cascade', 5 / 6, first.student]);
    assert.deepEqual([third.who, third.accuracy], ['teacher', null], 'it was not asked everything');
    assert.ok(cascade.cost > 0);
    assert.equal(both.cost, cascade.cost);
    assert.ok(Math.abs(third.cost - 6 * cascade.cost) < 1e-9, 'reckoned from the one that it was asked');
    assert.ok(Math.abs(third.teacher.tokens - 6 * cascade.teacher.tokens) < 1e-9);
  });

  it('asks the teacher more when more agreement is wanted, and never the same again, alone or after it was broken off', async () => {
    await annotate();
    assert.equal(server.asked.length, 1);
    behave = (text) =>
      text.includes('number 2?')
        ? { status: 402, body: '{"error": {"message": "no credit left"}}' }
        : { say: stages('B') };
    const broken = await annotate('--below', '0.8', '--run', 'careful');
    assert.match(broken.stderr, /wants to be paid \(HTTP 402\)/);
    behave = () => ({ say: stages('B') });
    server.asked.length = 0;
    const [, both] = runs((await annotate('--below', '0.8', '--run', 'careful', '--format', 'json')).stdout);
    assert.deepEqual([both.run, both.correct, both.cascade.sentIds], ['careful', 6, ['r1', 'r2']]);
    assert.equal(server.asked.length, 1, 'r1 is known from before');
    await session.runBeside('annotate', 'problems.json', '--model', 'teacher');
    assert.equal(server.asked.length, 5);
    const report = session.run('report', 'careful').stdout;
    const against = session.run('compare', 'careful', both.cascade.student.run).stdout;
    assert.match(against, /│ scripted:.* → teacher │/);
    assert.match(against, /exact McNemar p = /);
    assert.doesNotMatch(against, /Not comparable/);
    assert.match(report, /2 of 6 records \(33\.3 %\) went to teacher, where fewer than 80 % of the samples/);
    assert.match(
      report,
      /student alone │ +66\.7 % .*\n.*cascade +│ +100\.0 % .*\n.*teacher alone │ +100\.0 % /,
    );
  });

  it('follows the student: an edited record is missing until both are asked again', async () => {
    await annotate('--run', 'both');
    session.write('problems.json', dataset(6, { r1: { question: 'Which of these, then, is number 1?' } }));
    const [edited] = runs(session.run('report', 'both', '--format', 'json').stdout);
    assert.deepEqual([edited.n, edited.stale, edited.cascade.sent.count], [5, 1, 0]);
    const [, again] = runs((await annotate('--run', 'both', '--format', 'json')).stdout);
    assert.deepEqual([again.n, again.stale, again.cascade.sentIds], [6, 0, ['r1']]);
  });

  it('counts only what the teacher was asked once the student’s run is deleted', async () => {
    const [alone, both] = runs((await annotate('--format', 'json')).stdout);
    const store = openStore(session.environment.RATIONALE_STORE as string);
    store.deleteRun(alone.run);
    store.close();
    const { stdout } = session.run('report', both.run);
    assert.match(stdout, /the run of its student is no longer stored, and only what the teacher was asked/);
    const [left] = runs(session.run('report', both.run, '--format', 'json').stdout);
    assert.deepEqual([left.n, left.correct, left.missing, left.cascade], [1, 1, 0, null]);
  });

  it('says in one sentence what it lacks, before anybody is asked', async () => {
    const lone = ['annotate', 'problems.json', '--model', student];
    const single = session.run(...lone, '--cascade', 'teacher');
    assert.equal(single.status, 2);
    assert.match(
      single.stderr,
      /^A cascade goes by how far the samples of a record agree: .* such as 8 at 0\.7\.\n$/,
    );
    const below = session.run(...lone, '--below', '0.5');
    assert.match(below.stderr, /^--below is of a cascade: name the teacher with --cascade\.\n$/);
    const unknown = session.run(...lone, ...DRAWN, '--cascade', 'gone');
    assert.match(unknown.stderr, /^There is no model "gone"/);
    assert.match(session.run('report').stderr, /^No run is stored yet/);
  });
});
