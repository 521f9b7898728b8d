import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Methods, type OutputReport, type PartialOutputParams } from '../../server/src/protocol/messages.ts';
import { Editor } from './harness.ts';
import { dataset, rationale, scriptedModel } from './sample-dataset.ts';

const PROMPT = '---\nname: Test\nmetadata:\n  rationale:\n    setting: 1\n---\nuser:\n{{ question }}\n';
const RECORDS = 6;

const textOf = ({ pieces }: OutputReport) => pieces.map(({ text }) => text).join('');

describe('trying a prompt out', () => {
  let editor: Editor;
  let data: string;
  let prompt: string;
  let model: string;
  beforeEach(async () => {
    editor = await Editor.start();
    data = await editor.open('problems.json', dataset(RECORDS));
    prompt = await editor.open('a.prompty', PROMPT);
    model = scriptedModel(editor, RECORDS, { r1: { output: rationale('A') } });
  });
  afterEach(() => editor.stop());

  const trial = (record: string) =>
    editor.annotate({ uri: data, model, prompt, record, purpose: 'trial', partialToken: 'look' });
  const output = (runId: string, record: string) => editor.request(Methods.output, { runId, record });
  const partials = () =>
    editor.messages
      .filter(({ method }) => method === Methods.partialOutput)
      .map(({ params }) => params as PartialOutputParams);

  it('on one record tells the output as it is written, stage by stage, then judges it', async () => {
    const { runId, done } = await trial('r1');
    assert.equal(done, 1);
    const whole = await output(runId, 'r1');
    assert.ok(whole);
    assert.equal(textOf(whole), rationale('A'));
    assert.deepEqual([whole.verdict?.kind, whole.verdict?.words], ['wrong', 'A (not 1), wrong']);
    assert.ok(whole.findings.some(({ rule }) => rule === 'wrong-answer'));
    assert.equal(
      whole.pieces
        .filter(({ isEvidence }) => isEvidence)
        .map(({ text }) => text)
        .join(''),
      'A',
    );
    const looks = partials();
    assert.ok(looks.length > 3);
    for (const { token, output } of looks) {
      assert.equal(token, 'look');
      assert.ok(rationale('A').startsWith(textOf(output)) && !output.isWhole && output.verdict === null);
    }
    assert.ok(looks.some(({ output }) => output.pieces.at(-1)?.stage === 'reasoning'));
  });

  it('neither lists the run nor annotates the dataset, and never asks the same twice', async () => {
    await trial('r1');
    assert.deepEqual((await editor.request(Methods.runs, {})).runs, []);
    assert.deepEqual(
      (await editor.findings(data)).filter((finding) => finding.includes('wrong-answer')),
      [],
    );
    assert.equal((await trial('r1')).reused, 1);
    await editor.replace(prompt, 'name: Test', 'name: Renamed');
    assert.equal((await trial('r1')).reused, 1, 'what the model is shown is the same');
    await editor.replace(prompt, '{{ question }}', 'Q: {{ question }}');
    assert.equal((await trial('r1')).reused, 0);
    const run = await editor.annotate({ uri: data, model, prompt });
    assert.deepEqual([run.done, run.reused], [RECORDS - 1, 1], 'the trial’s answer is taken over');
  });

  it('on a sample is a run like any other, by what the editor has', async () => {
    await editor.replace(prompt, 'user:', 'user:\nThe words in the editor.');
    const sample = { n: 4, seed: 1 };
    const run = await editor.annotate({ uri: data, model, prompt, sample });
    assert.equal(run.done, 4);
    const [row] = (await editor.request(Methods.runs, { uri: data })).runs;
    assert.deepEqual([row?.id, row?.n, row?.prompt], [run.runId, 4, 'a']);
    assert.deepEqual(row?.sample, sample);
    const { dataset, records } = await editor.request(Methods.runRecords, { runId: run.runId });
    assert.equal(dataset, data);
    assert.equal(records.length, 4);
    for (const { id, range } of records) assert.match(editor.textAt(data, range!), new RegExp(`"${id}"`));
    assert.deepEqual(await editor.request(Methods.runRecords, { runId: 'gone' }), {
      dataset: null,
      records: [],
    });
  });

  it('says in a sentence what cannot be tried', async () => {
    await assert.rejects(trial('r99'), /has no record r99/);
    await editor.replace(prompt, '{{ question }}', '{{ question');
    await assert.rejects(trial('r1'), /prompt file a cannot be used: "\{\{" is never closed/);
  });

  describe('against the committed version', () => {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.org', ...args], {
        cwd: editor.folder,
        encoding: 'utf8',
      });
    const compare = () => editor.request(Methods.compareWithHead, { uri: data, model, prompt });

    it('pairs the records: which are gained, which are lost, and whether that is chance', async () => {
      git('init', '--quiet');
      git('add', 'a.prompty');
      git('commit', '--quiet', '--message', 'First');
      // The committed words get one record wrong; those in the editor get another one wrong, and r1 right.
      const script = [
        { match: 'Think: Which of these is number 1?', output: rationale('B') },
        { match: 'Think: Which of these is number 4?', output: rationale('A') },
        { match: 'number 1?', output: rationale('A') },
        { match: 'Which', output: rationale('B') },
      ];
      writeFileSync(model.slice('scripted:'.length), script.map((line) => JSON.stringify(line)).join('\n'));
      const same = await compare();
      assert.deepEqual([same.isSame, same.shared, same.gained, same.lost], [true, RECORDS, [], []]);
      assert.equal(same.commit, git('rev-parse', '--short', 'HEAD').trim());
      await editor.replace(prompt, '{{ question }}', 'Think: {{ question }}');
      const changed = await compare();
      assert.equal(changed.isSame, false);
      assert.deepEqual(
        changed.gained.map(({ before, after }) => [before.verdict.words, after.verdict.words]),
        [['A (not 1), wrong', 'B (number 1), correct']],
      );
      assert.deepEqual(
        changed.lost.map(({ after }) => after.id),
        ['r4'],
      );
      assert.equal(changed.p, 1);
      assert.deepEqual(
        [changed.before.accuracy.count, changed.after.accuracy.count],
        [RECORDS - 1, RECORDS - 1],
      );
      const listed = (await editor.request(Methods.runs, {})).runs.map(({ prompt }) => prompt);
      assert.deepEqual([...new Set(listed)], ['a'], 'the committed version is only tried');
    });

    it('says when there is none', async () => {
      await assert.rejects(compare(), /a\.prompty is in no Git repository with a commit/);
      git('init', '--quiet');
      git('commit', '--quiet', '--allow-empty', '--message', 'Empty');
      await assert.rejects(compare(), /a\.prompty is not in the last commit/);
    });
  });

  it('counts its tokens where the model’s tokenizer is there, and says null where it is not', async () => {
    const record = { dataset: data, id: 'r0' };
    assert.equal(await editor.request(Methods.promptTokens, { uri: prompt, record, model }), null);
    const student = { uri: prompt, record, model: 'sketchbook-student' };
    const tokens = await editor.request(Methods.promptTokens, student);
    assert.ok(tokens && tokens.total > 5 && tokens.image === 0 && (tokens.context ?? 0) > tokens.total);
    await editor.replace(prompt, 'user:', 'user:\nSome more words.');
    const more = await editor.request(Methods.promptTokens, student);
    assert.ok(more && more.total > tokens.total);
  });

  it('can be copied as a program of its own', async () => {
    const params = { uri: prompt, record: { dataset: data, id: 'r0' }, model: 'gpt' } as const;
    const curl = (await editor.request(Methods.promptSnippet, { ...params, language: 'curl' })).text;
    assert.match(curl, /^curl .*\/chat\/completions/);
    assert.ok(curl.includes('Which of these is number 0?'));
    const python = (await editor.request(Methods.promptSnippet, { ...params, language: 'python' })).text;
    assert.match(python, /from openai import OpenAI/);
    assert.ok(fileURLToPath(data).startsWith(join(editor.folder)));
  });
});
