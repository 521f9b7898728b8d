import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readCaptions } from '../../server/src/files/captions.ts';
import { readImageFacts } from '../../server/src/files/images.ts';
import { findPromptFile } from '../../server/src/files/prompt-files.ts';
import { readSplits } from '../../server/src/files/splits.ts';
import { readTextFile } from '../../server/src/files/text-file.ts';
import { PNG } from './sample-dataset.ts';

describe('files beside a dataset', () => {
  let folder: string;
  let dataset: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rationale-files-'));
    dataset = join(folder, 'data', 'problems.json');
    mkdirSync(dirname(dataset));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  const write = (path: string, content: string | Buffer) => {
    const file = join(folder, 'data', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };

  describe('an image', () => {
    const facts = (image: string | null) => readImageFacts(dataset, { id: '7', split: 'test', image });

    it('is found where ScienceQA keeps it, with its size and content', () => {
      const path = write('images/test/7/image.png', PNG);
      const found = facts('image.png');
      assert.ok(found.state === 'ok');
      assert.deepEqual([found.path, found.width, found.height], [path, 1, 1]);
      assert.match(found.digest, /^[0-9a-f]{32,}$/);
    });

    it('is found beside the dataset otherwise', () => {
      assert.equal(facts('pictures/a.png').state, 'missing');
      write('pictures/a.png', PNG);
      assert.equal(facts('pictures/a.png').state, 'ok');
    });

    it('is read again when the file has changed', () => {
      write('image.png', 'a text file');
      assert.equal(facts('image.png').state, 'unreadable');
      write('image.png', PNG);
      assert.equal(facts('image.png').state, 'ok');
    });

    it('may not lie outside the dataset’s folder, by dots, by root or by link', () => {
      writeFileSync(join(folder, 'secret.png'), PNG);
      assert.equal(facts('../../../../secret.png').state, 'outside');
      assert.equal(facts(join(folder, 'secret.png')).state, 'outside');
      symlinkSync(join(folder, 'secret.png'), join(folder, 'data', 'link.png'));
      assert.equal(facts('link.png').state, 'outside');
    });

    it('is not asked for when the record has none', () => {
      assert.deepEqual(facts(null), { state: 'none' });
    });
  });

  describe('the splits', () => {
    it('of problems.json are those in pid_splits.json', () => {
      write('pid_splits.json', '{"train": ["1", 2], "test": []}');
      assert.deepEqual(
        [...(readSplits(dataset).splits ?? [])],
        [
          ['train', ['1', '2']],
          ['test', []],
        ],
      );
    });

    it('do not speak of another dataset in the same folder', () => {
      write('pid_splits.json', '{"train": ["1"]}');
      assert.equal(readSplits(join(folder, 'data', 'faults.json')).splits, null);
    });

    for (const [what, text, sentence] of [
      ['not JSON', '{"train": [', /are not used/],
      ['a list', '["1"]', /must be an object of lists of ids/],
    ] as const) {
      it(`are left out with a sentence when the file is ${what}`, () => {
        write('pid_splits.json', text);
        assert.equal(readSplits(dataset).splits, null);
        assert.match(readSplits(dataset).problem ?? '', sentence);
      });
    }
  });

  describe('the captions', () => {
    it('of problems.json are those in captions.json, in the form of ScienceQA or alone', () => {
      write('captions.json', '{"model": "m", "captions": {"1": "A dog.", "2": null}}');
      assert.deepEqual([...(readCaptions(dataset).captions ?? [])], [['1', 'A dog.']]);
      write('captions.json', '{"1": "A brown dog."}');
      assert.deepEqual([...(readCaptions(dataset).captions ?? [])], [['1', 'A brown dog.']]);
      assert.equal(readCaptions(join(folder, 'data', 'faults.json')).captions, null);
    });

    for (const [what, text, sentence] of [
      ['not JSON', '{"captions": {', /are not used/],
      ['a list', '["A dog."]', /must be an object of captions by id/],
      ['without a text', '{"captions": {"1": 5}}', /holds no caption as a text/],
    ] as const) {
      it(`are left out with a sentence when the file is ${what}`, () => {
        write('captions.json', text);
        assert.equal(readCaptions(dataset).captions, null);
        assert.match(readCaptions(dataset).problem ?? '', sentence);
      });
    }
  });

  describe('a prompt file', () => {
    it('is found by path, by name beside the dataset, and by name among the shipped', () => {
      const shipped = join(folder, 'shipped');
      mkdirSync(shipped);
      writeFileSync(join(shipped, 'setting-1.prompty'), 'shipped');
      assert.equal(findPromptFile('setting-1', dataset, shipped).text, 'shipped');
      const own = write('prompts/setting-1.prompty', 'own');
      assert.deepEqual(findPromptFile('setting-1', dataset, shipped), { name: 'setting-1', text: 'own' });
      assert.equal(findPromptFile(own, dataset, shipped).text, 'own');
      assert.throws(
        () => findPromptFile('setting-9', dataset, shipped),
        /no prompt file "setting-9".*setting-1/,
      );
    });
  });

  describe('a text file', () => {
    it('that is not UTF-8, not there or a folder is refused in one sentence', () => {
      const latin = write('latin.json', Buffer.from([0x7b, 0xe9, 0x7d]));
      assert.throws(
        () => readTextFile(latin),
        /latin\.json cannot be read: it is not UTF-8 text \(line 1\)\./,
      );
      assert.throws(
        () => readTextFile(join(folder, 'none.json')),
        /none\.json cannot be read: there is no such file\./,
      );
      assert.throws(() => readTextFile(folder), /is a folder, not a file/);
    });
  });
});
