import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkRecord } from '../../server/src/core/annotations/engine.ts';
import { looksLikeDataset } from '../../server/src/core/pipeline/shapes.ts';
import { readPromptFile } from '../../server/src/core/prompts/prompt-file.ts';
import { renderPrompt } from '../../server/src/core/prompts/render.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { askedText, repliedChoice } from '../../server/src/core/records/turn-choices.ts';
import type { DatasetRecord, RecordSource } from '../../server/src/core/records/types.ts';

const root = join(import.meta.dirname, '../..');

function sources(text: string): RecordSource[] {
  return DatasetDocument.create(text).chunks.flatMap(({ source }) => source ?? []);
}

function only(value: object): { source: RecordSource; text: string } {
  const text = JSON.stringify(value);
  const [source] = sources(text);
  return { source: source as RecordSource, text };
}

const turns = (human: string, gpt: string) => [
  { from: 'human', value: human },
  { from: 'gpt', value: gpt },
];
const LLAVA = {
  id: '1',
  image: '1/image.png',
  conversations: turns(
    '<image>\nContext: A compass.\nWhich way is north?\nA. up\nB. down\nAnswer with the letter.',
    'B',
  ),
};
const STAGES =
  '<SUMMARY>I look.</SUMMARY>\n\n<CAPTION>A cat.</CAPTION>\n\n<REASONING>It purrs.</REASONING>\n\n<CONCLUSION>A</CONCLUSION>';
const MESSAGES = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: '<image>Describe it.' },
    { role: 'assistant', content: 'A map.' },
    { role: 'user', content: 'Of what?' },
    { role: 'assistant', content: 'Of Rome.' },
  ],
  images: ['a.jpg'],
};

describe('a conversation is read as a record', () => {
  const asked = ({ question, choices, answer, image, solution, conversation }: DatasetRecord) => ({
    ...{ question, choices, answer, image, solution },
    conversation,
  });

  it('of LLaVA, with the choices on lines of their own', () => {
    assert.deepEqual(asked(only(LLAVA).source.record), {
      question: 'Context: A compass.\nWhich way is north?\nAnswer with the letter.',
      choices: ['up', 'down'],
      answer: 1,
      image: '1/image.png',
      solution: 'B',
      conversation: { images: 1, imageTokens: 1 },
    });
  });

  it('of LLaVA-CoT, with the answer in the conclusion', () => {
    const record = { id: 2, conversations: turns('Which is it?\nOptions: (A) a cat, (B) a dog', STAGES) };
    assert.deepEqual(asked(only(record).source.record), {
      question: 'Which is it?',
      choices: ['a cat', 'a dog'],
      answer: 0,
      image: null,
      solution: STAGES,
      conversation: { images: 0, imageTokens: 0 },
    });
  });

  it('of messages with images; the first question counts, and it is open', () => {
    assert.deepEqual(asked(only(MESSAGES).source.record), {
      question: 'Describe it.',
      choices: [],
      answer: null,
      image: 'a.jpg',
      solution: 'A map.',
      conversation: { images: 1, imageTokens: 1 },
    });
  });

  it('of ShareGPT, `conversations` beside `images`', () => {
    const { record } = only({
      conversations: turns('<image><image>Same?', 'Yes.'),
      images: ['a', 'b'],
    }).source;
    assert.deepEqual(asked(record).conversation, { images: 2, imageTokens: 2 });
    assert.equal(record.question, 'Same?');
  });

  it('of parts, the images among them included', () => {
    const content = [
      { type: 'image', image: 'a.png' },
      { type: 'text', text: 'What is it?' },
    ];
    const { record } = only({ messages: [{ role: 'user', content }] }).source;
    assert.equal(record.question, 'What is it?');
    assert.equal(record.image, 'a.png');
    assert.deepEqual(record.conversation, { images: 1, imageTokens: 1 });
  });

  it('in a list, by line, and in an object by id alike', () => {
    const expected = [LLAVA, { ...LLAVA, id: '2' }].map((record) => only(record).source.record);
    for (const text of [
      JSON.stringify([LLAVA, { ...LLAVA, id: '2' }]),
      JSON.stringify([LLAVA, { ...LLAVA, id: '2' }], null, 2),
      `${JSON.stringify(LLAVA)}\n${JSON.stringify({ ...LLAVA, id: '2' })}\n`,
      JSON.stringify({ 1: LLAVA, 2: LLAVA }, null, 2),
    ]) {
      const read = sources(text);
      assert.deepEqual(
        read.map(({ record }) => record),
        expected,
      );
      assert.deepEqual(
        read.flatMap(({ problems }) => problems),
        [],
      );
    }
  });

  it('by its line where it has no id', () => {
    const line = JSON.stringify(MESSAGES);
    assert.deepEqual(
      sources(`${line}\n${line}\n`).map(({ record }) => record.id),
      ['0', '1'],
    );
  });

  it('with its fields where they are written', () => {
    const { source, text } = only(LLAVA);
    const at = (field: string) => {
      const { start, end } = source.fields.get(field)?.value ?? { start: 0, end: 0 };
      return JSON.parse(text.slice(start, end));
    };
    assert.equal(at('question'), LLAVA.conversations[0]?.value);
    assert.equal(at('conversations[0].value'), LLAVA.conversations[0]?.value);
    assert.equal(at('solution'), 'B');
    assert.equal(at('image'), '1/image.png');
    assert.equal(source.fields.has('answer'), false);
  });

  it('but not where a question or choices are written themselves', () => {
    const { record } = only({ ...LLAVA, question: 'Which?', choices: ['a', 'b'], answer: 0 }).source;
    assert.equal(record.question, 'Which?');
    assert.equal(record.conversation, undefined);
  });
});

describe('the choices of a turn', () => {
  const choices = (turn: string) => askedText(turn).choices;

  it('stand on lines of their own, or behind a heading', () => {
    const expected = ['oak', 'iron', 'salt'];
    for (const turn of [
      'Which?\nA. oak\nB. iron\nC. salt',
      'Which?\n(A) oak\n(B) iron\n(C) salt\nThink first.',
      'Which?\nA. oak\nB.\n  iron\nC. salt',
      'Which?\r\nA) oak\r\nB) iron\r\nC) salt',
      'Which?\nOptions:\nA: oak\nB: iron\nC: salt',
      'Which? Choices: (A) oak (B) iron (C) salt',
      'Which?\nOptions: A. oak, B. iron, C. salt',
    ]) {
      assert.deepEqual(choices(turn), expected, turn);
    }
  });

  it('are not made of other letters', () => {
    for (const turn of [
      'Compare (A) and (B).',
      'A: Hello.\nB: Hello.',
      'B. Franklin wrote it.\nC. Darwin did not.',
      'A. one',
      'Options: red or blue?',
      'A. oak\nB. iron\nA. oak\nB. salt',
    ]) {
      assert.deepEqual(choices(turn), [], turn);
    }
  });
});

describe('the gold answer of a reply', () => {
  const answer = (reply: string) => repliedChoice(reply, ['oak', 'iron', 'a dog']);

  it('is its conclusion, what it calls the answer, or all of it', () => {
    assert.equal(answer('B'), 1);
    assert.equal(answer('(B) iron.'), 1);
    assert.equal(answer('Iron'), 1);
    assert.equal(answer('It conducts. The answer is B.'), 1);
    assert.equal(answer('It conducts. The answer is: iron.'), 1);
    assert.equal(answer('A dog'), 2);
    assert.equal(answer('<REASONING>Not the answer is A.</REASONING><CONCLUSION> B </CONCLUSION>'), 1);
  });

  it('is none where the reply names two, none, or letter and text do not fit', () => {
    for (const reply of [
      '',
      'Both oak and iron.',
      'The answer is A. The answer is B.',
      'A. iron',
      'D',
      'A tree stands there.',
    ]) {
      assert.equal(answer(reply), null, reply);
    }
  });
});

describe('a conversational dataset', () => {
  it('is told from outputs, also from those that repeat what was asked', () => {
    const looks = (...rows: object[]) =>
      looksLikeDataset(DatasetDocument.create(rows.map((row) => JSON.stringify(row)).join('\n')));
    assert.equal(looks(LLAVA, LLAVA), true);
    assert.equal(looks(MESSAGES), true);
    assert.equal(looks({ id: 1, messages: MESSAGES.messages, raw_output: 'A' }), false);
    assert.equal(looks({ id: 1, messages: [{ role: 'user', content: 'Which?' }], response: 'A' }), false);
    assert.equal(looks({ id: 1, messages: ['a', 'b'] }), false);
    assert.equal(looks({ question_id: '4', prompt: 'Which?', text: 'B' }), false);
  });

  it('is asked in setting 1 as any other', () => {
    const name = 'setting-1';
    const file = readPromptFile(
      readFileSync(join(root, `samples/sketchbook/prompts/${name}.prompty`), 'utf8'),
      name,
    );
    const shown = (record: object) =>
      renderPrompt(file, only(record).source.record, { setting: 1 })
        .messages.flatMap(({ content }) => content)
        .map((part) => (part.type === 'text' ? part.text : `[image ${part.path}]`))
        .join('\n');
    assert.equal(
      shown(LLAVA),
      '[image 1/image.png]\nQuestion: Context: A compass.\nWhich way is north?\nAnswer with the letter.\nTask: \nChoices: (A) up (B) down',
    );
    assert.match(shown(MESSAGES), /^\[image a\.jpg\]\nQuestion: Describe it\./);
    assert.doesNotMatch(shown(MESSAGES), /A map/);
  });

  it('is read without an exception, whatever stands in its fields', () => {
    const word = fc.constantFrom(
      ...['human', 'user', 'gpt', 'assistant', '<image>', 'A. a\nB. b', 'Options:', 'B', 'image', 'text'],
    );
    const key = fc.constantFrom(
      'from',
      'value',
      'role',
      'content',
      'type',
      'text',
      'image',
      'image_url',
      'url',
    );
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'medium' },
        word,
        fc.constant(null),
        fc.integer(),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(key, tie('json'), { maxKeys: 3 }),
      ),
    }));
    const fields = fc.dictionary(
      fc.constantFrom('id', 'image', 'images', 'conversations', 'messages', 'answer'),
      json,
    );
    fc.assert(
      fc.property(fields, fc.nat(40), (value, cut) => {
        const whole = JSON.stringify(value);
        for (const text of [whole, whole.slice(0, -cut)]) {
          for (const source of sources(`[${text}]`)) {
            for (const { value: span } of source.fields.values()) {
              assert.ok(span.start <= span.end && span.end <= text.length + 1);
            }
            checkRecord(
              {
                ...{
                  source,
                  text: `[${text}]`,
                  image: { state: 'none' },
                  splits: null,
                  layout: 'json-array',
                },
                ...{ idCount: () => 1, likeness: { earlier: null, elsewhere: null } },
              },
              {},
            );
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
