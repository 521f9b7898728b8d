import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AnnotateResult, FaithfulnessResult, RunRow } from '../../../server/src/protocol/messages.ts';
import { currentFindings, extension, findings, open, recordRange, ruleOf } from './editor.ts';
import { until } from './until.ts';

const MODEL = 'sketchbook-student';
const SPLIT = 'val';

describe('annotating samples/sketchbook/problems.json', () => {
  let document: vscode.TextDocument;
  let result: AnnotateResult;

  before(async () => {
    document = await open('problems.json');
    await until('the server reads the file as a dataset', async () => {
      const { splits } = await request('rationale/splits', { uri: uri() });
      return splits.length > 0;
    });
  });

  it('runs a model over a split, told everything by arguments', async () => {
    result = await annotate();
    const { splits } = await request('rationale/splits', { uri: uri() });
    assert.equal(result.done, splits.find(({ name }) => name === SPLIT)?.records);
    assert.equal(result.failed, 0);
    assert.equal(result.cancelled, false);
    assert.match(result.device, /CPU|WebGPU/);
  });

  it('shows the predicted letters as inlay hints', async () => {
    const hints = await until('a hint for every record of the split', async () => {
      const all = await inlayHints();
      return all.length >= result.done ? all : null;
    });
    for (const hint of hints) assert.match(textOf(hint), /\b[A-E]\b|\?/);
  });

  it('shows what is wrong with the outputs as findings', async () => {
    const { accuracy, coverage } = (await theRun()).metrics!;
    const wrong = coverage.count - accuracy.count;
    assert.ok(wrong > 0, 'the student makes mistakes');
    await findings(document, `${wrong} wrong answers`, (all) => ofRule(all, 'wrong-answer').length === wrong);
  });

  it('shows image, choices and the four stages when a record is hovered', async () => {
    const text = await hoverText(await annotatedRecord());
    assert.match(text, /<img |!\[/);
    for (const stage of ['Summary', 'Caption', 'Reasoning', 'Conclusion']) {
      assert.match(text, new RegExp(stage, 'i'));
    }
    assert.match(text, new RegExp(MODEL));
  });

  it('tests whether an answer follows from its rationale, and shows it when the record is hovered', async () => {
    const id = await annotatedRecord();
    const result = await vscode.commands.executeCommand<FaithfulnessResult>('rationale.testFaithfulness', {
      record: { dataset: uri(), id },
    });
    assert.deepEqual(
      result.models.map(({ model, isTested }) => [model, isTested]),
      [[MODEL, true]],
      result.models[0]?.said,
    );
    assert.match(await hoverText(id), /sentence by sentence:.*[▁▂▃▄▅▆▇█]/);
  });

  it('fills the Runs and Models views', async () => {
    const run = await theRun();
    assert.equal(run.n, result.done);
    assert.ok(run.finishedAt, 'the run is finished');
    const { accuracy, coverage } = run.metrics!;
    assert.ok(accuracy.interval[0] <= accuracy.value && accuracy.value <= accuracy.interval[1]);
    assert.equal(coverage.n, run.n);
    assert.ok(run.rate! > 0);
    const { models } = await request('rationale/models', null);
    const used = models.find(({ id }) => id === MODEL);
    assert.equal(used?.device, result.device);
  });

  it('runs nothing again when nothing has changed', async () => {
    const again = await annotate();
    assert.deepEqual({ done: again.done, reused: again.reused }, { done: 0, reused: result.done });
  });

  it('drops the result of an edited record and runs that record alone', async () => {
    const id = await annotatedRecord();
    const hintsBefore = (await inlayHints()).length;
    const range = recordRange(document, id);
    const question = document.positionAt(
      document.getText().indexOf('"question": "', document.offsetAt(range.start)) + '"question": "'.length,
    );
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, question, 'Look closely. ');
    assert.ok(await vscode.workspace.applyEdit(edit));

    await until('the old letter is gone', async () => (await inlayHints()).length === hintsBefore - 1);
    assert.doesNotMatch(await hoverText(id), new RegExp(`${MODEL}.*answered`, 's'));
    const again = await annotate();
    assert.deepEqual({ done: again.done, reused: again.reused }, { done: 1, reused: result.done - 1 });
    await until('the new letter is there', async () => (await inlayHints()).length === hintsBefore);
  });

  it('is refused with one sentence when the model does not exist', async () => {
    await assert.rejects(
      request('rationale/annotate', { uri: uri(), model: 'no-such-model' }),
      /no-such-model/,
    );
  });

  it('is forgotten when its run is deleted', async () => {
    const { id } = await theRun();
    await request('rationale/deleteRun', { runId: id });
    await until('no hint is left', async () => (await inlayHints()).length === 0);
    await until(
      'no output finding is left',
      () => ofRule(currentFindings(document), 'wrong-answer').length === 0,
    );
  });

  const uri = () => document.uri.toString();

  function annotate(): Promise<AnnotateResult> {
    const given = { uri: uri(), model: MODEL, split: SPLIT };
    return Promise.resolve(vscode.commands.executeCommand<AnnotateResult>('rationale.annotate', given));
  }

  async function theRun(): Promise<RunRow> {
    const { runs } = await request('rationale/runs', { uri: uri() });
    assert.equal(runs.length, 1);
    return runs[0]!;
  }

  async function inlayHints(): Promise<vscode.InlayHint[]> {
    const everything = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      document.uri,
      everything,
    );
    return hints ?? [];
  }

  /** A record of the split that has an image, by its id. */
  async function annotatedRecord(): Promise<string> {
    const records: Record<string, { split: string; image: string | null }> = JSON.parse(document.getText());
    const found = Object.entries(records).find(([, { split, image }]) => split === SPLIT && image);
    return found![0];
  }

  async function hoverText(id: string): Promise<string> {
    const place = recordRange(document, id).start.translate(0, 2);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      place,
    );
    return hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === 'string' ? content : content.value))
      .join('\n');
  }
});

const request: ReturnType<typeof extension>['exports']['request'] = (...args) =>
  extension().exports.request(...args);

function ofRule(all: readonly vscode.Diagnostic[], rule: string): vscode.Diagnostic[] {
  return all.filter((finding) => ruleOf(finding) === rule);
}

function textOf({ label }: vscode.InlayHint): string {
  return typeof label === 'string' ? label : label.map(({ value }) => value).join('');
}
