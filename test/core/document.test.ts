import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { readFieldMap } from '../../server/src/core/records/field-map.ts';
import { READ_PLAINLY, type ReadAs } from '../../server/src/core/records/read-as.ts';

const RECORD = '{\n    "question": "Which?",\n    "choices": ["a", "b"],\n    "answer": 0\n  }';
const CONVERSATION =
  '{\n    "id": 1,\n    "conversations": [\n      {"from": "human", "value": "q"},\n      {"from": "gpt", "value": "a"}\n    ]\n  }';
const OBJECT = `{\n  "1": ${RECORD},\n  "2": ${RECORD},\n  "3": ${RECORD}\n}\n`;

/** Text of the kind that breaks readers: brackets, quotes, every line end, surrogates, and whole records. */
const fragment = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '\n', '\r', '\r\n', ' ', '  ', '\t'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '1',
      'x',
      '"1"',
      '"id": 7',
      '"choices": []',
      '"answer": 1',
      '"2": {',
      '\n  "4": {',
      '"messages": [',
      '{"from": "human", "value": "<image>"}',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('\uFEFF', 'é', '🙂', '\ud83d', 'null', '//') },
  { weight: 1, arbitrary: fc.constantFrom(RECORD, `\n  "9": ${RECORD},`, '{"id": "a", "question": "q"}\n') },
);
const fragments = fc.array(fragment, { maxLength: 24 }).map((parts) => parts.join(''));
const dataset = fc.oneof(
  fragments,
  fc.constantFrom(
    OBJECT,
    OBJECT.replaceAll('\n', '\r\n'),
    OBJECT.replaceAll(/\s+/g, ' '),
    `[\n  ${RECORD},\n  ${RECORD}\n]`,
    '[{"id": 1, "question": "q"}, {"question": "r"}]',
    '{"id": 1, "question": "q"}\n{"question": "r"}\n\n5\n{"id": 2, "question": "s"}\n',
    '{"id": 1, "question": "q"}\r{"question": "r"}\r',
    `[\n  ${CONVERSATION},\n  ${CONVERSATION}\n]`,
    '{"messages": [{"role": "user", "content": "q"}], "images": ["a.png"]}\n{"messages": []}\n',
  ),
);
/** Records are read under their own names, or with some of the same names meaning others. */
const { map } = readFieldMap({
  question: 'messages[0].value',
  choices: ['question', 'x'],
  answer: 'choices[0]',
  image: '{x:03}.png',
});
const readAs: fc.Arbitrary<ReadAs> = fc.constantFrom(
  READ_PLAINLY,
  { map, captions: null },
  { map: null, captions: new Map([['1', 'A map.']]) },
);
/** A change at a share of the text, so that it always lies inside. */
const change = fc.record({
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(60)),
  text: fc.oneof(fc.constant(''), fragment, fragments),
});

/** Everything that can be asked of the document, for comparison. */
function reading(document: DatasetDocument) {
  return {
    layout: document.layout,
    lineCount: document.lineCount,
    chunks: document.chunks.map((chunk, index) => ({
      text: chunk.text,
      start: document.startOf(index),
      position: document.positionAt(document.startOf(index)),
      problems: chunk.problems,
      record: chunk.source?.record,
      recordProblems: chunk.source?.problems,
      fields: chunk.source && [...chunk.source.fields],
    })),
    ids: document.chunks.map((chunk) => chunk.source && document.find(chunk.source.record.id)),
  };
}

describe('The dataset document', () => {
  it('accepts any text, and its chunks put together are the text', () => {
    fc.assert(
      fc.property(dataset, readAs, (text, as) => {
        const document = DatasetDocument.create(text, as);
        assert.equal(document.text, text);
        assert.equal(document.length, text.length);
        reading(document);
      }),
    );
  });

  it('agrees with the standard text document on every position', () => {
    fc.assert(
      fc.property(dataset, (text) => {
        const document = DatasetDocument.create(text);
        const standard = TextDocument.create('', '', 0, text);
        assert.equal(document.lineCount, standard.lineCount);
        for (let offset = -1; offset <= text.length + 1; offset++) {
          assert.deepEqual(document.positionAt(offset), standard.positionAt(offset));
        }
        for (let line = -1; line <= standard.lineCount; line++) {
          for (const character of [-1, 0, 1, 5, 1000]) {
            const position = { line, character };
            assert.equal(document.offsetAt(position), standard.offsetAt(position));
          }
        }
      }),
    );
  });

  it('reads a record again when the key after it becomes one of its own fields', () => {
    const document = DatasetDocument.create(`{\n  "1": {"question": "q"},\n  "x": 3\n}\n`);
    document.edit({
      range: { start: { line: 2, character: 3 }, end: { line: 2, character: 4 } },
      text: 'id',
    });
    assert.deepEqual(reading(document), reading(DatasetDocument.create(document.text)));
    assert.equal(document.chunks.length, 3);
  });

  it('reads the same after any edits as when the edited text is opened anew', () => {
    fc.assert(
      fc.property(dataset, readAs, fc.array(change, { minLength: 1, maxLength: 6 }), (text, as, changes) => {
        const document = DatasetDocument.create(text, as);
        let expected = text;
        // Half the time everything is read before the edits, half the time after: caches must not show.
        if (changes.length % 2 === 0) reading(document);
        for (const { from, length, text: inserted } of changes) {
          const standard = TextDocument.create('', '', 0, expected);
          const start = Math.floor(from * expected.length);
          const range = { start: standard.positionAt(start), end: standard.positionAt(start + length) };
          expected = TextDocument.applyEdits(standard, [{ range, newText: inserted }]);
          document.edit({ range, text: inserted });
          assert.equal(document.text, expected);
        }
        assert.deepEqual(reading(document), reading(DatasetDocument.create(expected, as)));
      }),
      { numRuns: 2000 },
    );
  });
});
