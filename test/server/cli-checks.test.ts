import assert from 'node:assert/strict';
import { CliSession } from './cli-session.ts';
import { dataset, rationale as stages } from './sample-dataset.ts';

interface SarifResult {
  ruleId: string;
  locations: { physicalLocation: { artifactLocation: { uri: string }; region: Record<string, number> } }[];
  relatedLocations?: SarifResult['locations'];
}

describe('checks for other programs to read', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
  });
  afterEach(() => session.close());

  const sarif = (...args: string[]): SarifResult[] =>
    JSON.parse(session.run(...args, '--format', 'sarif').stdout).runs[0].results;
  /** The characters of a file that a result is about. */
  const pointedAt = (text: string, { locations }: SarifResult): string => {
    const {
      startLine = 0,
      startColumn = 0,
      endLine,
      endColumn,
    } = locations[0]?.physicalLocation.region ?? {};
    assert.equal(startLine, endLine);
    return text.split('\n')[startLine - 1]?.slice(startColumn - 1, (endColumn ?? 0) - 1) ?? '';
  };

  it('lint points with SARIF at the field in the dataset', () => {
    const text = dataset(3, { r1: { answer: 7 } });
    session.write('sets/problems.json', text);
    const [result, ...others] = sarif('lint', 'sets/problems.json') as [SarifResult];
    assert.equal(others.length, 0);
    assert.equal(result.ruleId, 'answer-out-of-range');
    assert.equal(result.locations[0]?.physicalLocation.artifactLocation.uri, 'sets/problems.json');
    assert.equal(pointedAt(text, result), '7');
  });

  it('lint prints a case a record as JUnit, and exits as it does otherwise', () => {
    session.write('problems.json', dataset(3, { r1: { answer: 7 } }));
    const { stdout, status } = session.run('lint', 'problems.json', '--format', 'junit');
    assert.equal(status, 1);
    assert.match(stdout, /<testsuite name="problems\.json" tests="3" failures="1"/);
    assert.match(
      stdout,
      /<testcase classname="problems\.json" name="r1">\n +<failure type="answer-out-of-range"/,
    );
  });

  describe('judge points with SARIF at the characters of the output', () => {
    const loop = 'It is so and so. "Quoted" text, 中文. ';
    const output = stages('A', `${loop.repeat(6)}The answer is B.`);
    const wrong = { id: 'r1', raw_output: output };
    const right = { id: 'r0', raw_output: stages('B') };
    for (const [what, name, text] of [
      [
        'in JSONL, blank and broken lines among them',
        'out.jsonl',
        [JSON.stringify(right), '', '{"id":', JSON.stringify(wrong), ''].join('\n'),
      ],
      ['in a JSON array', 'out.json', JSON.stringify([right, wrong], null, 2)],
      ['in an object by id', 'out.json', JSON.stringify({ r0: right, r1: wrong }, null, 2)],
      [
        'in an object of bare strings',
        'out.json',
        JSON.stringify({ r0: right.raw_output, r1: output }, null, 2),
      ],
    ] as const) {
      it(what, () => {
        session.write('problems.json', dataset(2));
        session.write(name, text);
        const results = sarif('judge', 'problems.json', '--outputs', name);
        const repeated = results.find(({ ruleId }) => ruleId === 'repetition');
        const answer = results.find(({ ruleId }) => ruleId === 'wrong-answer');
        assert.ok(repeated && answer);
        assert.equal(answer.locations[0]?.physicalLocation.artifactLocation.uri, name);
        assert.match(pointedAt(text, repeated), /It is so and so\. \\"Quoted\\" text, 中文/);
        assert.equal(pointedAt(text, answer), 'A');
        assert.equal(answer.relatedLocations?.[0]?.physicalLocation.artifactLocation.uri, 'problems.json');
      });
    }

    it('and prints a case a record as JUnit', () => {
      session.write('problems.json', dataset(2));
      session.write('out.jsonl', [right, wrong].map((line) => JSON.stringify(line)).join('\n'));
      const { stdout, status } = session.run(
        'judge',
        'problems.json',
        '--outputs',
        'out.jsonl',
        '--format',
        'junit',
        '--fail-on',
        'warning',
      );
      assert.equal(status, 1);
      assert.match(stdout, /<testsuites name="rationale judge" tests="2" failures="1"/);
      assert.match(stdout, /<testcase classname="out\.jsonl" name="r0"\/>/);
      assert.match(stdout, /<failure [^>]*>out\.jsonl:2:\d+ /);
    });
  });

  it('judge finds stated confidences and several outputs a record', () => {
    session.write('problems.json', dataset(2));
    const lines = ['r0', 'r0', 'r1', 'r1'].map((id, n) =>
      JSON.stringify({ id, output: n % 2 ? 'A' : 'B', confidence: 0.8 }),
    );
    session.write('out.jsonl', lines.join('\n'));
    const sum = JSON.parse(
      session.run('judge', 'problems.json', '--outputs', 'out.jsonl', '--format', 'json').stdout,
    );
    assert.deepEqual(sum.passAt, {
      records: 2,
      outputs: 2,
      values: [
        { k: 1, value: 0.5 },
        { k: 2, value: 1 },
      ],
    });
    assert.equal(sum.calibration.n, 4);
    assert.ok(Math.abs(sum.calibration.error - 0.3) < 1e-9);
  });
});

describe('the rule settings of the command line', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
    session.write('data/sets/problems.json', dataset(3, { r1: { answer: 7 } }));
  });
  afterEach(() => session.close());

  const lint = () => session.run('lint', 'data/sets/problems.json', '--format', 'json');

  it("are the editor's: of the nearest settings file, beside the dataset or above it", () => {
    session.write(
      'data/.vscode/settings.json',
      '{\n  // comments are fine\n  "editor.tabSize": 2,\n  "rationale.rules": { "answer-out-of-range": "hint", },\n}\n',
    );
    const { stdout, status, stderr } = lint();
    assert.deepEqual([status, stderr, JSON.parse(stdout).findings[0].severity], [0, '', 'hint']);
    session.write('data/sets/.vscode/settings.json', '{"rationale.rules": {"answer-out-of-range": "off"}}');
    assert.deepEqual(JSON.parse(lint().stdout).findings, []);
  });

  it('that cannot be used are named in a sentence, and the rules keep their own', () => {
    for (const [text, sentence] of [
      [
        '{"rationale.rules": {"answer-out-of-rnage": "off"}}',
        /settings\.json: "rationale\.rules": there is no rule "answer-out-of-rnage"\.$/,
      ],
      [
        '{"rationale.rules": {"answer-out-of-range": "fatal"}}',
        /"answer-out-of-range" must be error, warning, information, hint or off/,
      ],
      ['{"rationale.rules": ["answer-out-of-range"]}', /"rationale\.rules" must be an object/],
      ['{"rationale.rules": ', /settings\.json is not used: it is not a settings file in JSON\.$/],
    ] as const) {
      session.write('.vscode/settings.json', text);
      const { stdout, status, stderr } = lint();
      assert.equal(status, 1);
      assert.equal(JSON.parse(stdout).findings[0].severity, 'error');
      assert.match(stderr.trim(), sentence);
      assert.equal(stderr.trim().split('\n').length, 1);
    }
  });

  it('count for judging and for tables of results too', () => {
    session.write(
      '.vscode/settings.json',
      '{"rationale.rules": {"wrong-answer": "error", "impossible-f1": "off"}}',
    );
    session.write('out.jsonl', '{"id":"r0","output":"A"}');
    const judged = session.run(
      'judge',
      'data/sets/problems.json',
      '--outputs',
      'out.jsonl',
      '--format',
      'jsonl',
    );
    assert.equal(judged.status, 1);
    assert.equal(JSON.parse(judged.stdout).findings[0].severity, 'error');
    session.write('results.csv', 'P,R,F1\n0.5,0.5,0.9\n');
    assert.equal(session.run('lint', 'results.csv').stdout, 'No findings.\n');
  });
});

describe('lint of a table of results', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
  });
  afterEach(() => session.close());

  it('finds numbers that cannot be, in CSV and in Markdown, beside a dataset', () => {
    session.write('problems.json', dataset(1));
    session.write('results.csv', 'model,n,accuracy,P,R,F1\nteacher,94,42.35,0.8446,0.8242,0.8840\n');
    session.write(
      'results.md',
      '# Results\n\n| Model | Accuracy |\n| --- | --- |\n| a | 50 |\n| b | 60 |\n| Mean | 70 |\n',
    );
    const { stdout, status } = session.run('lint', 'problems.json', 'results.csv', 'results.md');
    assert.equal(status, 1);
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ').slice(0, 3).join(' ')),
      [
        'results.csv:2:12 error impossible-accuracy',
        'results.csv:2:32 error impossible-f1',
        'results.md:7:10 warning wrong-mean',
        '3 findings: 2',
      ],
    );
  });

  it('says when there is no table, and where a row is broken', () => {
    session.write('notes.md', 'No table here.\n');
    session.write('broken.csv', 'P,R,F1\n0.5,0.5,0.9\n"0.5,0.5\n');
    const { stdout, stderr, status } = session.run('lint', 'notes.md', 'broken.csv');
    assert.equal(status, 1);
    assert.match(stdout, /^broken\.csv:2:9 error impossible-f1 /m);
    assert.match(stderr, /^notes\.md holds no table, so nothing in it was checked\.$/m);
    assert.match(stderr, /^broken\.csv:3:1 This row is not well-formed CSV/m);
  });
});
