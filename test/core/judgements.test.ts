import assert from 'node:assert/strict';
import { assertedChoice } from '../../server/src/core/judgements/asserted.ts';
import { judge } from '../../server/src/core/judgements/judge.ts';
import type { Prediction } from '../../server/src/core/models/types.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';

const MAGNETS = ['attract', 'repel'];

describe('The choice that a reasoning asserts', () => {
  const asserted = (reasoning: string, choices: readonly string[] = MAGNETS) => {
    const output = `<REASONING>${reasoning}</REASONING>`;
    const found = assertedChoice(output, parseRationale(output), choices);
    return found && `${choices[found.choice]}: ${output.slice(found.span.start, found.span.end)}`;
  };

  it('is the one it states last', () => {
    assert.equal(asserted('N and N are like poles. The answer is repel.'), 'repel: repel');
    assert.equal(asserted('The answer is attract. No: the answer is (B).'), 'repel: (B)');
    assert.equal(asserted('Option A is wrong. Option B is correct.'), 'repel: Option B');
    assert.equal(asserted('The picture has 3 apples. The answer is 3.', ['2', '3', '4']), '3: 3');
  });

  it('is the one that is left when it rejects all others', () => {
    const three = ['attract', 'repel', 'nothing'];
    assert.equal(asserted('Option B is wrong.'), 'attract: Option B');
    assert.equal(asserted('The answer is not attract.'), 'repel: attract');
    assert.equal(
      asserted('"Attract" is incorrect. "Nothing" can be ruled out.', three)?.slice(0, 5),
      'repel',
    );
    assert.equal(asserted('The answer is not attract but nothing.', three), 'nothing: nothing');
    assert.equal(asserted('The answer is repel. But repel is not correct.', three), null);
    assert.equal(asserted('They face each other, so they attract.', three), 'attract: attract');
  });

  it('is none when it only mentions, denies or doubts', () => {
    assert.equal(asserted('Like poles repel.'), null);
    assert.equal(asserted('The answer is not attract.', ['attract', 'repel', 'nothing']), null);
    assert.equal(asserted('Option B is wrong.', ['attract', 'repel', 'nothing']), null);
    assert.equal(asserted('If the answer is repel, the poles are alike.'), null);
    assert.equal(asserted('The answer is attract or repel.'), null);
  });
});

describe('The verdict', () => {
  const verdict = (output: string, answer: number | null, change: Partial<Prediction> = {}) => {
    const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
    const prediction: Prediction = { key: 'k', output, finishReason: 'stop', usage, ...change };
    const rationale = parseRationale(output);
    return judge({ recordId: '1', choices: MAGNETS, answer, prediction, rationale }).verdict;
  };

  it('is correct, wrong, unmapped, no-output, failed or ungraded', () => {
    assert.equal(verdict('B', 1), 'correct');
    assert.equal(verdict('B', 0), 'wrong');
    assert.equal(verdict('They do something.', 0), 'unmapped');
    assert.equal(verdict(' \n', 0), 'no-output');
    assert.equal(verdict('', 0, { finishReason: 'error', error: 'The model host died.' }), 'failed');
    assert.equal(verdict('B', null), 'ungraded');
    assert.equal(verdict('B', 7), 'ungraded');
  });

  it('comes with the contradiction between reasoning and conclusion, where both speak', () => {
    const contradiction = (output: string) =>
      judge({
        recordId: '1',
        choices: MAGNETS,
        answer: 0,
        prediction: {
          key: 'k',
          output,
          finishReason: 'stop',
          usage: { promptTokens: 0, imageTokens: 0, outputTokens: 0 },
        },
        rationale: parseRationale(output),
      }).contradiction;
    assert.equal(
      contradiction('<REASONING>The answer is attract.</REASONING><CONCLUSION>B</CONCLUSION>'),
      true,
    );
    assert.equal(
      contradiction('<REASONING>The answer is repel.</REASONING><CONCLUSION>B</CONCLUSION>'),
      false,
    );
    assert.equal(contradiction('<REASONING>Like poles.</REASONING><CONCLUSION>B</CONCLUSION>'), null);
    assert.equal(contradiction('B'), null);
  });
});
