import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judge } from '../../server/src/core/judgements/judge.ts';
import { readAll } from '../../server/src/core/judgements/read-all.ts';
import { READERS, readerOf } from '../../server/src/core/judgements/readers/index.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';

const MAGNETS = ['attract', 'repel'];

function inputOf(output: string, choices: readonly string[] = MAGNETS, answer: number | null = 1) {
  const rationale = parseRationale(output);
  return { output, rationale, choices, answer, indexBase: null, baseSource: 'prompt' as const };
}

/** What the reader of that name makes of an output: a letter, or nothing. */
function by(id: string, output: string, choices?: readonly string[]): string {
  const { choice, span } = readerOf(id)!.read(inputOf(output, choices));
  if (choice === null) return 'nothing';
  return `${String.fromCharCode(65 + choice)} ${JSON.stringify(output.slice(span!.start, span!.end))}`;
}

describe('The readers of other projects', () => {
  it('scienceqa: "The answer is X." said once, with a character behind it', () => {
    assert.equal(by('scienceqa', 'Like poles. The answer is B.'), 'B "B"');
    assert.equal(by('scienceqa', 'The answer is B because'), 'B "B"');
    assert.equal(by('scienceqa', 'The answer is B'), 'nothing');
    assert.equal(by('scienceqa', 'The answer is A. The answer is B.'), 'nothing');
    assert.equal(by('scienceqa', 'The answer is E.'), 'nothing');
    assert.equal(by('scienceqa', 'B'), 'nothing');
  });

  it('llava: a letter, a letter with ". " behind it, or the sentence', () => {
    assert.equal(by('llava', 'B'), 'B "B"');
    assert.equal(by('llava', 'B. repel'), 'B "B"');
    assert.equal(by('llava', 'The answer is B.'), 'B "B"');
    assert.equal(by('llava', 'B.'), 'nothing');
    assert.equal(by('llava', ' B'), 'nothing');
    assert.equal(by('llava', '(B) repel'), 'nothing');
    assert.equal(by('llava', 'E'), 'nothing');
  });

  it('lmms-eval: a letter in either case, or a capital with a point behind it', () => {
    assert.equal(by('lmms-eval', ' b\n'), 'B "b"');
    assert.equal(by('lmms-eval', 'B.'), 'B "B"');
    assert.equal(by('lmms-eval', 'B.C.'), 'B "B"');
    assert.equal(by('lmms-eval', 'b.'), 'nothing');
    assert.equal(by('lmms-eval', 'The answer is B.'), 'nothing');
    assert.equal(by('lmms-eval', 'E.'), 'nothing');
  });

  it('vlmevalkit: a letter among the last words, then a sentence, then the words of a choice', () => {
    assert.equal(by('vlmevalkit', 'So it is (B).'), 'B "B"');
    assert.equal(by('vlmevalkit', 'The answer is a cat.'), 'A "a"', 'as published');
    assert.equal(by('vlmevalkit', 'B is what I say, for the poles are alike.'), 'nothing');
    assert.equal(by('vlmevalkit', 'The answer is B, for the poles are so very much alike.'), 'B "B"');
    assert.equal(by('vlmevalkit', 'A or B'), 'nothing');
    assert.equal(by('vlmevalkit', 'They repel.'), 'B "repel"');
    assert.equal(by('vlmevalkit', 'These two magnets here will repel each other.'), 'nothing', 'too long');
    assert.equal(by('vlmevalkit', 'Cannot determine the answer: B'), 'nothing');
    assert.equal(by('vlmevalkit', 'Z'), 'nothing');
  });

  it('svrd: the content of the conclusion, else the last capital letter', () => {
    assert.equal(by('svrd', '<REASONING>A.</REASONING><CONCLUSION> B </CONCLUSION>'), 'B "B"');
    assert.equal(by('svrd', '<CONCLUSION>B. repel</CONCLUSION>'), 'nothing');
    assert.equal(by('svrd', 'It is A, or B then.'), 'B "B"');
    assert.equal(by('svrd', 'The answer is B. I am sure.'), 'nothing', 'the last capital is I');
    assert.equal(by('svrd', 'none'), 'nothing');
  });

  it('read any string, with spans in the output', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('The answer is ', 'B', '. ', '<CONCLUSION>', 'İ'),
    );
    const output = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(output, fc.array(fc.string(), { maxLength: 30 }), (text, choices) => {
        for (const reader of READERS) {
          const { choice, span, reader: name } = reader.read(inputOf(text, choices));
          assert.equal(name, `${reader.id} ${reader.version}`);
          if (choice === null) continue;
          assert.ok(
            choices[choice] !== undefined && span && span.end <= text.length && span.start < span.end,
          );
        }
      }),
    );
  }).timeout(20_000);
});

describe('All readers', () => {
  it('have names of their own, and ours is asked unless another is', () => {
    assert.deepEqual(
      READERS.map(({ id }) => id),
      ['rationale', 'scienceqa', 'llava', 'lmms-eval', 'vlmevalkit', 'svrd'],
    );
    assert.equal(readerOf('nobody'), null);
    const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
    const prediction = { key: 'k', output: '(B) repel', finishReason: 'stop', usage } as const;
    const input = { ...inputOf('(B) repel'), recordId: '1', prediction };
    assert.equal(judge(input).verdict, 'correct');
    assert.equal(judge({ ...input, reader: 'llava' }).verdict, 'unmapped');
    assert.equal(judge({ ...input, reader: 'llava' }).reading.reader, 'llava 1');
  });

  it('are counted, and the outputs on which they differ are listed', () => {
    const { counts, differing } = readAll([
      inputOf('B', MAGNETS, 1),
      inputOf('The answer is B.', MAGNETS, 0),
      inputOf('', MAGNETS, null),
    ]);
    assert.deepEqual(counts.rationale, { reader: 'rationale 3', n: 3, mapped: 2, graded: 2, correct: 1 });
    assert.deepEqual(counts['lmms-eval'], { reader: 'lmms-eval 1', n: 3, mapped: 1, graded: 2, correct: 1 });
    assert.deepEqual(
      differing.map(({ row }) => row),
      [0, 1],
    );
    assert.equal(differing[0]?.readings.scienceqa?.choice, null);
    assert.equal(differing[0]?.readings.llava?.choice, 1);
  });
});
