import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judge } from '../../server/src/core/judgements/judge.ts';
import { METHODS } from '../../server/src/core/judgements/methods/table.ts';
import { readAnswer } from '../../server/src/core/judgements/reader.ts';
import type { Prediction } from '../../server/src/core/models/types.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import { thorough } from './thoroughness.ts';

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
      const got = reading(method.example, method.among ?? MAGNETS, 0);
      assert.equal(got.method, method.id, method.example);
      assert.equal(got.choice, method.among ? 0 : 1, method.example);
      assert.ok(got.confidence > 0 && got.confidence <= method.confidence, method.id);
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

  it('reads JSON that does not parse, with spans in the output as it is', () => {
    const repaired = (output: string) => read(output, MAGNETS, 0).replace(/^repaired-json (\w) .*/, '$1');
    assert.equal(read('{"answer": "repel", "solution": "It says "no".",'), 'repaired-json B "\\"repel\\""');
    for (const output of [
      "{'answer': 'B'}",
      '{“answer”: “B”, “solution”: “like poles”}',
      '{{"answer": "B"}}',
      '{""answer"": ""B""}',
      '{answer: B}',
      '{"answer": B, "solution": because}',
      '{"answer": "B",, }',
      '{"answer": "B" "solution": "It is so."}',
      '{"answer": "B, \n"solution": "It is so."}',
      '{"answer": "repel", "solution": "It\nsays "no" and',
      "{'answer': '\"repel\"', 'solution': 'x'}",
      '{"answer": "B"\n',
    ])
      assert.equal(repaired(output), 'B', output);
  });

  it('reads answers in objects and lists of their own, and under other keys', () => {
    assert.match(read('{"answer": {"text": "repel", "reason": "attract is wrong"}}'), /^json B/);
    assert.match(read('{"answer": ["repel"]}'), /^json B/);
    assert.match(read('{"ans": "B"}'), /^json B/);
    assert.match(read('{"final_answer": "B"}'), /^json B/);
    assert.match(read('{"answer_text": "repel", "answer_letter": "B"}'), /^json B/);
    assert.match(read('{"response": {"answer": "B"}, "choices": ["attract", "repel"]}'), /^json B/);
    assert.match(read('{"choice": "A", "answer": "B"}'), /^json B/);
    assert.match(read('{"option": "B"}'), /^json B/);
    assert.match(read('{"prediction": "repel"}'), /^json B/);
    assert.match(read('{"答案": "B"}'), /^json B/);
    assert.match(read('{"force": "repel", "why": "like poles"}'), /^json B/);
    assert.equal(read('{"answer": ["attract", "repel"]}'), 'A or B');
    assert.equal(read('{"answer": "pull", "choice": "B"}').slice(0, 6), 'json B');
  });

  it('reads only what the model said in its own turn', () => {
    assert.equal(read('B<|im_end|>\n<|im_start|>user\nAnd now? The answer is A.'), 'letter B "B"');
    assert.equal(read('The answer is B.</s>[INST] Next. [/INST] The answer is A.'), 'label B "B"');
    assert.equal(read('The answer is B.<end_of_turn>A'), 'label B "B"');
    assert.equal(read('The answer is B.\nUSER: Sure?\nASSISTANT: The answer is A.'), 'label B "B"');
    assert.equal(read('Answer: B\n\nQuestion: Which?\nAnswer: A'), 'label B "B"');
    assert.equal(read('Question: Which?\nAnswer: B'), 'label B "B"');
    assert.equal(read('[INST] Is it A? [/INST] The answer is B.'), 'label B "B"');
    assert.equal(read('ASSISTANT: B'), 'letter B "B"');
    assert.equal(read('I look.\n### Question: Which?\nThe answer is A.'), 'nothing');
    assert.equal(read('{</s>\n{"answer": "B"}'), 'json B "\\"B\\""');
    assert.equal(read('<CONCLUSION>B</CONCLUSION></s>[INST]<CONCLUSION>A</CONCLUSION>'), 'tag B "B"');
  });

  it('reads labels in other languages and letters and digits in other scripts', () => {
    for (const output of [
      '答案是B',
      '正确答案：B',
      '选项编号为1，因为同极相斥',
      '选择 B',
      '正解はBです',
      '정답은 B입니다',
      'Antwort: B',
      'Die richtige Antwort ist B.',
      'La respuesta correcta es B.',
      'Réponse : (B)',
      'A resposta correta é (B).',
      'Ответ: Б',
      'الإجابة: B',
      '答案是（Ｂ）',
      '（Ｂ）repel',
      'The answer is ①.',
      '【答案】B',
    ])
      assert.match(read(output, MAGNETS, 0), /^(?:label|letter|pair) B /, output);
    assert.equal(read('Ответ: В', ['a', 'b', 'c']), 'B or C');
    assert.match(read('答案是太平洋。', ['大西洋', '太平洋']), /^label B/);
  });

  it('reads a field "ANSWER:" before anything its explanation says', () => {
    assert.equal(read('ANSWER: (1) repel\nSOLUTION: attract is correct.', MAGNETS, 0), 'label B "(1) repel"');
    assert.equal(read('ANSWER: B\nSOLUTION: The correct term is attract.'), 'label B "B"');
    assert.equal(read('Answer: None\nSOLUTION: Neither of the choices.'), 'nothing');
    assert.equal(read('Answer is option 2', MAGNETS, 1), 'label B "option 2"');
    assert.equal(read('The answer is not A but B.'), 'label B "B"');
    assert.equal(read('The correct reaction is **(B) repel**.'), 'label B "(B) repel"');
  });

  it('reads a choice that is named once, where it is not denied', () => {
    const birds = ['a red-necked grebe', 'a grebe', 'a white stork'];
    assert.equal(read('The bird is a white stork.', birds).slice(0, 11), 'contained C');
    assert.equal(read('The picture shows a red-necked grebe in water.', birds).slice(0, 11), 'contained A');
    assert.equal(
      read("The word that doesn't rhyme is **hate**. Truck and duck do.", ['truck', 'duck', 'hate']),
      'contained C "hate"',
    );
    assert.equal(read('It is not a white stork.', birds), 'nothing');
    assert.equal(read('A white stork is wrong.', birds), 'nothing');
    assert.equal(read('An example would be a white stork.', birds), 'nothing');
    assert.equal(read('These magnets attract, then repel.'), 'nothing');
    assert.equal(read('Yes we see no difference here.', ['yes', 'no']), 'nothing');
  });

  it('reads a piece of one choice, and no piece that means another thing', () => {
    const fallacies = ['ad hominem: an attack on the person', 'straw man: an attack on another claim'];
    assert.equal(read('{"answer": "ad hominem"}', fallacies).slice(0, 6), 'json A');
    assert.equal(read('The answer is 105.', ['105°F', '95°F'], 0), 'label A "105."');
    assert.equal(read('The answer is 50.', ['50 metres', '50 miles'], 0), 'nothing');
    assert.equal(
      read('{"answer": "Both are physical changes."}', [
        'Both are only physical changes.',
        'Both are chemical changes.',
      ]).slice(0, 6),
      'json A',
    );
    assert.equal(read('{"answer": "It is a solid"}', ['It is not a solid.', 'It is a mineral.']), 'nothing');
    assert.equal(read('{"answer": "tiger"}', ['tiger shark', 'zebra']), 'nothing');
    assert.equal(read('The answer is No.', ['No one lives there.', 'He left.']), 'nothing');
    assert.equal(read('The second option'), 'ordinal B "The second option"');
    assert.equal(read('{"answer": "The second."}').slice(0, 6), 'json B');
    assert.equal(read('The second text means it in its nontraditional sense.'), 'nothing');
    assert.equal(read('The first text is less formal than the second text.'), 'nothing');
    assert.equal(read('The answer is the first text.').slice(0, 7), 'label A');
  });

  it('reads a lone bracketed number, and none that is denied', () => {
    assert.equal(read('The cooler one (1) has less.', MAGNETS, 0), 'mark B "(1)"');
    assert.equal(read('The cooler one (1) is incorrect.', MAGNETS, 0), 'nothing');
    assert.equal(read('First (0) look, then (1) think.', MAGNETS, 0), 'nothing');
  });

  it('maps no refusal and no hedge', () => {
    for (const output of [
      'I cannot determine the answer without the image.',
      'ANSWER: Cannot be determined',
      "I'm sorry, but the picture is not provided. If they were alike, the answer would be (B) repel.",
      'The question is flawed: these poles neither attract nor repel.',
      'None of the choices is right; they do not attract.',
      'Please provide the image. I need to see whether they attract.',
    ])
      assert.equal(read(output), 'nothing', output);
  });

  it('says how an index was counted', () => {
    assert.deepEqual(reading('The answer is 1.', MAGNETS, 0).indexBase, { value: 0, source: 'prompt' });
    assert.deepEqual(reading('2').indexBase, { value: 1, source: 'assumed' });
    assert.deepEqual(reading('0').indexBase, { value: 0, source: 'assumed' });
    assert.equal(reading('B', MAGNETS, 0).indexBase, null);
    assert.equal(reading('(1) repel').indexBase, null, 'the words decide');
    const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
    const prediction: Prediction = { key: 'k', output: '1', finishReason: 'stop', usage };
    const rationale = parseRationale('1');
    const judged = judge({
      recordId: '1',
      choices: MAGNETS,
      answer: 1,
      prediction,
      rationale,
      indexBase: 0,
      baseSource: 'option',
    });
    assert.deepEqual(judged.reading.indexBase, { value: 0, source: 'option' });
  });

  it('tells 26 choices apart', () => {
    const words = Array.from({ length: 26 }, (_, i) => `thing number ${String.fromCharCode(97 + i)}x`);
    assert.equal(reading('The answer is Z.', words).choice, 25);
    assert.equal(reading('(25)', words, 0).choice, 25);
    assert.equal(reading('26', words, 1).choice, 25);
    assert.equal(reading('26', words, 0).choice, null);
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
    assert.equal(read('The answer is attract or repel.'), 'A or B');
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
        '</s>',
        '[INST]',
        '\nUSER: ',
        "'",
        '“',
        ':',
        ',',
        '[',
        'not ',
        '答案是',
        '（Ｂ）',
        'the second option',
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

  it('reads outputs of a megabyte, whatever they repeat', () => {
    const length = thorough(1_000_000, 200_000);
    const pieces = [
      ['The answer is B. ', 'B'],
      ['B\n', 'B'],
      ['(1) ', 'B'],
      ...[
        '{',
        '["',
        '"',
        '\\',
        ' ',
        '*',
        '{a: ',
        '{"k" ',
        '<CONCLUSION>',
        '[INST]',
        '\nUSER: ',
        ' \n',
        ' is correct',
      ],
      ...['{"answer": "', 'the answer to ', 'attract and ', '[{"a":1},', '{"a":"x" ', ',\n ', '（'],
    ];
    for (const piece of pieces) {
      const [text, says] = typeof piece === 'string' ? [piece, null] : piece;
      for (const before of ['', '{"answer": "']) {
        const output = before + text!.repeat(Math.ceil(length / text!.length));
        const { choice } = reading(output, MAGNETS, 0);
        if (before === '') assert.equal(choice, says ? 1 : null, text!);
      }
    }
  }).timeout(60_000);
});
