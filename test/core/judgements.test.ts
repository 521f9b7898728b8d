import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assertedChoice } from '../../server/src/core/judgements/asserted.ts';
import { judge } from '../../server/src/core/judgements/judge.ts';
import { METHODS } from '../../server/src/core/judgements/methods/table.ts';
import { readAnswer } from '../../server/src/core/judgements/reader.ts';
import type { Prediction } from '../../server/src/core/models/types.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';

const MAGNETS = ['attract', 'repel'];

function reading(output: string, choices: readonly string[] = MAGNETS, indexBase: 0 | 1 | null = null) {
  return readAnswer(output, parseRationale(output), choices, indexBase);
}

/** What was read, as a person would note it: `label B "(B) repel"`, `A or B`, or `nothing`. */
function read(output: string, choices?: readonly string[], indexBase?: 0 | 1 | null): string {
  const { choice, method, span, candidates } = reading(output, choices, indexBase);
  const letter = (n: number) => String.fromCharCode(65 + n);
  if (choice !== null)
    return `${method} ${letter(choice)} ${JSON.stringify(output.slice(span!.start, span!.end))}`;
  return candidates.length > 0
    ? candidates
        .map((c) => letter(c.choice))
        .sort()
        .join(' or ')
    : 'nothing';
}

describe('The answer reader', () => {
  it('reads the example of every method by that method', () => {
    for (const method of METHODS) {
      assert.equal(reading(method.example, MAGNETS, 0).method, method.id, method.example);
      assert.equal(reading(method.example, MAGNETS, 0).choice, 1, method.example);
    }
  });

  it('reads the conclusion stage in whatever form, and nothing outside it', () => {
    assert.equal(read('<CONCLUSION>B</CONCLUSION>'), 'tag B "B"');
    assert.equal(read('<CONCLUSION>The answer is (A) attract.</CONCLUSION>'), 'tag A "(A) attract"');
    assert.equal(read('<CONCLUSION> repel'), 'tag B "repel"');
    assert.equal(read('<CONCLUSION>{"answer": "B"}</CONCLUSION>'), 'tag B "\\"B\\""');
    assert.equal(read('<REASONING>The answer is B.</REASONING><CONCLUSION>both</CONCLUSION>'), 'nothing');
    assert.equal(read('<CONCLUSION>A</CONCLUSION><CONCLUSION>B</CONCLUSION>'), 'A or B');
  });

  it('reads strict JSON, bare, fenced or between prose', () => {
    assert.equal(read('{"answer": "B", "solution": "the answer is A"}'), 'json B "\\"B\\""');
    assert.equal(read('```json\n{"Answer": 1}\n'), 'A or B');
    assert.equal(read('```json\n{"answer": 1}\n```', MAGNETS, 0), 'json B "1"');
    assert.equal(read('Here you are: {"final_answer": "(B) repel"} Bye.'), 'json B "\\"(B) repel\\""');
    assert.equal(read('{"answer": "push", "solution": "The answer is B."}'), 'nothing');
    assert.equal(read('[{"answer": "A"}, {"answer": "B"}]'), 'A or B');
    assert.equal(read('{"answer": true}', ['true', 'false']), 'json A "true"');
  });

  it('reads the answer field of JSON that does not parse as a labelled line', () => {
    assert.equal(read('{"answer": "repel", "solution": "It says "no".",'), 'label B "repel"');
  });

  it('reads labelled lines', () => {
    assert.equal(read('The answer is (B).'), 'label B "(B)"');
    assert.equal(read('**Answer:** B because like poles repel.'), 'label B "B"');
    assert.equal(read('Final answer: \\boxed{B}'), 'label B "B"');
    assert.equal(read('So option B is correct, and A is wrong.'), 'label B "option B"');
    assert.equal(read("Your answer is 'Repel'."), 'label B "Repel"');
    assert.equal(read('The answer is E because it is.'), 'nothing');
    assert.equal(read('The answer is a cat.'), 'nothing');
    assert.equal(read('The answer is a.'), 'nothing');
    assert.equal(read('Answer: a'), 'label A "a"');
  });

  it('takes no denied or conditional answer for one', () => {
    assert.equal(read('The answer is not B.'), 'nothing');
    assert.equal(read("It isn't true that the answer is B."), 'nothing');
    assert.equal(read('If the answer is B, the poles are alike. The answer is A.'), 'label A "A"');
    assert.equal(read('Neither A nor B is correct.'), 'nothing');
    assert.equal(read('The answer is attract or repel.'), 'nothing');
  });

  it('says both when two choices fit', () => {
    assert.equal(read('The answer is A. The answer is B.'), 'A or B');
    assert.equal(read('The correct answer is (0) repel.', MAGNETS, 0), 'A or B');
    assert.equal(read('A. attract\nB. repel'), 'A or B');
    assert.equal(read('The answer is 2.', ['2', '4', '6'], 0), 'A or C');
    assert.equal(read('The answer is C.', ['C', 'N', 'O']), 'A or C');
  });

  it('reads a bare number only where it fits one base, or the base is known', () => {
    assert.equal(read('0'), 'index A "0"');
    assert.equal(read('2'), 'index B "2"');
    assert.equal(read('1'), 'A or B');
    assert.equal(read('1', MAGNETS, 0), 'index B "1"');
    assert.equal(read('1', MAGNETS, 1), 'index A "1"');
    assert.equal(read('(1) repel'), 'index B "(1) repel"');
    assert.equal(read('1. Identify the poles that face each other.', MAGNETS, 0), 'nothing');
  });

  it('reads a number that is itself a choice as that choice, unless the prompt numbered them', () => {
    assert.equal(read('The answer is 2.', ['2', '4', '6']), 'label A "2"');
    assert.equal(read('4', ['2', '4', '6']), 'text B "4"');
  });

  it('reads the words of a choice, and tells near ones apart', () => {
    assert.equal(read('Repel.'), 'text B "Repel"');
    assert.equal(
      read('the Pacific Ocean', ['Pacific Ocean', 'Atlantic Ocean']),
      'text A "the Pacific Ocean"',
    );
    assert.equal(read('two and a half', ['two', 'two and a half']), 'text B "two and a half"');
    assert.equal(read('Dear Mrs. Lee,', ['Dear mrs. Lee,', 'Dear Mrs. Lee,']), 'text B "Dear Mrs. Lee,"');
    assert.equal(read('"Jump In"', ['***Jump In***', '"Jump In"']), 'text B "Jump In\\""');
    assert.equal(read('Jump In', ['***Jump In***', '"Jump In"']), 'A or B');
    assert.equal(read('11 gallons', ['11 cups', '11 gallons']), 'text B "11 gallons"');
    assert.equal(read('11', ['11 cups', '11 gallons'], 0), 'nothing');
  });

  it('reads a mark beside the words of its own choice, once', () => {
    assert.equal(read('These magnets **(B) repel** one another.'), 'pair B "(B) repel"');
    assert.equal(
      read("The word that doesn't rhyme is **(2) thirst**.", ['first', 'chirp', 'thirst']),
      'pair C "(2) thirst"',
    );
    assert.equal(read('The highlighted continent is Asia (1).', ['Europe', 'Asia']), 'pair B "Asia (1)"');
    assert.equal(read('Compare (A) attract with (B) repel.'), 'nothing');
  });

  it('takes any string and any choices, and its spans lie in the output', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        'The answer is ',
        '(',
        'B',
        ')',
        '1',
        '. ',
        '\n',
        'repel',
        '{"answer": ',
        '"',
        '}',
        '<CONCLUSION>',
      ),
    );
    const output = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const choices = fc.array(fc.oneof(fc.constantFrom('repel', '1', 'B', '', '"', '(B'), fc.string()), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(output, choices, fc.constantFrom(0, 1, null), (text, options, base) => {
        const got = reading(text, options, base as 0 | 1 | null);
        const spans = [got.span, ...got.candidates.map((c) => c.span)].filter((span) => span !== null);
        for (const span of spans)
          assert.ok(0 <= span.start && span.start < span.end && span.end <= text.length);
        if (got.choice !== null) assert.ok(got.choice < options.length && got.candidates.length === 0);
        else assert.notEqual(got.candidates.length, 1);
      }),
    );
  }).timeout(20_000);
});

describe('The choice that a reasoning asserts', () => {
  const asserted = (reasoning: string, choices: readonly string[] = MAGNETS) => {
    const output = `<REASONING>${reasoning}</REASONING>`;
    const found = assertedChoice(parseRationale(output).byName.reasoning!, choices);
    return found && `${choices[found.choice]}: ${output.slice(found.span.start, found.span.end)}`;
  };

  it('is the one it states last', () => {
    assert.equal(asserted('N and N are like poles. The answer is repel.'), 'repel: repel');
    assert.equal(asserted('The answer is attract. No: the answer is (B).'), 'repel: (B)');
    assert.equal(asserted('Option A is wrong. Option B is correct.'), 'repel: Option B');
    assert.equal(asserted('The picture has 3 apples. The answer is 3.', ['2', '3', '4']), '3: 3');
  });

  it('is none when it only mentions, denies or doubts', () => {
    assert.equal(asserted('Like poles repel.'), null);
    assert.equal(asserted('The answer is not attract.'), null);
    assert.equal(asserted('Option B is wrong.'), null);
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
