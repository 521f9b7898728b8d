import assert from 'node:assert/strict';
import { CliSession } from './cli-session.ts';

const metal = { question: 'Which of these is a metal?', choices: ['oak', 'iron'], answer: 1 };
const floats = { question: 'Which of these floats?', choices: ['oak', 'iron'], answer: 0 };
const lines = (...records: object[]) => records.map((record) => JSON.stringify(record)).join('\n');

describe('lint of several datasets', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
    session.write('train.jsonl', lines({ id: 1, ...floats }, { id: 7, ...metal }));
    session.write('test.jsonl', lines({ id: 7, ...metal }));
  });
  afterEach(() => session.close());

  const leaks = (...args: string[]) => {
    const { stdout } = session.run('lint', ...args);
    return stdout.split('\n').filter((line) => line.includes('split-leak'));
  };

  it('finds what one has from the other, in the one that is learned from, whatever the ids', () => {
    const leak =
      'train.jsonl:2:7 warning split-leak The record reads like record "7" (line 1) of test.jsonl: they ask the same.';
    assert.deepEqual(leaks('train.jsonl', 'test.jsonl'), [leak]);
    assert.deepEqual(leaks('test.jsonl', 'train.jsonl'), [leak]);
    assert.deepEqual(leaks('train.jsonl'), []);
    assert.deepEqual(leaks('train.jsonl', './train.jsonl'), [], 'a file is not compared with itself');
  });

  it('points with SARIF at both, and obeys the rule settings', () => {
    const { stdout } = session.run('lint', 'train.jsonl', 'test.jsonl', '--format', 'sarif');
    const results: {
      ruleId: string;
      relatedLocations?: { physicalLocation: { artifactLocation: { uri: string } } }[];
    }[] = JSON.parse(stdout).runs[0].results;
    const leak = results.find(({ ruleId }) => ruleId === 'split-leak');
    assert.equal(leak?.relatedLocations?.[0]?.physicalLocation.artifactLocation.uri, 'test.jsonl');
    session.write('.vscode/settings.json', '{"rationale.rules": {"split-leak": "off"}}');
    assert.deepEqual(leaks('train.jsonl', 'test.jsonl'), []);
  });

  it('names the line of the record that another one repeats', () => {
    session.write('one.jsonl', lines({ id: 1, ...floats }, { id: 2, ...metal }, { id: 3, ...metal }));
    assert.match(
      session.run('lint', 'one.jsonl').stdout,
      /one\.jsonl:3:7 information near-duplicate The record reads like the earlier record "2" \(line 2\): they ask the same\./,
    );
  });
});
