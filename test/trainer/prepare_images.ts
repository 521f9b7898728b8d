/**
 * What an architecture makes of images, for the tests of the trainer.
 * stdin: {folder, images: [path]}; stdout: a JSON line for each image, {name: {dims, values}}, floats in base64.
 */
import { text } from 'node:stream/consumers';
import { bitmapOf, readImageFile } from '../../server/src/inference/onnx/host/images.ts';
import { architectureOf, readModelConfig } from '../../server/src/inference/onnx/model-files.ts';

const { folder, images } = JSON.parse(await text(process.stdin)) as { folder: string; images: string[] };
const config = readModelConfig(folder);
const reader = architectureOf(config).imageReader(folder, config);
for (const path of images) {
  const inputs = reader.prepare(await bitmapOf(await readImageFile(path), path));
  const written = Object.entries(inputs).map(([name, { data, dims }]) => {
    const values =
      data instanceof Float32Array ? Buffer.from(data.buffer).toString('base64') : Array.from(data, Number);
    return [name, { dims, values }];
  });
  console.log(JSON.stringify(Object.fromEntries(written)));
}
