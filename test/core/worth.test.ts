import assert from 'node:assert/strict';
import { mostWorthALook } from '../../server/src/core/annotations/worth.ts';

const finding = (rule: string, recordId: string) => ({ rule, recordId });
const names = (findings: { rule: string; recordId: string }[]) =>
  findings.map(({ rule, recordId }) => `${rule} ${recordId}`);

describe('the findings most worth a look', () => {
  const many = ['1', '2', '3', '4', '5'].map((id) => finding('wrong-answer', id));

  it('start with the rule that fires least', () => {
    assert.deepEqual(names(mostWorthALook([...many, finding('repetition', '9')], 2)), [
      'repetition 9',
      'wrong-answer 1',
    ]);
  });

  it('let the rules take turns', () => {
    const some = ['6', '7', '8'].map((id) => finding('missing-stage', id));
    const chosen = names(mostWorthALook([...many, ...some], 4));
    assert.deepEqual(chosen, ['missing-stage 6', 'wrong-answer 1', 'missing-stage 7', 'wrong-answer 2']);
  });

  it('name each record once', () => {
    assert.deepEqual(names(mostWorthALook([...many, finding('repetition', '1')], 10)), [
      'repetition 1',
      'wrong-answer 2',
      'wrong-answer 3',
      'wrong-answer 4',
      'wrong-answer 5',
    ]);
  });
});
