import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { currentFindings, findings, open, ruleOf, workspaceFile } from './editor.ts';
import { until } from './until.ts';

/** The real student's answers to 40 records of the test split; see the sample's README. */
const FILE = 'outputs/student.jsonl';

describe(`outputs in samples/sketchbook/${FILE}`, () => {
  let document: vscode.TextDocument;
  let wrong: readonly vscode.Diagnostic[];

  before(async () => {
    document = await open(FILE);
    const found = await findings(document, 'wrong answers', (all) => ofRule(all, 'wrong-answer').length > 0);
    wrong = ofRule(found, 'wrong-answer');
  });

  it('have their findings on their own characters, each with its page and its record', () => {
    for (const finding of wrong) {
      assert.ok(typeof finding.code === 'object', 'the finding has no link');
      assert.match(finding.code.target.toString(), /rationale\.openRulePage/);
      const [record] = finding.relatedInformation ?? [];
      assert.equal(record?.location.uri.toString(), workspaceFile('problems.json').toString());
      const output = document.lineAt(finding.range.start).text.indexOf('"raw_output"');
      assert.ok(finding.range.isSingleLine && finding.range.start.character > output);
    }
  });

  it('show the letter that was read behind every output', async () => {
    const hints = await until('a hint for every output', async () => {
      const everything = new vscode.Range(0, 0, document.lineCount, 0);
      const all = await vscode.commands.executeCommand<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        document.uri,
        everything,
      );
      return all.length === 40 ? all : null;
    });
    const crosses = hints.filter(({ label }) => String(label).includes('✗'));
    assert.equal(crosses.length, wrong.length);
  });

  it('show reading, evidence, stages and the record with its picture when hovered', async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      wrong[0]!.range.start,
    );
    const text = hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === 'string' ? content : content.value))
      .join('\n');
    assert.match(text, /<img |!\[/);
    assert.match(text, /read as:.*from the conclusion stage.*confidence [\d.]+/);
    for (const stage of ['summary', 'caption', 'reasoning', 'conclusion'])
      assert.match(text, new RegExp(stage));
  });

  it('lead to their record, and the record back to them', async () => {
    const { line } = wrong[0]!.range.start;
    const [definition] = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeDefinitionProvider',
      document.uri,
      wrong[0]!.range.start,
    );
    assert.equal(definition?.uri.toString(), workspaceFile('problems.json').toString());
    const { id } = JSON.parse(document.lineAt(line).text);
    const records = await vscode.workspace.openTextDocument(definition.uri);
    assert.equal(records.getText(definition.range), `"${id}"`);
    const references = await until('the output is found', async () => {
      const found = await vscode.commands.executeCommand<vscode.Location[]>(
        'vscode.executeReferenceProvider',
        records.uri,
        definition.range.start,
      );
      return found.length > 0 ? found : null;
    });
    assert.deepEqual(
      references.map(({ uri, range }) => [uri.toString(), range.start.line]),
      [[document.uri.toString(), line]],
    );
  });

  it('are settled by a quick fix: marked as read, their findings are gone', async () => {
    const finding = wrong[0]!;
    const { line } = finding.range.start;
    const onLine = () => currentFindings(document).filter(({ range }) => range.start.line === line);
    const fix = await fixCalled(document, finding, /^Mark this output as read$/);
    assert.ok(await vscode.workspace.applyEdit(fix.edit!));
    assert.equal(JSON.parse(document.lineAt(line).text).reviewed, true);
    await until('the findings of the output are gone', () => onLine().length === 0);
    await vscode.commands.executeCommand('undo');
    await until('they are back after undo', () => onLine().length > 0);
  });

  it('are settled by a correction of the dataset: the wrong answer is the gold one now', async () => {
    const finding = wrong[0]!;
    const { line } = finding.range.start;
    const onLine = () =>
      ofRule(currentFindings(document), 'wrong-answer').filter(({ range }) => range.start.line === line);
    const fix = await fixCalled(document, finding, /gold answer to/);
    const records = await vscode.workspace.openTextDocument(workspaceFile('problems.json'));
    assert.ok(await vscode.workspace.applyEdit(fix.edit!));
    assert.ok(records.isDirty);
    await until('the answer is right now', () => onLine().length === 0);
    await vscode.window.showTextDocument(records);
    await vscode.commands.executeCommand('undo');
    await vscode.window.showTextDocument(document);
    await until('it is wrong again after undo', () => onLine().length > 0);
  });

  it('are judged against the dataset that the user names, kept in the settings', async () => {
    await vscode.commands.executeCommand(
      'rationale.judgeOutputs',
      document.uri,
      workspaceFile('faults.json').toString(),
    );
    const settings = () => vscode.workspace.getConfiguration('rationale').get('outputs');
    assert.deepEqual(settings(), { [FILE]: 'faults.json' });
    const [note] = await findings(document, 'the file does not fit', (all) =>
      all.some(({ message }) => message.includes('do not belong to faults.json')),
    );
    assert.equal(note?.range.start.line, 0);
    await vscode.workspace.getConfiguration('rationale').update('outputs', undefined);
    await findings(
      document,
      'the findings are back',
      (all) => ofRule(all, 'wrong-answer').length === wrong.length,
    );
  });
});

function ofRule(all: readonly vscode.Diagnostic[], rule: string): vscode.Diagnostic[] {
  return all.filter((finding) => ruleOf(finding) === rule);
}

async function fixCalled(document: vscode.TextDocument, finding: vscode.Diagnostic, title: RegExp) {
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    finding.range,
    vscode.CodeActionKind.QuickFix.value,
  );
  const fix = actions.find((action) => title.test(action.title));
  assert.ok(fix?.edit, actions.map((action) => action.title).join());
  return fix;
}
