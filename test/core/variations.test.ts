import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';
import { VARIATIONS, variationOf } from '../../server/src/core/records/variations/index.ts';

const record = (change: object, id = 'r'): DatasetRecord => {
  const fields = { question: 'Which is a metal?', choices: ['oak', 'iron'], answer: 1, hint: '', ...change };
  const { chunks } = DatasetDocument.create(JSON.stringify({ [id]: fields }));
  return chunks.find(({ source }) => source !== null)?.source?.record as DatasetRecord;
};
const vary = (variation: string, change: object, id?: string) =>
  variationOf(variation).vary(record(change, id));

describe('Variations of a record', () => {
  it('move every choice, and the gold answer with its choice', () => {
    const choices = ['north', 'east', 'south', 'west'];
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      const varied = vary('choices-moved', { choices, answer: 2 }, id);
      assert.ok(varied?.places);
      assert.equal(varied.record.choices[varied.record.answer as number], 'south');
      varied.places.forEach((place, position) => {
        assert.equal(varied.record.choices[position], choices[place]);
        assert.notEqual(place, position);
      });
    }
    assert.equal(vary('choices-moved', { choices: ['only'] }), null);
  });

  for (const [before, after] of [
    ['Select the picture that is shown below.', 'Choose the image that is displayed underneath.'],
    // "image" is a term here, since a choice says it, too.
    ['Which word means picture?', null],
  ] as const) {
    it(`exchange words for others that mean the same: ${before}`, () => {
      const choices = after === null ? ['picture', 'sound'] : ['a', 'b'];
      assert.equal(vary('synonyms', { question: before, choices })?.record.question ?? null, after);
    });
  }

  it('leave out words that carry no meaning of their own, one in ten, and no others', () => {
    const question =
      'Which of the following is not a property of the metal that is shown in the picture above?';
    const kept = vary('words-deleted', { question })?.record.question.split(' ') ?? [];
    assert.equal(question.split(' ').length - kept.length, 2);
    for (const word of ['Which', 'not', 'property', 'metal']) assert.ok(kept.includes(word), word);
    assert.equal(vary('words-deleted', { question: 'Which metal?' }), null);
  });

  it('are the same whenever they are made, never touch what gives the answer, and never throw', () => {
    const words = fc.array(fc.constantFrom('the', 'picture', 'not', 'is', 'which', '7', 'Ä', '\n'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(
        words,
        fc.array(fc.string(), { maxLength: 6 }),
        fc.integer({ min: -1, max: 7 }),
        (text, choices, answer) => {
          const before = record({ question: text.join(' '), choices, answer });
          for (const variation of VARIATIONS) {
            const varied = variation.vary(before);
            assert.deepEqual(varied, variation.vary(before));
            if (!varied) continue;
            const gold = (one: DatasetRecord) => (one.answer === null ? undefined : one.choices[one.answer]);
            assert.equal(gold(varied.record), gold(before));
            assert.equal(varied.record.solution, before.solution);
            const count = (all: string, word: string) =>
              all.split(/\s+/).filter((one) => one === word).length;
            for (const word of ['not', '7']) {
              assert.equal(count(varied.record.question, word), count(before.question, word));
            }
          }
        },
      ),
    );
  });
});
