import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renderRecord } from '../../server/src/core/pipeline/prompty.ts';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { scienceqaPrompt } from '../../server/src/core/prompts/scienceqa.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { DatasetRecord, ImageFacts, RecordSource } from '../../server/src/core/records/types.ts';
import { findPromptFile } from '../../server/src/files/prompt-files.ts';

const root = resolve(import.meta.dirname, '../..');
const cases = join(root, 'test/cases/prompts/presets');
const shipped = join(root, 'samples/sketchbook/prompts');
const path = join(cases, 'problems.json');

const image = (record: DatasetRecord): ImageFacts =>
  record.image === null
    ? { state: 'none' }
    : { state: 'ok', path: '/image.png', width: 8, height: 8, bytes: 9, digest: 'i' };
const pipeline = new Pipeline(
  DatasetDocument.create(readFileSync(path, 'utf8')),
  { path, image, splits: null, rules: {} },
  null,
);

function render(preset: string, id: string) {
  const { document } = pipeline;
  const source = document.chunks[document.find(id) as number]?.source as RecordSource;
  return renderRecord(findPromptFile(preset, path, shipped), source, pipeline);
}

/** As one text: in a completion prompt the answer goes on behind "Answer:", and examples have an empty line between. */
function asCompletion({ messages }: ReturnType<typeof render>): string {
  return messages
    .map(({ role, content }) => {
      const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
      return role === 'assistant' ? ` ${text}\n\n` : text;
    })
    .join('');
}

interface Golden {
  readonly preset: string;
  readonly record: string;
  /** The solved records that the other code was given: ours. */
  readonly shots: readonly string[];
  readonly text: string;
}

const goldens: Golden[] = readFileSync(join(cases, 'goldens.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

describe('The presets', () => {
  for (const [preset, lines] of Map.groupBy(goldens, (golden) => golden.preset)) {
    it(`${preset} asks what the code it is named after asks`, () => {
      for (const { record, shots, text } of lines) {
        const rendered = render(preset, record);
        assert.deepEqual(rendered.demonstrations, shots);
        // White space at the end is no part of a chat message.
        assert.equal(asCompletion(rendered), text.trimEnd(), record);
      }
    });
  }

  it('have goldens each', () => {
    const files = readdirSync(join(shipped, 'presets')).map((file) => file.replace('.prompty', ''));
    assert.deepEqual(
      files.filter((file) => !goldens.some(({ preset }) => preset === file)),
      [],
    );
    assert.ok(goldens.length >= 40);
  });

  it('show the image before the text, where the code shows it', () => {
    for (const preset of readdirSync(join(shipped, 'presets')).map((file) => file.replace('.prompty', ''))) {
      assert.equal(render(preset, 'push').messages[0]?.content[0]?.type, 'image', preset);
    }
  });

  it('give the lecture for AL and the solution for AE, unless asked for as released', () => {
    const answer = (name: string) => /answer: \|-\n(.*)/.exec(scienceqaPrompt(name) ?? '')?.[1] ?? '';
    assert.match(answer('scienceqa-QCM-AL'), /lecture/);
    assert.doesNotMatch(answer('scienceqa-QCM-AL'), /solution/);
    assert.match(answer('scienceqa-QCM-AL-as-released'), /solution/);
    assert.match(answer('scienceqa-QCM-AE-as-released'), /lecture/);
    assert.equal(answer('scienceqa-QCM-ALE-as-released'), answer('scienceqa-QCM-ALE'));
  });

  it('know no codes but those of the released code', () => {
    for (const name of ['scienceqa-QCM', 'scienceqa-QMC-A', 'scienceqa-QCM-AA', 'QCM-ALE']) {
      assert.equal(scienceqaPrompt(name), null);
      assert.throws(() => findPromptFile(name, path, shipped), /There is no prompt file .*scienceqa-QCM-ALE/);
    }
  });
});
