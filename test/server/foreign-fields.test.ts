import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliSession } from './cli-session.ts';
import { Editor } from './harness.ts';
import { dataset } from './sample-dataset.ts';

/** As A-OKVQA writes its records; the second one's answer is out of range. */
const AOKVQA = [
  { question_id: 'a', question: 'What is it?', choices: ['cab', 'bus'], correct_choice_idx: 1 },
  { question_id: 'b', question: 'Who is it?', choices: ['he', 'she'], correct_choice_idx: 7 },
]
  .map((record) => JSON.stringify(record))
  .join('\n');
const FIELDS = { answer: 'correct_choice_idx' };

describe('records whose fields have other names', function () {
  this.timeout(60_000);

  describe('on the command line', () => {
    let session: CliSession;
    beforeEach(() => {
      session = new CliSession();
      session.write('sets/aokvqa.jsonl', AOKVQA);
    });
    afterEach(() => session.close());

    const rules = (...args: string[]): string[] => {
      const { stdout } = session.run('lint', 'sets/aokvqa.jsonl', '--format', 'json', ...args);
      return JSON.parse(stdout).findings.map(
        ({ rule, range }: { rule: string; range: { start: { line: number } } }) =>
          `${range.start.line} ${rule}`,
      );
    };

    it('are checked as the workspace says', () => {
      assert.ok(rules().includes('0 missing-answer'));
      session.write(
        '.vscode/settings.json',
        JSON.stringify({ 'rationale.fields': { 'sets/*.jsonl': FIELDS } }),
      );
      assert.ok(!rules().includes('0 missing-answer'));
      assert.ok(rules().includes('1 answer-out-of-range'));
    });

    it('are checked and judged as an option says', () => {
      const option = ['--fields', 'answer=correct_choice_idx'];
      assert.ok(rules(...option).includes('1 answer-out-of-range'));
      session.write('out.jsonl', '{"question_id": "a", "output": "The answer is (B)."}');
      const judged = session.run(
        'judge',
        'sets/aokvqa.jsonl',
        '--outputs',
        'out.jsonl',
        ...option,
        '--format',
        'jsonl',
      );
      assert.equal(JSON.parse(judged.stdout).verdict, 'correct');
    });

    it('are refused in one sentence when the option makes no sense', () => {
      const { stderr, status } = session.run('lint', 'sets/aokvqa.jsonl', '--fields', 'anser=label');
      assert.equal(status, 2);
      assert.match(stderr, /A record has no field "anser": did you mean "answer"\?/);
    });

    it('a setting that makes no sense is named with its file', () => {
      session.write('.vscode/settings.json', '{"rationale.fields": {"*.jsonl": {"answer": 5}}}');
      const { stderr } = session.run('lint', 'sets/aokvqa.jsonl');
      assert.match(
        stderr,
        /settings\.json: "rationale\.fields", "\*\.jsonl": "answer" must be the path of a field/,
      );
    });
  });

  describe('in the editor', () => {
    let editor: Editor;
    afterEach(() => editor.stop());

    it('are checked as the settings say, also when these change, and fixes write what the file has', async () => {
      editor = await Editor.start({ settings: { fields: { 'sets/*.jsonl': FIELDS } } });
      mkdirSync(join(editor.folder, 'sets'));
      const uri = await editor.open('sets/aokvqa.jsonl', AOKVQA);
      assert.ok((await editor.findings(uri)).includes('1 answer-out-of-range'));
      await editor.replace(uri, '"correct_choice_idx":7', '"correct_choice_idx":0');
      assert.deepEqual(
        (await editor.findings(uri)).filter((finding) => /answer/.test(finding)),
        [],
      );
      await editor.changeSettings({ fields: {} });
      await editor.until('no answer is known', async () =>
        (await editor.findings(uri)).includes('1 missing-answer'),
      );
    });

    it('captions beside problems.json are shown, and read again when they change', async () => {
      editor = await Editor.start();
      const captions = editor.write('captions.json', '{"captions": {"r1": "A row of dots."}}');
      const uri = await editor.open('problems.json', dataset(3));
      const shown = async () => JSON.stringify(await editor.hover(uri, editor.find(uri, 'number 1?').start));
      assert.match(await shown(), /Caption:\* A row of dots/);
      editor.write('captions.json', '{"captions": {"r1": "A line of many points."}}');
      await editor.connection.sendNotification('workspace/didChangeWatchedFiles', {
        changes: [{ uri: pathToFileURL(captions).href, type: 2 }],
      });
      await editor.until('the new caption is there', async () => /many points/.test(await shown()));
    });
  });
});
