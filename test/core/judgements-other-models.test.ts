import assert from 'node:assert/strict';
import { readAnswer } from '../../server/src/core/judgements/reader.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';

const MAGNETS = ['attract', 'repel'];
const ANIMALS = ['a fish', 'a frog', 'a bird', 'a snake'];
const STATES = ['Maine', 'North Dakota', 'Oregon', 'New Mexico'];
const STONES = ['rock', 'mineral'];
const NUMBERS = ['2', '3', '4', '5'];

/** The letter that is read, both letters where two are, or a dash. */
function read(output: string, choices: readonly string[], indexBase: 0 | 1 | null): string {
  const { choice, candidates } = readAnswer(output, parseRationale(output), choices, indexBase);
  const letter = (index: number) => String.fromCharCode(65 + index);
  if (choice !== null) return letter(choice);
  return candidates.length === 0
    ? '-'
    : candidates
        .map((one) => letter(one.choice))
        .sort()
        .join('/');
}

function says(
  expected: string,
  outputs: readonly string[],
  choices: readonly string[] = MAGNETS,
  indexBase: 0 | 1 | null = null,
): void {
  for (const output of outputs)
    assert.equal(read(output, choices, indexBase), expected, JSON.stringify(output));
}

/** Forms in which vision-language models of many kinds answer; B is "repel" unless other choices are named. */
describe('What other models write', () => {
  it('behind their thinking', () => {
    says('B', [
      '<think>Option A says attract. But like poles repel, so B.</think>\nB',
      '<think>Is it A? The answer is A. Wait, no.</think>\n\nThe answer is B.',
      'The answer is A, or is it?</think>\n\nThe answer is B.',
      '◁think▷ The answer is A ◁/think▷ The answer is B',
    ]);
    says('-', ['<think>The answer is A.</think> I cannot tell.']);
  });

  it('in tags', () => {
    says('B', [
      '<answer>B</answer>',
      '<think>The answer is A.</think><answer>B</answer>',
      '<Answer>\n(B) repel\n</Answer>',
      '<answer> B </answer></s>',
      '<final_answer>B</final_answer>',
      '<ans>B</ans>',
      '<answer>B',
      '<CONCLUSION><answer>B</answer></CONCLUSION>',
      '<conclusion>b</conclusion>',
      '<CONCLUSION>\\boxed{B}</CONCLUSION>',
      '<|begin_of_conclusion|>B<|end_of_conclusion|>',
    ]);
    says('A', ['<REASONING>Like poles repel, so the answer is B.</REASONING><CONCLUSION> A </CONCLUSION>']);
    says('A/B', ['<answer>A</answer> <answer>B</answer>']);
  });

  it('in LaTeX and Markdown', () => {
    says('B', [
      'Reasoning: like poles. \\boxed{B}',
      '$\\boxed{\\text{(B) repel}}$',
      'The final answer is: $\\boxed{repel}$',
      'Answer: $B$',
      '**Answer:** **B. repel**',
      'The answer is: **B**',
      '### Answer\nB',
      '## Final Answer\n\n**B) repel**',
      '```json\n"B"\n```',
      '- B. repel',
      '• B. repel',
      '✅ B. repel',
      'The answer is `B`.',
      'The answer is <B>.',
    ]);
  });

  it('as a letter, an option, a label', () => {
    says('B', [
      ...[
        'B',
        'b',
        '(b)',
        'B)',
        'b.',
        '[B]',
        '{B}',
        "'B'",
        'B: repel',
        'B – repel',
        'option b',
        'Option (B)',
        'Letter B',
      ],
      ...[
        'The correct choice is (b).',
        'Correct option: B',
        'The most accurate choice is B',
        'The option that matches is B.',
      ],
      ...[
        'ANS: B',
        'Ans. (B)',
        'Solution: B',
        'Choice: B',
        'Selected: B',
        '[ANSWER] B',
        'Answer -> B',
        'Answer – B',
      ],
      ...[
        'Your answer is: B.',
        'The answer is the B.',
        'The answer is most likely B.',
        'The answer is letter B.',
      ],
      ...[
        'B is the answer',
        '"B" is the answer',
        'A is wrong; B is right.',
        'Option A is incorrect.\nOption B is correct.',
      ],
      ...[
        'It is B.',
        'I believe it is B.',
        'Probably B.',
        'I would say B.',
        'Therefore, B.',
        'This corresponds to option B.',
      ],
      'Looking at the poles, I see N and N. Therefore: B. repel',
      'I am unable to view the image, but based on the question the answer is likely B.',
      'Context: N/A\nQuestion: Will they?\nOptions: (A) attract (B) repel\nAnswer: The answer is B.',
    ]);
  });

  it('on the last line', () => {
    says('B', [
      'The north poles face each other, so they push apart.\nB',
      'The north poles face each other, so they push apart.\n\n(B)',
      'The north poles face each other, so they push apart. B',
      'Look at the poles. North faces north. Like poles push.\n\n**repel**',
      'A) attract\nB) repel\n\nB',
    ]);
    says('-', [
      'The north poles face each other, so they push apart. A',
      'Which is it of these?\n1. attract\n2. repel',
    ]);
  });

  it('in words, of what the thing does or is', () => {
    says('B', [
      'Repel each other',
      'They repel',
      'The magnets will repel each other because like poles face each other. Opposite poles attract.',
      'Repel. Opposite poles attract, and these are like poles.',
      'The magnets will not attract; they will repel.',
    ]);
    says('A', ['These magnets will attract each other since opposite poles face; like poles would repel.']);
    says('-', [
      'Magnets attract and repel.',
      'They will attract or repel depending on the poles.',
      'The two magnets attract or repel each other.',
    ]);
    says(
      'A',
      [
        'We look at the compass rose. Maine is farthest east.',
        'Of the states listed, Maine is farthest east.',
      ],
      STATES,
    );
    says('A', ['Shale is not a mineral. It is a rock.', 'Shale is a rock, not a mineral.'], STONES);
    says('A', ["It's a fish, not a frog."], ANIMALS);
    says('A', ['Biotite is a mineral, so yes.', 'Yes.', 'I would say yes.'], ['yes', 'no']);
    says('B', ['Sample B has the higher temperature.'], ['sample A', 'sample B', 'neither']);
    says('C', ['There are 4 apples.', '4', 'The answer is 4.', 'I count 4 in the picture.'], NUMBERS);
    says('-', ['There are 3 red and 4 green ones.', 'There are 7.'], NUMBERS);
  });

  it('in JSON of their own making', () => {
    says('B', [
      ...[
        '{"response": "B"}',
        '{"result": "B"}',
        '{"Final Answer": "B. repel"}',
        '{"selected_option": "B"}',
        '{"A": false, "B": true}',
      ],
      '{"reasoning": "The answer is A", "final_answer": "B"}',
      '{"question": "Will they?", "choices": ["attract", "repel"], "answer": "repel"}',
    ]);
    says('A', ['{"yes": true, "solution": "Yes, it is there."}'], ['yes', 'no']);
    says('-', ['{"answer": null}', '{"answer": "None"}', '{"A": 0.1, "B": 0.9}']);
  });

  it('in Chinese, Japanese and Korean', () => {
    says('B', [
      ...[
        '答案选B',
        '选B',
        '故选B。',
        '故答案为：B',
        '综上所述，选择B选项。',
        'B选项正确',
        '因此，正确答案是B。repel',
        '正確答案：B',
      ],
      ...[
        '答えはBです。',
        '正解は「B」です',
        '選択肢Bが正解です',
        'Bが正しいです',
        '답은 B입니다.',
        '정답: B',
      ],
    ]);
    says('B', ['答えは2です'], MAGNETS, 1);
    says('B', ['它们会互相排斥。', '正确答案是排斥。', '排斥'], ['吸引', '排斥']);
    says('B', ['反発する', '正解はB. 反発する'], ['引き合う', '反発する']);
  });

  it('in Spanish, German, French and other languages', () => {
    says('B', [
      ...['La opción correcta es la B.', 'La respuesta correcta es la opción B.', 'La respuesta es B'],
      ...['Lösung: B', 'Richtig ist B.', 'Option B ist richtig.', 'Die richtige Antwort lautet B'],
      ...['La réponse correcte est la B.', "C'est la réponse B.", 'La bonne réponse est B'],
      ...[
        'A resposta é B',
        'La risposta corretta è B',
        'Ответ - B',
        'الإجابة هي B',
        'الإجابة الصحيحة هي ب',
        'सही उत्तर B है',
        'Cevap: B',
        'Đáp án B',
      ],
    ]);
    says('B', ['Los imanes se repelen.'], ['se atraen', 'se repelen']);
  });

  it('by number, as the prompt counted', () => {
    says('B', ['2', '(2)', 'Option 2', 'number 2', 'The answer is 2: repel'], MAGNETS, 1);
    says('B', ['1', '[1]', 'choice 1', 'Answer: number 1', '{"index": 1}'], MAGNETS, 0);
    says('-', ['3', 'Option 3'], MAGNETS, 1);
  });

  it('names several choices and is none', () => {
    says('A/C', ['A, C', 'Answer: A, C', '{"answer": "A, C"}'], ANIMALS);
    says(
      '-',
      [
        'The answer is A and C.',
        'Both A and C',
        'Both (A) and (C) are correct.',
        'All of the above',
        'None of the above',
      ],
      ANIMALS,
    );
  });

  it('repeats the choices and answers nothing', () => {
    says('A/B', [
      'A. attract\nB. repel',
      'A. attract, B. repel',
      '(A) attract (B) repel',
      'Answer: A. attract\nB. repel',
    ]);
    says(
      'A/B/C/D',
      ['Maine\nNorth Dakota\nOregon\nNew Mexico', 'Maine, North Dakota, Oregon, New Mexico'],
      STATES,
    );
    says('A/B', ['{"A": "attract", "B": "repel"}']);
  });

  it('repeats the choices and then answers', () => {
    says('B', [
      'A. attract\nB. repel\n\nAnswer: B',
      'The options are A. attract and B. repel. I pick B.',
      '(B)\n\n(A) attract\n(B) repel',
      'B.\nA. attract\nB. repel',
      'Answer: B. repel\n\nA. attract is wrong because like poles repel.',
      '**Step 1:** A. attract: This is incorrect.\nB. repel: This is correct.\n\n*Answer*: B',
    ]);
  });

  it('takes back, denies or doubts', () => {
    says('A/B', ['The answer is A. Wait, I made a mistake. The answer is B.']);
    says('-', [
      'A? No, B.',
      'Not A.',
      'It is not B.',
      'The answer is not B.',
      'Either A or B.',
      'It depends on the poles.',
    ]);
    says('-', ['Option A: attract - wrong.', '选项A是错误的。']);
    says('A', ['B is incorrect, so the answer is A.']);
  });

  it('refuses, or says nothing to the matter', () => {
    says('-', [
      "I'm sorry, but I can't see the image.",
      "As an AI language model, I can't view images. However, like poles repel.",
      'The image does not show any magnets, so I cannot determine whether they attract or repel.',
      ...[
        'N/A',
        'Unknown',
        "I don't know.",
        'Not enough information.',
        'A picture of two magnets.',
        'A man is standing.',
      ],
      ...['the the the', '!!!!', '<unk><unk>', 'E', '(C)', 'The answer is D.', 'I'],
    ]);
  });
});
