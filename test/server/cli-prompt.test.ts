import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { CLI, CliSession } from './cli-session.ts';
import { dataset } from './sample-dataset.ts';

const root = resolve(import.meta.dirname, '../..');
const goldens = join(root, 'test/cases/prompts/rendered');
const sketchbook = 'samples/sketchbook/problems.json';

const prompt = (setting: number, body: string) =>
  `---\nname: mine\nmetadata:\n  rationale:\n    setting: ${setting}\n    format: json\n---\nuser:\n${body}\nAnswer in JSON.\n`;

describe('prompt render', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
    session.write(
      'problems.json',
      dataset(12, { r1: { hint: 'Look.', lecture: 'Once.', image: 'gone.png' } }),
    );
  });
  afterEach(() => session.close());

  for (const file of readdirSync(goldens)) {
    it(`prints what the file ${file} says`, function () {
      if (!existsSync(join(root, sketchbook))) this.skip();
      const args = ['prompt', 'render', basename(file, '.txt'), '--dataset', sketchbook, '--record', '3'];
      const { environment: env } = session;
      const { stdout, status } = spawnSync(process.execPath, [CLI, ...args], {
        cwd: root,
        env,
        encoding: 'utf8',
      });
      assert.equal(stdout.replaceAll('\\', '/'), readFileSync(join(goldens, file), 'utf8'));
      assert.equal(status, 0);
    });
  }

  const render = (file: string, ...args: string[]) =>
    session.run('prompt', 'render', file, '--dataset', 'problems.json', ...args);

  it('gives JSON: the record, the setting, the messages, and what was left out and why', () => {
    session.write('mine.prompty', prompt(1, 'Q: {{ question }}\nL: {{ lecture }}\nA: {{ answer_letter }}'));
    const { stdout, status } = render('mine.prompty', '--format', 'json');
    assert.equal(status, 0);
    const { record, setting, messages, omitted, refusal } = JSON.parse(stdout);
    assert.deepEqual([record, setting, refusal], ['r0', 1, null]);
    assert.equal(messages.length, 1);
    assert.equal(messages[0].role, 'user');
    assert.match(messages[0].content[0].text, /^Q: .*number 0\?\nL: \nA: \nAnswer in JSON\.$/);
    const why = Object.fromEntries(
      omitted.map((one: { field: string; why: string }) => [one.field, one.why]),
    );
    assert.equal(why.choices, 'the template does not ask for it');
    assert.equal(why.lecture, 'setting 1 withholds it, though the template asks for it');
    assert.equal(why.solution, 'setting 1 withholds it');
    assert.equal(why.answer_letter, 'the gold answer is withheld, though the template asks for it');
  });

  it('counts the tokens of the model that the file names, or that is asked for', () => {
    const named = (model: string) =>
      prompt(1, '{{ question }}').replace('name: mine', `name: mine\nmodel: ${model}`);
    session.write('mine.prompty', named('sketchbook-student'));
    session.write('other.prompty', named('nobodys-model'));
    const tokens = (file: string, ...args: string[]) =>
      JSON.parse(render(file, '--format', 'json', ...args).stdout).tokens;
    const [own, ...more] = tokens('mine.prompty');
    assert.deepEqual([own.model, own.image, own.context, more], ['sketchbook-student', 0, 512, []]);
    assert.ok(own.total > 5 && own.total < 60, `${own.total}`);
    assert.deepEqual(tokens('mine.prompty', '--model', 'sketchbook-base'), [
      { ...own, model: 'sketchbook-base' },
    ]);
    const { stderr, status } = render('other.prompty');
    assert.match(stderr, /^No tokens are counted for nobodys-model\. There is no model "nobodys-model"/);
    assert.equal(status, 0);
  });

  it('takes the first record of the split that the file names', () => {
    session.write('problems.json', dataset(4, { r2: { split: 'test' } }));
    const text = prompt(1, '{{ question }}').replace('format: json', 'format: json\n    split: test');
    session.write('mine.prompty', text);
    const { record } = JSON.parse(render('mine.prompty', '--format', 'json').stdout);
    assert.equal(record, 'r2');
  });

  it('takes the nearest dataset, beside or above the file, where the file names none', () => {
    session.write('prompts/mine.prompty', prompt(1, '{{ question }}'));
    const above = session.run('prompt', 'render', 'prompts/mine.prompty');
    assert.equal(above.status, 0, above.stderr);
    assert.match(above.stdout, /number 0\?/);
    session.write('prompts/dataset.json', dataset(3, { r0: { question: 'Which is beside it?' } }));
    assert.match(session.run('prompt', 'render', 'prompts/mine.prompty').stdout, /Which is beside it\?/);
    rmSync(join(session.folder, 'problems.json'));
    rmSync(join(session.folder, 'prompts/dataset.json'));
    const none = session.run('prompt', 'render', 'prompts/mine.prompty');
    assert.equal(none.status, 2);
    assert.match(none.stderr, /^prompts\/mine\.prompty names no dataset, and none lies beside or above it: /);
  });

  it('takes another record and another setting, and says what no model would be asked', () => {
    session.write('mine.prompty', prompt(1, '![image]({{ image }})\n{{ lecture }} {{ hint }}'));
    const { stdout, stderr, status } = render('mine.prompty', '--record', 'r1', '--setting', '2');
    assert.equal(status, 0);
    assert.match(stdout, /^=== user\n\[image .*gone\.png\]\nOnce\. Look\.\nAnswer in JSON\.\n/);
    assert.match(stderr, /^No model would be asked this\. Its image is missing: .*gone\.png\.\n$/);
  });

  for (const [what, args, sentence] of [
    [
      'a record that is not there',
      ['setting-1', '--record', 'r99'],
      /^problems\.json has no record "r99": did you mean /,
    ],
    [
      'a record that is like none',
      ['setting-1', '--record', 'zebra'],
      /has no record "zebra": its first is "r0"\.$/,
    ],
    ['a prompt file that is not there', ['setting-9'], /^There is no prompt file "setting-9"/],
    ['a prompt file that is broken', ['broken.prompty'], /broken cannot be used: "\{\{" is never closed/],
    ['a loop without end', ['endless.prompty'], /endless cannot be used: .* take too many steps/],
    [
      'a model that it does not know',
      ['setting-1', '--model', 'none'],
      /^There is no model "none": known are /,
    ],
    ['an option that it does not know', ['setting-1', '--bad'], /unknown option '--bad'/],
  ] as const) {
    it(`says of ${what} one sentence and exits with 2`, () => {
      session.write('broken.prompty', prompt(1, '{{ question'));
      session.write('endless.prompty', prompt(1, '{% for i in range(1000000000) %}{% endfor %}'));
      const { stdout, stderr, status } = render(...(args as unknown as [string]));
      assert.deepEqual([stdout, status], ['', 2]);
      assert.match(stderr.trim().split('\n')[0] ?? '', sentence);
    });
  }
});

describe('prompt check', function () {
  this.timeout(60_000);
  let session: CliSession;
  beforeEach(() => {
    session = new CliSession();
    session.write('prompts/mine.prompty', prompt(1, 'Question: {{ qestion }}\r\n{{ lecture }}'));
    session.write('fine.prompty', prompt(2, '{{ question }} {{ lecture }}'));
  });
  afterEach(() => session.close());

  it('prints findings by file, line and column, and so does lint', () => {
    const { stdout, status } = session.run('prompt', 'check', 'prompts/mine.prompty', 'fine.prompty');
    assert.equal(status, 1);
    const [first, second, sum, ...others] = stdout.trim().split('\n');
    assert.match(
      first ?? '',
      /^prompts\/mine\.prompty:9:14 error unknown-variable .* did you mean "question"\?$/,
    );
    assert.match(
      second ?? '',
      /^prompts\/mine\.prompty:10:4 error solution-leak Setting 1 withholds the lecture/,
    );
    assert.deepEqual([sum, others], ['2 findings: 2 error.', []]);
    const linted = session.run('lint', 'prompts/mine.prompty', 'fine.prompty');
    assert.deepEqual([linted.stdout, linted.status], [stdout, status]);
  });

  it('gives JSON, SARIF and JUnit in the shapes of lint', () => {
    const check = (format: string) =>
      session.run('prompt', 'check', 'prompts/mine.prompty', '--format', format).stdout;
    const [finding] = JSON.parse(check('json')).findings;
    assert.deepEqual([finding.rule, finding.file], ['unknown-variable', 'prompts/mine.prompty']);
    assert.deepEqual(finding.range, { start: { line: 8, character: 13 }, end: { line: 8, character: 20 } });
    const { results, tool } = JSON.parse(check('sarif')).runs[0];
    assert.equal(tool.driver.rules[results[1].ruleIndex].id, 'solution-leak');
    assert.match(check('junit'), /<testsuites name="rationale prompt check" tests="2" failures="2"/);
  });

  it('knows of the dataset beside the file, or of another when it is told', () => {
    const args = ['prompt', 'check', 'fine.prompty', '--fail-on', 'warning'];
    assert.equal(session.run(...args).stdout, 'No findings.\n');
    const pictured = dataset(3, { r1: { image: 'image.png' } });
    session.write('elsewhere/pictured.json', pictured);
    const told = session.run(...args, '--dataset', 'elsewhere/pictured.json');
    assert.equal(told.status, 1);
    const warning = /^fine\.prompty:8:1 warning missing-image-input 1 of 3 records has an image/;
    assert.match(told.stdout, warning);
    session.write('problems.json', pictured);
    assert.match(session.run(...args).stdout, warning);
  });

  it('holds a prompt against the models that it names: their context, and what they were trained with', () => {
    const long = 'Once upon a time. '.repeat(60);
    const words = Array.from({ length: 40 }, (_, i) => `word ${i}`).join(' ');
    session.write('problems.json', dataset(3, { r1: { hint: words } }));
    session.write(
      'long.prompty',
      `---\nmodel: sketchbook-student\nmetadata: {rationale: {dataset: problems.json, format: letter}}\n---\nuser:\n${long}\n{{ question }} {{ hint }}\nAnswer with a letter.\n`,
    );
    const { stdout } = session.run('prompt', 'check', 'long.prompty');
    assert.match(
      stdout,
      /^long\.prompty:2:8 warning prompt-too-long With record "r1" the prompt has \d+ tokens(: of the 512|, and sketchbook-student)/m,
    );
    assert.match(
      stdout,
      /^long\.prompty:6:1 warning train-template-mismatch sketchbook-student was not trained with this prompt: /m,
    );
    const rendered = session.run('prompt', 'render', 'long.prompty', '--record', 'r1', '--format', 'json');
    const [{ total }] = JSON.parse(rendered.stdout).tokens;
    assert.ok(stdout.includes(`the prompt has ${total} tokens`), `${total}`);
  });

  it('hears of the settings of the workspace', () => {
    session.write(
      'prompts/.vscode/settings.json',
      '{"rationale.rules": {"unknown-variable": "off", "solution-leak": "hint"}}',
    );
    const { stdout, status } = session.run('prompt', 'check', 'prompts/mine.prompty');
    assert.equal(status, 0);
    assert.match(stdout, /:10:4 hint solution-leak .*\n1 finding: 1 hint\.\n$/);
  });

  it('says of a file that is no prompt file, or not there, one sentence', () => {
    for (const name of ['problems.json', 'none.prompty']) {
      const { stdout, stderr, status } = session.run('prompt', 'check', name);
      assert.deepEqual([stdout, status, stderr.trim().split('\n').length], ['', 2, 1]);
      assert.match(stderr, new RegExp(`^${name.replace('.', '\\.')} `));
    }
  });

  it('is heard before a model is run with the prompt', () => {
    session.write('problems.json', dataset(1));
    const args = ['problems.json', '--model', session.scripted(1), '--prompt', 'prompts/mine.prompty'];
    const { stderr, status } = session.run('annotate', ...args);
    assert.equal(status, 0);
    assert.match(stderr, /^The prompt mine: No record has a "qestion"/m);
    assert.match(stderr, /^The prompt mine: Setting 1 withholds the lecture/m);
  });
});
