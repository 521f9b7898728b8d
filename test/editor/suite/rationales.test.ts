import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type {
  AnnotateResult,
  RationalesParams,
  RationalesResult,
} from '../../../server/src/protocol/messages.ts';
import { extension, open, recordRange } from './editor.ts';
import { until } from './until.ts';

const TEACHER = 'sketchbook-teacher';
const RECORDS = 10;

interface Written {
  readonly rationale?: {
    readonly text: string;
    readonly model: string;
    readonly passed: number;
    readonly of: number;
  };
}

describe('rationales for samples/sketchbook/problems.json', () => {
  let document: vscode.TextDocument;
  let original: string;
  let result: RationalesResult;

  before(async () => {
    // This VS Code saves by itself, and a file is looked at before it is saved.
    await vscode.workspace
      .getConfiguration('files')
      .update('autoSave', 'off', vscode.ConfigurationTarget.Global);
    document = await open('problems.json');
    original = document.getText();
    await until('the server reads the file as a dataset', async () => {
      const { splits } = await request('rationale/splits', { uri: uri() });
      return splits.length > 0;
    });
  });

  it('are written by the embedded teacher for ten records, and shown as a diff before anything is written', async () => {
    result = (await generate())!;
    assert.equal(result.records, RECORDS);
    assert.equal(result.samples, RECORDS * 4);
    assert.ok(result.kept > RECORDS / 2, `${result.kept} of ${RECORDS} are kept`);
    assert.equal(result.edits.length, result.kept + result.rationalised);
    const { modified, original: left } = await until('the diff is shown', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff ? input : null;
    });
    assert.equal(left.toString(), uri());
    const after = await vscode.workspace.openTextDocument(modified);
    assert.equal(written(after.getText()).length, result.edits.length);
    assert.equal(document.getText(), original, 'nothing is written yet');
  });

  it('go into their records alone, as one edit', async () => {
    await vscode.commands.executeCommand('rationale.writeRationales');
    await until('they are written', () => document.getText() !== original);
    const found = written(document.getText());
    assert.equal(found.length, result.edits.length);
    for (const { rationale } of found) {
      assert.match(rationale!.text, /^<SUMMARY>.*<\/SUMMARY>.*<CONCLUSION>[A-E]<\/CONCLUSION>$/s);
      assert.deepEqual([rationale!.model, rationale!.of], [TEACHER, 4]);
    }
    const without = JSON.parse(document.getText(), (key, value) => (key === 'rationale' ? undefined : value));
    assert.deepEqual(without, JSON.parse(original));
    assert.equal(diffTabs().length, 0, 'the diff is closed');
  });

  it('are there already when they are generated again', async () => {
    const again = (await generate())!;
    assert.deepEqual([again.edits.length, again.unchanged], [0, result.edits.length]);
  });

  it('are undone at once', async () => {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    await until('the file is as it was', () => document.getText() === original);
  });

  it('are left when the dataset has changed since the diff was made', async () => {
    await generate();
    const edit = new vscode.WorkspaceEdit();
    const start = recordRange(document, Object.keys(JSON.parse(original))[0]!).start;
    edit.insert(document.uri, start, ' ');
    await vscode.workspace.applyEdit(edit);
    const changed = document.getText();
    assert.equal(await vscode.commands.executeCommand('rationale.writeRationales'), false);
    assert.equal(document.getText(), changed);
    await vscode.commands.executeCommand('rationale.discardRationales');
    await vscode.commands.executeCommand('undo');
    await until('the file is as it was', () => document.getText() === original);
  });

  it('go to a file of lines too, which is shown first, made, written anew, and left where it has changed', async () => {
    const out = vscode.Uri.joinPath(document.uri, '..', 'made.jsonl');
    const lines = (text: string) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const onDisk = async () => Buffer.from(await vscode.workspace.fs.readFile(out)).toString();
    const first = (await generate({ to: 'jsonl', out: out.toString() }))!;
    assert.deepEqual([first.edits.length, first.file?.lines], [0, RECORDS]);
    const { modified, original: left } = await until('the diff is shown', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputTextDiff ? input : null;
    });
    assert.equal((await vscode.workspace.openTextDocument(left)).getText(), '');
    assert.equal((await vscode.workspace.openTextDocument(modified)).getText(), first.file?.text);
    await assert.rejects(onDisk(), 'nothing is written yet');
    assert.equal(await vscode.commands.executeCommand('rationale.writeRationales'), true);
    const side = lines(await onDisk());
    assert.deepEqual([side.length, side[0].of], [RECORDS, 4]);

    const second = (await generate({ to: 'llava-cot', out: out.toString() }))!;
    assert.equal(second.file?.lines, result.edits.length, 'only of records with a rationale');
    await vscode.commands.executeCommand('rationale.writeRationales');
    const open = await vscode.workspace.openTextDocument(out);
    const cot = lines(open.getText());
    assert.equal(cot.length, second.file?.lines);
    const withImage = cot.find(({ image }) => image);
    await vscode.workspace.fs.stat(vscode.Uri.joinPath(out, '..', withImage.image));
    assert.ok(open.isDirty, 'what was there is replaced in the editor, to be saved or undone');
    await vscode.window.showTextDocument(open);
    await vscode.commands.executeCommand('undo');
    assert.deepEqual(lines(open.getText()), side);

    await generate({ to: 'jsonl', out: out.toString() });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(out, new vscode.Position(0, 0), '\n');
    await vscode.workspace.applyEdit(edit);
    assert.equal(await vscode.commands.executeCommand('rationale.writeRationales'), false);
    await vscode.commands.executeCommand('rationale.discardRationales');
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(out);
    await vscode.window.showTextDocument(document);
  });

  it('and answers are voted on over samples, the votes standing behind the letters', async () => {
    const given = { uri: uri(), model: 'sketchbook-student', split: 'val', samples: 4, seed: 1 };
    const { done, runId } = (await vscode.commands.executeCommand<AnnotateResult>(
      'rationale.annotateSamples',
      given,
    ))!;
    const { splits } = await request('rationale/splits', { uri: uri() });
    const records = splits.find(({ name }) => name === 'val')!.records;
    assert.equal(done, 4 * records);
    const hints = await until('a vote stands at every record of the split', async () => {
      const all = await vscode.commands.executeCommand<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        document.uri,
        new vscode.Range(0, 0, document.lineCount, 0),
      );
      const votes = all.filter(({ label }) => /\d\/4/.test(String(label)));
      return votes.length >= records * 0.9 ? votes : null;
    });
    assert.ok(
      hints.some(({ label }) => / [23]\/4/.test(String(label))),
      'the samples do not always agree',
    );
    await request('rationale/deleteRun', { runId });
  });

  it('and a teacher is asked where the samples of a student disagree', async () => {
    const given = { uri: uri(), model: 'sketchbook-student', split: 'val', samples: 4, seed: 2 };
    const result = (await vscode.commands.executeCommand<AnnotateResult>('rationale.annotateCascade', {
      ...given,
      cascade: { model: TEACHER, below: 0.7 },
    }))!;
    const { runs } = await request('rationale/runs', { uri: uri() });
    const both = runs.find(({ id }) => id === result.runId)!;
    const alone = runs.find(({ id, model }) => id !== result.runId && model === 'sketchbook-student')!;
    assert.ok(result.sent! > 0 && result.sent! < both.n, `${result.sent} of ${both.n} are sent`);
    assert.deepEqual([both.cascade?.student, both.cascade?.sent?.count], [given.model, result.sent]);
    assert.ok(both.metrics!.accuracy.count > alone.metrics!.accuracy.count, 'the teacher helps');
    // What both together have wrong is the next round's.
    const next = (await vscode.commands.executeCommand<RationalesResult>('rationale.generateRationales', {
      ...{ uri: uri(), model: TEACHER, setting: 1, split: 'val', samples: 4, seed: 1 },
      ...{ failuresOf: both.id, keep: 'by-difficulty', to: 'record' },
    }))!;
    assert.equal(next.records, both.n - both.metrics!.accuracy.count);
    assert.ok(next.edits.every(({ newText }) => newText.includes(`"failureOf": "${both.id}"`)));
    await vscode.commands.executeCommand('rationale.discardRationales');
    for (const runId of [both.id, alone.id]) await request('rationale/deleteRun', { runId });
  });

  const uri = () => document.uri.toString();

  function generate(more: Partial<RationalesParams> = {}): Thenable<RationalesResult | null> {
    const given = {
      uri: uri(),
      model: TEACHER,
      setting: 1,
      split: 'val',
      limit: RECORDS,
      samples: 4,
      seed: 1,
    };
    const to = 'record';
    return vscode.commands.executeCommand<RationalesResult | null>('rationale.generateRationales', {
      ...{ to, ...given },
      ...more,
    });
  }
});

const request: ReturnType<typeof extension>['exports']['request'] = (...args) =>
  extension().exports.request(...args);

function written(text: string): Written[] {
  return Object.values(JSON.parse(text) as Record<string, Written>).filter(({ rationale }) => rationale);
}

function diffTabs(): vscode.Tab[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.filter(({ input }) => input instanceof vscode.TabInputTextDiff);
}
