import assert from 'node:assert/strict';
import { CliSession } from './cli-session.ts';
import { type Behaviour, FakeEndpoint } from './fake-endpoint.ts';
import { dataset } from './sample-dataset.ts';

const KEY = 'sk-very-secret-0123456789';

describe('endpoints on the command line', function () {
  this.timeout(60_000);
  let session: CliSession;
  let server: FakeEndpoint;
  let behave: (text: string) => Behaviour;

  beforeEach(async () => {
    session = new CliSession();
    behave = () => ({ say: 'B' });
    server = await FakeEndpoint.start(({ text }) => behave(text));
    session.write('problems.json', dataset(4));
    const mini = { url: server.url, model: 'm', key: 'SOME_API_KEY', price: { input: 10, output: 100 } };
    session.write(
      'rationale.models.json',
      JSON.stringify({ endpoints: { mini, broken: { url: 'nowhere', key: KEY } } }),
    );
  });
  afterEach(async () => {
    session.close();
    await server.close();
  });

  async function run(environment: NodeJS.ProcessEnv, ...args: string[]) {
    Object.assign(session.environment, { SOME_API_KEY: undefined, ...environment });
    const done = await session.runBeside(...args);
    assert.ok(!`${done.stdout}${done.stderr}`.includes('0123'), 'the key is never said');
    return done;
  }
  const annotate = (...more: string[]) =>
    run({ SOME_API_KEY: KEY }, 'annotate', 'problems.json', '--model', 'mini', ...more);

  it('are listed, with what is missing and what is wrong with the file', async () => {
    const { stdout, stderr } = await run({}, 'models', 'list');
    assert.match(
      stdout,
      /mini .* openai .* no +│[\s\S]*^mini needs a key: set the environment variable SOME_API_KEY\.$/m,
    );
    assert.match(
      stderr,
      /rationale\.models\.json: "url" of the endpoint "broken" must be an http or https address/,
    );
    assert.match(stderr, /"key" of the endpoint "broken" must be the name of an environment variable/);
    assert.match((await run({ SOME_API_KEY: KEY }, 'models', 'list')).stdout, /mini .* openai .* yes/);
  });

  it('answer, and their cost is added up; what is answered is not asked or paid again', async () => {
    behave = (text) =>
      text.includes('number 2?') ? { status: 400, body: '{"error": "too long"}' } : { say: 'B' };
    const first = await annotate();
    assert.match(first.stdout, /1 request failed [\s\S]*its outputs have cost 0\.0060/);
    behave = () => ({ say: 'B' });
    server.asked.length = 0;
    const second = await annotate('--format', 'json');
    assert.equal(server.asked.length, 1, 'only the one that failed');
    const [{ cost, n, correct }] = JSON.parse(second.stdout).runs;
    assert.deepEqual([n, correct, Math.round(cost * 1e6)], [4, 4, 8000]);
    await annotate();
    assert.equal(server.asked.length, 1);
  });

  it('are held to the format of the prompt where they can be, and where they cannot that is said', async () => {
    const endpoint = { url: server.url, model: 'm', structured: 'structured_outputs' };
    session.write(
      'rationale.models.json',
      JSON.stringify({ endpoints: { held: endpoint, free: { ...endpoint, structured: undefined } } }),
    );
    const held = await run({}, 'annotate', 'problems.json', '--model', 'held', '--constrained');
    assert.equal(held.status, 0, held.stderr);
    const [first] = server.asked;
    const { regex } = first!.body.structured_outputs as { regex: string };
    assert.match(regex, /^<SUMMARY>.*<CONCLUSION>\(A\|B\)<\/CONCLUSION>$/);
    const free = await run({}, 'annotate', 'problems.json', '--model', 'free', '--constrained');
    assert.match(
      free.stderr,
      /^The output of free cannot be held to tags or lines, as this prompt asks, but to nothing\.\n$/,
    );
  });

  it('keep what they have answered when the run breaks off', async () => {
    let answered = 0;
    behave = () =>
      ++answered > 2 ? { status: 402, body: '{"error": {"message": "no credit left"}}' } : { say: 'B' };
    session.write(
      'rationale.models.json',
      JSON.stringify({ endpoints: { mini: { url: server.url, model: 'm', concurrency: 1 } } }),
    );
    const { status, stderr } = await annotate();
    assert.equal(status, 2);
    assert.match(stderr, /127\.0\.0\.1:\d+ wants to be paid \(HTTP 402\): no credit left\n$/);
    behave = () => ({ say: 'B' });
    server.asked.length = 0;
    await annotate();
    assert.equal(server.asked.length, 2);
  });
});
