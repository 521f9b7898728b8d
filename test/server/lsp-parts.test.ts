import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver/node';
import { progressText } from '../../server/src/core/progress.ts';
import { foldersNear } from '../../server/src/files/dataset-places.ts';
import { cap, count, type Listed } from '../../server/src/lsp/finding-cap.ts';
import { namedOutputs } from '../../server/src/lsp/outputs-places.ts';
import { DEFAULT_SETTINGS, readSettings } from '../../server/src/lsp/settings.ts';
import { Throttle } from '../../server/src/lsp/throttle.ts';

const { Error: Fault, Warning, Hint } = DiagnosticSeverity;

function chunk(...severities: DiagnosticSeverity[]): { relative: Diagnostic[] } {
  const start = { line: 0, character: 0 };
  return {
    relative: severities.map((severity) => ({ severity, message: '', range: { start, end: start } })),
  };
}

function capped(entries: (Listed | null)[], first: number, most: number) {
  const totals = [0, 0, 0, 0, 0];
  for (const entry of entries) if (entry) count(totals, entry, 1);
  return cap(entries, totals, first, most);
}

describe('the cap on findings', () => {
  it('lets everything through as long as it fits', () => {
    const { shown, left } = capped([chunk(Hint), null, chunk(), chunk(Fault, Hint)], -1, 3);
    assert.deepEqual(shown, [
      { index: 0, which: null },
      { index: 3, which: null },
    ]);
    assert.equal(left, null);
  });

  it('keeps the most severe, the first of equals, in the order of the file, and says how many are left out', () => {
    const { shown, left } = capped([chunk(Hint, Warning), chunk(Warning, Fault), chunk(Warning)], -1, 4);
    assert.deepEqual(shown, [
      { index: 0, which: [1] },
      { index: 1, which: [0, 1] },
    ]);
    assert.match(left?.message as string, /^2 of 5 findings/);
  });

  it('keeps all of the chunk that is worked on', () => {
    const { shown } = capped([chunk(Fault, Fault), chunk(Hint), chunk(Fault)], 1, 3);
    assert.deepEqual(shown, [
      { index: 0, which: [0] },
      { index: 1, which: null },
    ]);
  });
});

describe('the settings', () => {
  it('keep their defaults for what is absent, of the wrong type or unknown', () => {
    for (const nonsense of [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { rules: [], device: 'toaster', inlayHints: 'no', storePath: 7, outputs: { '*.jsonl': 7 } },
    ]) {
      assert.deepEqual(readSettings(nonsense), DEFAULT_SETTINGS);
    }
  });

  it('take what is well formed beside what is not', () => {
    const repetition = { severity: 'hint', threshold: 6 };
    const given = { 'no-output': 'off', refusal: 'fatal', nonsense: 'hint', repetition };
    const { rules, device } = readSettings({ rules: given, device: 'cpu' });
    assert.deepEqual(rules, { 'no-output': 'off', repetition });
    assert.equal(device, 'cpu');
  });
});

describe('the dataset that the setting names for an outputs file', () => {
  const folders = ['/projects/space', '/elsewhere'];
  const named = (path: string, outputs: Record<string, string>) =>
    namedOutputs(path, outputs, folders)?.dataset ?? null;

  it('is found by path and by pattern, both from the folder of the workspace', () => {
    assert.equal(
      named('/projects/space/o/a.jsonl', { 'o/a.jsonl': 'data/p.json' }),
      '/projects/space/data/p.json',
    );
    assert.equal(
      named('/projects/space/o/a.jsonl', { 'o/*.jsonl': 'data/p.json' }),
      '/projects/space/data/p.json',
    );
    assert.equal(named('/elsewhere/deep/o/a.jsonl', { '**/a.jsonl': '/p.json' }), '/p.json');
    assert.equal(named('/projects/space/a[1].jsonl', { 'a[1].jsonl': 'p.json' }), '/projects/space/p.json');
    assert.equal(named('/tmp/a.jsonl', { '/tmp/a.jsonl': 'p.json' }), '/tmp/p.json');
  });

  it('is the first that fits, and none for other files', () => {
    assert.equal(
      named('/projects/space/a.jsonl', { 'b.jsonl': '1.json', '*.jsonl': '2.json', 'a.jsonl': '3.json' }),
      '/projects/space/2.json',
    );
    assert.equal(named('/projects/space/deep/a.jsonl', { '*.jsonl': 'p.json' }), null);
    assert.equal(named('/tmp/a.jsonl', { '*.jsonl': 'p.json' }), null);
  });

  it('is looked for no higher than the workspace, or a few folders up', () => {
    assert.deepEqual(foldersNear('/projects/space/o/a.jsonl', folders), [
      '/projects/space/o',
      '/projects/space',
    ]);
    assert.deepEqual(foldersNear('/a/b/c/d/e/f.jsonl', []), ['/a/b/c/d/e', '/a/b/c/d', '/a/b/c', '/a/b']);
  });
});

describe('a throttle', () => {
  it('acts at once, and once more at the end of the pause however often it was asked', async () => {
    let acted = 0;
    const throttle = new Throttle(() => acted++, 20);
    for (let i = 0; i < 5; i++) throttle.request();
    assert.equal(acted, 1);
    await wait(60);
    assert.equal(acted, 2);
    await wait(60);
    assert.equal(acted, 2);
  });

  it('forgets what was asked for when cancelled', async () => {
    let acted = 0;
    const throttle = new Throttle(() => acted++, 10);
    throttle.request();
    throttle.request();
    throttle.cancel();
    await wait(40);
    assert.equal(acted, 1);
  });
});

describe('the progress of a run', () => {
  for (const [done, generated, seconds, text] of [
    [0, 0, 0, '0/400 records'],
    [120, 100, 10, '120/400 records, 10.0 records/s, 28 s left'],
    [400, 400, 10, '400/400 records, 40.0 records/s'],
    [40, 40, 4000, '40/400 records, 0.0 records/s, 10.0 h left'],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(progressText(done, 400, generated, seconds), text));
  }
});
