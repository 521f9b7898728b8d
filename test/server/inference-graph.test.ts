import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { InferenceSession } from 'onnxruntime-node';
import { freshOutputs } from '../../server/src/inference/onnx/host/fresh-outputs.ts';
import { nodesNamed } from '../../server/src/inference/onnx/host/onnx-file.ts';
import { needsPair, shippedModels } from './inference-fixtures.ts';

const LAYERS = 4;

describe('giving a decoder graph outputs for the new part of its cache', () => {
  it('puts them in place of the whole cache', async function () {
    needsPair(this);
    const changed = freshOutputs(
      readFileSync(join(shippedModels, 'teacher', 'onnx', 'decoder_model_merged.onnx')),
      LAYERS,
    );
    assert.ok(changed);
    assert.equal(new Set(changed.names).size, 2 * LAYERS);
    const { outputNames } = await InferenceSession.create(changed.model);
    assert.deepEqual([...outputNames], ['logits', ...changed.names]);
  });

  it('leaves a graph alone whose cache does not grow by Concat', function () {
    needsPair(this);
    const path = join(shippedModels, 'teacher', 'onnx', 'vision_encoder.onnx');
    assert.equal(freshOutputs(readFileSync(path), LAYERS), null);
  });

  it('makes nothing of bytes that are no model', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => freshOutputs(bytes, LAYERS) === null),
    );
  });
});

describe('finding the nodes that a device leaves to the CPU', () => {
  it('names those of the operators', function () {
    needsPair(this);
    const graph = readFileSync(join(shippedModels, 'teacher', 'onnx', 'vision_encoder.onnx'));
    assert.deepEqual(nodesNamed(graph, ['Conv']), ['node_Conv_219']);
    assert.equal(nodesNamed(graph, ['Softmax', 'Conv', 'Cos']).length, 4);
    assert.deepEqual(nodesNamed(graph, []), []);
  });

  it('finds none in bytes that are no model', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => nodesNamed(bytes, ['And']).length === 0),
    );
  });
});
