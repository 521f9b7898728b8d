import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { modelFiles, readModelConfig } from '../../server/src/inference/onnx/model-files.ts';
import { OnnxTokenCounter } from '../../server/src/inference/onnx/token-counter.ts';
import { needsPair, shippedModels, textRequest } from './inference-fixtures.ts';

describe('counting the tokens of a prompt without opening the model', () => {
  let folder: string;
  let image: string;
  before(async function () {
    needsPair(this);
    folder = mkdtempSync(join(tmpdir(), 'rationale-tokens-'));
    image = join(folder, 'wide.png');
    await sharp({ create: { width: 300, height: 100, channels: 3, background: 'red' } }).toFile(image);
  });
  beforeEach(() => {
    const base = join(shippedModels, 'base');
    // All but the graphs: nothing here needs them.
    cpSync(base, folder, { recursive: true, filter: (path) => !path.includes('onnx') });
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const edit = (file: string, values: object) => {
    const path = join(folder, file);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...values }));
  };
  const count = (picture?: string) =>
    new OnnxTokenCounter(folder).count(textRequest('r', 'What is it?', picture).messages);

  it('adds to the text the tokens of each patch of the image', () => {
    const text = count();
    assert.equal(text.image, 0);
    // 96 × 96 pixels in patches of 16, and one for the whole.
    assert.deepEqual(count(image), { total: text.total + 37, image: 37 });
  });

  it('resizes the image as the processor does: shorter edge, crop, no size at all', () => {
    edit('preprocessor_config.json', { size: { shortest_edge: 48 } });
    assert.equal(count(image).image, 9 * 3 + 1);
    edit('preprocessor_config.json', { do_center_crop: true, crop_size: 32 });
    assert.equal(count(image).image, 2 * 2 + 1);
    edit('preprocessor_config.json', { do_center_crop: false, do_resize: false });
    assert.equal(count(image).image, 18 * 6 + 1);
    edit('processor_config.json', { vision_feature_select_strategy: 'default' });
    assert.equal(count(image).image, 18 * 6);
  });

  it('believes the number that a folder without a processor states', () => {
    rmSync(join(folder, 'processor_config.json'));
    edit('config.json', { image_seq_length: 576 });
    assert.equal(count(image).image, 576);
  });

  it('reads a chat template from a file of its own, and a text model described at the top of the config', () => {
    const text = count();
    const files = () => modelFiles(folder, readModelConfig(folder)).optional;
    assert.ok(!files().includes('chat_template.jinja'), 'nothing depends on it');
    edit('tokenizer_config.json', { chat_template: undefined });
    const { text_config } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    edit('config.json', { ...text_config, model_type: 'llava', text_config: undefined });
    assert.deepEqual(count(), text);
    assert.ok(files().includes('chat_template.jinja'));
    assert.equal(readModelConfig(folder).text_config.num_hidden_layers, text_config.num_hidden_layers);
  });

  for (const [what, spoil, sentence] of [
    [
      'an image of an unknown number of tokens',
      () => {
        rmSync(join(folder, 'processor_config.json'));
        edit('config.json', { image_seq_length: undefined });
      },
      /does not say how many tokens an image takes/,
    ],
    [
      'an image that is gone',
      () => edit('preprocessor_config.json', { size: { shortest_edge: 48 } }),
      /^The image .*gone\.png cannot be read\.$/,
    ],
    [
      'a tokenizer that is no JSON',
      () => writeFileSync(join(folder, 'tokenizer.json'), '{'),
      /^The tokenizer in .* cannot be loaded: tokenizer\.json is not JSON\.$/,
    ],
    [
      'a model without a chat template',
      () => {
        edit('tokenizer_config.json', { chat_template: undefined });
        rmSync(join(folder, 'chat_template.jinja'));
      },
      /cannot be loaded: tokenizer_config\.json has no chat_template\.$/,
    ],
  ] as const) {
    it(`says of ${what} one sentence`, () => {
      spoil();
      assert.throws(() => count(join(folder, 'gone.png')), { message: sentence });
    });
  }
});
