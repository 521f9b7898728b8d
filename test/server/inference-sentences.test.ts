import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentenceEmbedder } from '../../server/src/inference/index.ts';
import { CliSession } from './cli-session.ts';
import { dataset, rationale } from './sample-dataset.ts';

const cases = join(import.meta.dirname, '../cases');
const tiny = join(cases, 'tiny-sentences');
const golden: { texts: string[]; cosines: number[][] } = JSON.parse(
  readFileSync(join(cases, 'sentences-golden.json'), 'utf8'),
);
const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);

describe('sentence vectors', function () {
  this.timeout(60_000);

  it('have the cosines of sentence-transformers, for texts that are cut off and padded too', async () => {
    const told: number[] = [];
    const { texts, cosines } = golden;
    const vectors = await sentenceEmbedder(tiny).embed(texts, (done) => told.push(done));
    assert.deepEqual(told, [texts.length]);
    for (const [i, row] of cosines.entries()) {
      for (const [j, expected] of row.entries()) {
        const value = dot(vectors[i] as number[], vectors[j] as number[]);
        assert.ok(
          Math.abs(value - expected) <= 1e-4,
          `${value} for "${texts[i]}" and "${texts[j]}", not ${expected}`,
        );
      }
    }
    // Else a reader that makes the same of every text would pass.
    assert.ok(Math.min(...cosines.flat()) < 0.5);
  });

  it('are the same one by one and all together', async () => {
    const together = await sentenceEmbedder(tiny).embed(golden.texts, () => {});
    for (const [i, text] of golden.texts.slice(0, 3).entries()) {
      const [alone] = await sentenceEmbedder(tiny).embed([text], () => {});
      assert.ok(dot(alone as number[], together[i] as number[]) > 1 - 1e-6, text);
    }
  });

  describe('of a folder that cannot be used', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'rationale-sentences-'));
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

    it('are refused in one sentence', async () => {
      assert.throws(
        () => sentenceEmbedder(join(folder, 'none')),
        /^Error: There is no folder .*none with a sentence/,
      );
      assert.throws(() => sentenceEmbedder(folder), /has no onnx\/model\.onnx \(python -m rationale_trainer/);
      cpSync(tiny, folder, { recursive: true });
      writeFileSync(join(folder, '1_Pooling/config.json'), '{"pooling_mode_cls_token": true}');
      assert.throws(() => sentenceEmbedder(folder), /does not take the mean of its tokens/);
      cpSync(tiny, folder, { recursive: true });
      writeFileSync(join(folder, 'onnx/model.onnx'), 'no graph');
      await assert.rejects(
        sentenceEmbedder(folder).embed(['a'], () => {}),
        /model\.onnx cannot be loaded/,
      );
    });
  });

  describe('in judge', () => {
    let session: CliSession;
    beforeEach(() => {
      session = new CliSession();
      session.write('problems.json', dataset(2));
      const outputs = [
        { id: 'r0', output: rationale('B'), text: 'Numbers differ. The answer is number 0.' },
        { id: 'r1', output: '', text: '' },
      ];
      session.write('out.jsonl', outputs.map((output) => JSON.stringify(output)).join('\n'));
    });
    afterEach(() => session.close());

    const judge = (...args: string[]) =>
      session.run(
        'judge',
        'problems.json',
        '--outputs',
        'out.jsonl',
        '--text-field',
        'text',
        '--format',
        'json',
        ...args,
      );

    it('give the cosine, where an empty text is like no other', () => {
      const { metrics } = JSON.parse(judge('--embeddings', tiny).stdout);
      assert.ok(Math.abs(metrics.whole.cosine.mean - 0.5) < 1e-6);
      assert.match(
        metrics.whole.cosine.implementation,
        /tiny-sentences \(ONNX, the mean of at most 24 tokens\)/,
      );
    });

    it('give the study its overall, from the folder that the workspace names', () => {
      mkdirSync(join(session.folder, 'models'));
      cpSync(tiny, join(session.folder, 'models/tiny'), { recursive: true });
      session.write('.vscode/settings.json', '{"rationale.embeddings": "models/tiny"}');
      const { metrics } = JSON.parse(judge('--metrics', 'scienceqa-study').stdout);
      const { 'bleu-1': bleu1, 'bleu-4': bleu4, 'rouge-l-package': rougeL, meteor, cosine } = metrics.whole;
      const sum = [bleu1, bleu4, rougeL, meteor, cosine].reduce((total, { mean }) => total + mean, 0);
      assert.ok(Math.abs(metrics.overall.value - (100 * sum) / 5) < 1e-9);
    });

    it('are missed in a sentence that says what to name', () => {
      const study = session.run(
        'judge',
        'problems.json',
        '--outputs',
        'out.jsonl',
        '--metrics',
        'scienceqa-study',
      );
      assert.match(
        study.stdout,
        /needs sentence embeddings \(--embeddings names a folder of all-MiniLM-L6-v2 in ONNX\)/,
      );
      const { status, stderr } = judge('--embeddings', 'nowhere');
      assert.equal(status, 2);
      assert.match(stderr, /There is no folder .*nowhere with a sentence-embedding model\./);
    });
  });
});
