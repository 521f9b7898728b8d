import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliSession } from './cli-session.ts';
import { dataset } from './sample-dataset.ts';

describe('import on the command line', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
    session.write('problems.json', dataset(2));
    session.write(
      'ask.prompt',
      '---\nmodel: some/model\n---\n{{question}}\n{{#each choices}}\n{{this}}\n{{/each}}\n{{history}}\n',
    );
  });
  afterEach(() => session.close());

  it('writes a prompt file that renders, says on stderr what it could not carry over, and writes over nothing', () => {
    const first = session.run('import', 'ask.prompt', '--to', 'prompty', '--out', 'ask.prompty');
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /^Not carried over: \{\{history\}\} \(line 8\)/);
    assert.match(
      readFileSync(join(session.folder, 'ask.prompty'), 'utf8'),
      /^# Not carried over: \{\{history\}\}/m,
    );
    const rendered = session.run('prompt', 'render', 'ask.prompty', '--dataset', 'problems.json');
    assert.match(rendered.stdout, /=== user\nWhich of these is number 0\?\nnot 0\nnumber 0\n/);
    const again = session.run('convert', 'ask.prompt', '--to', 'prompty', '--out', 'ask.prompty');
    assert.deepEqual(
      [again.status, again.stderr],
      [2, 'ask.prompty is there already: name a new file, or take it away first.\n'],
    );
  });

  it('prints the prompt file, and nothing else, to stdout', () => {
    const { stdout } = session.run('convert', 'ask.prompt', '--to', 'prompty');
    assert.match(stdout, /^---\n# Imported from ask\.prompt \(dotprompt\)\./);
  });

  it('says in a sentence what it cannot read', () => {
    const { status, stderr } = session.run('import', 'problems.json', '--to', 'prompty');
    assert.equal(status, 2);
    assert.match(stderr, /^problems\.json is in no prompt format that is known here/);
    assert.equal(session.run('import', 'ask.prompt').status, 2);
  });
});
