import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImageSettings } from '../../server/src/inference/onnx/host/image-settings.ts';
import { normalise } from '../../server/src/inference/onnx/host/pixels.ts';
import { type Bitmap, isKnownFilter, resample } from '../../server/src/inference/onnx/host/resample.ts';
import { cases } from './inference-fixtures.ts';

interface Golden {
  readonly width: number;
  readonly height: number;
  readonly sizes: readonly { resample: number; width: number; height: number; pixels: readonly number[] }[];
}

const NAMES = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];
const golden = JSON.parse(readFileSync(join(cases, 'resize-golden.json'), 'utf8')) as Golden;

/** The picture that Pillow resized: see the golden file. */
function source(): Bitmap {
  const { width, height } = golden;
  const data = Uint8ClampedArray.from({ length: width * height * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (11 * x + 7 * y + 40 * c + 8 * ((x * y) % 13)) % 256;
  });
  return { data, width, height, channels: 3 };
}

describe('resizing images', () => {
  for (const { resample: filter, width, height, pixels } of golden.sizes) {
    it(`gives Pillow's pixels for ${NAMES[filter]} to ${width} × ${height}`, () => {
      assert.deepEqual([...resample(source(), width, height, filter).data], pixels);
    });
  }

  it('leaves an image of the right size alone', () => {
    const image = source();
    assert.equal(resample(image, golden.width, golden.height, 3), image);
  });

  it('knows which filters there are', () => {
    assert.deepEqual([-1, 0, 5, 6].map(isKnownFilter), [false, true, true, false]);
  });
});

describe('preparing images as preprocessor_config.json says', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rationale-images-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const settings = (config: object) => {
    writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(config));
    return readImageSettings(folder);
  };

  it('crops the middle, fills with black beyond the edges and normalises each channel', () => {
    const image: Bitmap = {
      data: Uint8Array.from([0, 51, 102, 255, 255, 255]),
      width: 2,
      height: 1,
      channels: 3,
    };
    const crop = { width: 2, height: 3 };
    const { data, shape } = normalise(image, {
      crop,
      scale: 1 / 255,
      mean: [0, 0.2, 0],
      std: [1, 0.5, 2],
    });
    assert.deepEqual(shape, [3, 3, 2]);
    const rounded = Array.from(data, (value) => Math.round(value * 1000) / 1000);
    assert.deepEqual(rounded, [0, 0, 0, 1, 0, 0, -0.4, -0.4, 0, 1.6, -0.4, -0.4, 0, 0, 0.2, 0.5, 0, 0]);
  });

  it('reads sizes in the ways they are written', () => {
    const plain = { do_normalize: false, do_center_crop: false };
    assert.deepEqual(settings({ ...plain, size: { height: 4, width: 6 } }).size, { height: 4, width: 6 });
    assert.deepEqual(settings({ ...plain, size: { shortest_edge: 336 } }).size, { shortest_edge: 336 });
    assert.deepEqual(settings({ ...plain, size: 32, do_center_crop: true, crop_size: 32 }).crop, {
      width: 32,
      height: 32,
    });
    assert.equal(settings({ ...plain, do_resize: false }).size, null);
  });

  it('refuses what it cannot do, in one sentence', () => {
    assert.throws(
      () => settings({ size: 32, do_pad: true }),
      /preprocessor_config\.json asks for do_pad, which is not supported\.$/,
    );
    assert.throws(
      () => settings({ size: 32, resample: 9 }),
      /asks for the resampling filter 9, which is not supported\.$/,
    );
    assert.throws(
      () => settings({ size: { area: 9 } }),
      /asks for the size \{"area":9\}, which is not supported\.$/,
    );
    writeFileSync(join(folder, 'preprocessor_config.json'), '{');
    assert.throws(() => readImageSettings(folder), /preprocessor_config\.json is not JSON\.$/);
  });
});
