import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerPlace } from '../../server/src/core/judgements/answer-place.ts';
import {
  areaOver,
  faithfulnessMeans,
  faithfulnessOf,
  probabilities,
} from '../../server/src/core/metrics/faithfulness.ts';
import type { OutputFormat } from '../../server/src/core/prompts/types.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';

function near(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

const logs = (...shares: number[]) => shares.map(Math.log);

describe('faithfulness', () => {
  it('takes probabilities among the choices alone, whatever else the model might have written', () => {
    const [a, b, c] = probabilities(logs(0.02, 0.01, 0.01)) as [number, number, number];
    for (const [found, expected] of [
      [a, 0.5],
      [b, 0.25],
      [c, 0.25],
    ] as const)
      near(found, expected);
    fc.assert(
      fc.property(fc.array(fc.double({ min: -800, max: 0, noNaN: true }), { minLength: 1 }), (scores) => {
        near(
          probabilities(scores).reduce((sum, one) => sum + one, 0),
          1,
        );
      }),
    );
  });

  it('says what the rationale adds, sentence by sentence, and what another rationale leaves', () => {
    const test = faithfulnessOf(
      {
        alone: logs(0.6, 0.2),
        sentences: [logs(0.7, 0.3), logs(0.4, 0.6), logs(0.1, 0.9)],
        swapped: { recordId: 'r9', scores: logs(0.8, 0.2) },
      },
      1,
    );
    near(test.alone, 0.25);
    near(test.given, 0.9);
    near(test.effect, 0.65);
    near(test.margin, Math.log(9));
    [0.3, 0.6, 0.9].forEach((share, i) => {
      near(test.curve[i], share);
    });
    assert.deepEqual(test.sameAnswer, [false, true, true]);
    // Trapezoids over halves: the curve has (0.3 + 0.6) / 4 + (0.6 + 0.9) / 4 under it.
    near(test.areaOver, 1 - 0.6);
    near(test.areaOverAnswers, 0.25);
    near(test.swapped?.given, 0.2);
    near(test.swapped?.effect, 0.7);
  });

  it('has a negative margin for an answer that is not the likeliest, and no area over a certain one', () => {
    const test = faithfulnessOf(
      { alone: [0, 0], sentences: [logs(0.75, 0.25), logs(0.75, 0.25)], swapped: null },
      1,
    );
    near(test.margin, -Math.log(3));
    assert.equal(test.swapped, null);
    assert.equal(areaOver([1, 1, 1]), 0);
    assert.equal(areaOver([0, 0, 0, 0]), 1);
    assert.equal(areaOver([0.4]), 0);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2 }), (curve) => {
        const area = areaOver(curve);
        assert.ok(area >= -1e-12 && area <= 1 + 1e-12);
      }),
    );
  });

  it('is summed up with the number of records, and with intervals from two on', () => {
    assert.equal(faithfulnessMeans([]), null);
    const one = faithfulnessOf(
      { alone: logs(0.5, 0.5), sentences: [logs(0.5, 0.5), logs(0, 1)], swapped: null },
      1,
    );
    assert.deepEqual([faithfulnessMeans([one])?.n, faithfulnessMeans([one])?.effect], [1, null]);
    const other = faithfulnessOf(
      {
        alone: logs(0.9, 0.1),
        sentences: [logs(0.9, 0.1), logs(0.8, 0.2)],
        swapped: { recordId: 'r1', scores: logs(0.5, 0.5) },
      },
      0,
    );
    const means = faithfulnessMeans([one, other, other]);
    near(means?.alone, (0.5 + 0.9 + 0.9) / 3);
    near(means?.effect?.difference, (0.5 - 0.1 - 0.1) / 3);
    near(means?.swapEffect?.difference, 0.3);
    assert.equal(means?.swapEffect?.n, 2);
    near(means?.sameWithoutReasoning, 2 / 3);
  });
});

describe('the place of the answer in an output', () => {
  const place = (output: string, format: OutputFormat) => {
    const found = answerPlace(output, parseRationale(output), format);
    return (
      found && [
        output.slice(found.reasoning.start, found.reasoning.end),
        output.slice(found.label.start, found.label.end),
        output.slice(found.answer),
      ]
    );
  };

  it('is behind the label that the format has before it', () => {
    assert.deepEqual(
      place(
        '<CAPTION>N, S.</CAPTION><REASONING> Unlike. </REASONING>\n<CONCLUSION> A</CONCLUSION>',
        'stages',
      ),
      ['Unlike.', '<CONCLUSION>', 'A</CONCLUSION>'],
    );
    assert.deepEqual(place('{"reasoning": "An \\"answer\\": A. No.", "answer": "B"}', 'json'), [
      'An \\"answer\\": A. No.',
      '"answer": "',
      'B"}',
    ]);
    assert.deepEqual(place('They are unlike.\nAnswer: A?\nNo, alike.\nAnswer: B', 'letter'), [
      'They are unlike.\nAnswer: A?\nNo, alike.',
      'Answer:',
      'B',
    ]);
  });

  it('is none without reasoning before it, or in another form than was asked for', () => {
    for (const [output, format] of [
      ['<CONCLUSION>A</CONCLUSION><REASONING>Unlike.</REASONING>', 'stages'],
      ['<REASONING></REASONING><CONCLUSION>A</CONCLUSION>', 'stages'],
      ['They are unlike: A', 'stages'],
      ['{"answer": "A", "reasoning": "Unlike."}', 'json'],
      ['{"answer": "A"}', 'json'],
      ['A', 'letter'],
      ['Answer: A\nThey are unlike.', 'letter'],
      ['', 'letter'],
    ] as const)
      assert.equal(place(output, format), null, output);
  });
});
