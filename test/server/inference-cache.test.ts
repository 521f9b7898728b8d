import assert from 'node:assert/strict';
import { Tensor } from 'onnxruntime-node';
import type { Tensors } from '../../server/src/inference/onnx/host/cache-layout.ts';
import { CacheMemory, GrowingCache } from '../../server/src/inference/onnx/host/growing-cache.ts';

const LAYOUT = { layers: 1, heads: 2, width: 1, type: 'float32' } as const;
const OUTPUTS = ['keys', 'values'];

/** What a decoder computes for new tokens: each row has its letter's code and the token's number after the point. */
function computed(rows: string, tokens: readonly number[]): Tensors {
  const data = [...rows].flatMap((row) =>
    [0, 1].flatMap(() => tokens.map((token) => row.charCodeAt(0) + token / 128)),
  );
  const tensor = () => new Tensor('float32', Float32Array.from(data), [rows.length, 2, tokens.length, 1]);
  return { keys: tensor(), values: tensor() };
}

/** The used places of each row and head, as letters and token numbers. */
function contents(cache: GrowingCache): string[] {
  const { data, dims } = cache.feeds()['past_key_values.0.value'] as Tensor;
  const [rows = 0, heads = 0, places = 0] = dims;
  assert.equal(places, cache.capacity);
  return Array.from({ length: rows * heads }, (_, block) =>
    [...(data as Float32Array).subarray(block * places, block * places + cache.used)]
      .map((value) => (value === 0 ? '__' : String.fromCharCode(value) + (value % 1) * 128))
      .join(' '),
  );
}

const twice = (rows: readonly string[]) => rows.flatMap((row) => [row, row]);

describe('the cache that the decoder reads where it lies', () => {
  it('takes prompts in parts, each ending where the longest ends', () => {
    const cache = new GrowingCache(LAYOUT, OUTPUTS, new CacheMemory(), 3, 3);
    const first = cache.prompts([[0]]);
    assert.deepEqual(first.feeds()['past_key_values.0.key']?.dims, [1, 2, 0, 1]);
    first.advance(computed('a', [1, 2, 3]), 3);
    cache.prompts([[1], [2]]).advance(computed('bc', [1, 2]), 2);
    assert.deepEqual(contents(cache), twice(['a1 a2 a3', '__ b1 b2', '__ c1 c2']));
  });

  it('gives a prompt that was read once to all the rows that begin with it', () => {
    const cache = new GrowingCache(LAYOUT, OUTPUTS, new CacheMemory(), 4, 2);
    cache
      .prompts([
        [0, 2],
        [1, 3],
      ])
      .advance(computed('ab', [1, 2]), 2);
    cache.advance(computed('wxyz', [3]), 1);
    assert.deepEqual(contents(cache), twice(['a1 a2 w3', 'b1 b2 x3', 'a1 a2 y3', 'b1 b2 z3']));
  });

  it('puts what all prompts begin with before what is their own, behind the padding of the shorter', () => {
    const cache = new GrowingCache(LAYOUT, OUTPUTS, new CacheMemory(), 3, 4);
    const beginning = cache.beginning();
    assert.deepEqual(beginning.feeds()['past_key_values.0.key']?.dims, [1, 2, 0, 1]);
    beginning.advance(computed('s', [1, 2]), 2);
    const own = cache.prompts([[0, 2], [1]], beginning, [0, 1]);
    assert.deepEqual([own.used, own.paddedFrom], [2, 2]);
    assert.deepEqual(own.feeds()['past_key_values.0.key']?.dims, [2, 2, 2, 1]);
    own.advance(computed('ab', [3, 4]), 2);
    // The second prompt is one token shorter: its first own place was padding.
    assert.deepEqual(contents(cache), twice(['s1 s2 a3 a4', '__ s1 s2 b4', 's1 s2 a3 a4']));
  });

  it('appends token after token beyond the places it has', () => {
    const cache = new GrowingCache(LAYOUT, OUTPUTS, new CacheMemory(), 2, 1);
    cache.prompts([[0], [1]]).advance(computed('ab', [1]), 1);
    const places = cache.capacity;
    for (let token = 2; token <= places + 1; token++) cache.advance(computed('ab', [token]), 1);
    assert.ok(cache.capacity > places);
    const row = (name: string) => Array.from({ length: places + 1 }, (_, i) => `${name}${i + 1}`).join(' ');
    assert.deepEqual(contents(cache), twice([row('a'), row('b')]));
  });

  it('takes a row out by putting the last one in its place', () => {
    const cache = new GrowingCache(LAYOUT, OUTPUTS, new CacheMemory(), 3, 1);
    cache.prompts([[0], [1], [2]]).advance(computed('abc', [1]), 1);
    cache.drop(0);
    cache.advance(computed('cb', [2]), 1);
    assert.deepEqual(contents(cache), twice(['c1 c2', 'b1 b2']));
    cache.drop(1);
    assert.deepEqual(contents(cache), twice(['c1 c2']));
  });
});
