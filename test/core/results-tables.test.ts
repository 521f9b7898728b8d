import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { checkTable } from '../../server/src/core/annotations/engine.ts';
import { RULES } from '../../server/src/core/annotations/rules/index.ts';
import { readCsvTable } from '../../server/src/core/annotations/tables/csv.ts';
import { readMarkdownTables } from '../../server/src/core/annotations/tables/markdown.ts';
import { readNumber } from '../../server/src/core/annotations/tables/numbers.ts';
import { tableReader } from '../../server/src/core/annotations/tables/read.ts';
import type { ReadTables } from '../../server/src/core/annotations/tables/types.ts';

const CASES = new URL('../cases/tables/', import.meta.url);
const TABLE_RULES = RULES.filter((rule) => rule.scope === 'table').map((rule) => rule.id);

/** `rule«characters»` of every finding, in the order of the text. */
function findings(text: string, read: (text: string) => ReadTables): string[] {
  return read(text).tables.flatMap((table) =>
    checkTable({ table }, {}).map(
      ({ rule, span, message }) =>
        `${rule}«${text.slice(span.start, span.end)}»${message ? '' : ' no message'}`,
    ),
  );
}

describe('The table rules', () => {
  it('have a file of cases each', () => {
    const files = readdirSync(CASES).filter((name) => name.endsWith('.txt'));
    assert.deepEqual(files.toSorted(), TABLE_RULES.map((id) => `${id}.txt`).toSorted());
  });

  for (const id of TABLE_RULES) {
    describe(id, () => {
      const cases = readFileSync(new URL(`${id}.txt`, CASES), 'utf8')
        .split(/^=== /m)
        .slice(1);
      for (const text of cases) {
        const [name = '', ...lines] = text.split('\n');
        it(name, () => {
          const marked = lines.join('\n');
          const expected = [...marked.matchAll(/«(.*?)»/g)].map(([, cell]) => `${id}«${cell}»`);
          assert.deepEqual(findings(marked.replaceAll(/[«»]/g, ''), readMarkdownTables), expected);
        });
      }
    });
  }

  it('say nothing of numbers that were really computed and rounded', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), share, share, share), {
          minLength: 2,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom(1, 100),
        (rows, digits, whole) => {
          const print = (value: number) => `${(value * whole).toFixed(digits)}${whole === 100 ? '%' : ''}`;
          const results = rows.map(([n, right, p, r]) => [n, Math.round(right * n) / n, p, r] as const);
          const mean = (of: 1 | 2 | 3) => results.reduce((sum, row) => sum + row[of], 0) / results.length;
          const lines = results.map(
            ([n, accuracy, p, r], index) =>
              `m${index},${n},${print(accuracy)},${print(p)},${print(r)},${print(p + r === 0 ? 0 : (2 * p * r) / (p + r))}`,
          );
          const text = `model,n,accuracy,P,R,F1\n${lines.join('\n')}\nmean,,${print(mean(1))},${print(mean(2))},${print(mean(3))},`;
          assert.deepEqual(findings(text, readCsvTable), []);
        },
      ),
    );
  });
});

describe('A number in a table', () => {
  it('is read with its digits, sign, percent and deviation', () => {
    const read = (text: string) => {
      const number = readNumber(text);
      return number && [number.value, number.digits, number.isPercent, number.isMean];
    };
    assert.deepEqual(read('84.23'), [84.23, 2, false, false]);
    assert.deepEqual(read('.884'), [0.884, 3, false, false]);
    assert.deepEqual(read('3,216'), [3216, 0, false, false]);
    assert.deepEqual(read('−0.5 %'), [-0.5, 1, true, false]);
    assert.deepEqual(read('84.2 ± 0.3'), [84.2, 1, false, true]);
    assert.deepEqual(read('84.2 (81.0–87.1)'), [84.2, 1, false, false]);
    assert.deepEqual(read('84.2†'), [84.2, 1, false, false]);
    for (const text of ['', '11B', '371 min', '–', 'n/a', '1.2.3', '12,34', '1/2'])
      assert.equal(read(text), null);
  });
});

describe('A CSV table', () => {
  it('is read with quotes, separators and byte order mark, each cell in its place', () => {
    const text = '\uFEFF"model; ""a""";P;R;F1\r\n"x\ny";0.5;0.6;0.7\r\n';
    assert.deepEqual(findings(text, readCsvTable), ['impossible-f1«0.7»']);
    const [table] = readCsvTable(text).tables;
    assert.equal(table?.columns[0]?.title, 'model; "a"');
    assert.equal(table?.rows[0]?.label, 'x\ny');
    const { start, end } = table?.rows[0]?.cells[0]?.span ?? { start: 0, end: 0 };
    assert.equal(text.slice(start, end), 'x\ny');
  });

  it('with tabs is one too, and an unclosed quote is a sentence', () => {
    assert.deepEqual(findings('P\tR\tF1\n0.5\t0.6\t"0.7"\n', readCsvTable), ['impossible-f1«0.7»']);
    const { problems } = readCsvTable('a,b\n1,2\n"3,4\n');
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.offset, 8);
    assert.match(
      problems[0]?.message ?? '',
      /^This row is not well-formed CSV: quoted field unterminated\.$/,
    );
  });
});

describe('A Markdown table', () => {
  it('is found among text, with its headings, whatever its edges', () => {
    const text =
      'a | b\n\nP | R | F1\n:-- | :-: | --:\n0.5 | 0.6 | **0.7**\nand text\n\n| x\\|y |\n| - |\n| 1 |\n';
    const { tables } = readMarkdownTables(text);
    assert.deepEqual(
      tables.map(({ columns, rows }) => [columns.map(({ title }) => title), rows.length]),
      [
        [['P', 'R', 'F1'], 1],
        [['x|y'], 1],
      ],
    );
    assert.deepEqual(findings(text, readMarkdownTables), ['impossible-f1«**0.7**»']);
  });

  it('in a code fence is an example, not a table', () => {
    const table = '| P | R | F1 |\n| - | - | - |\n| 0.5 | 0.6 | 0.7 |\n';
    assert.deepEqual(findings(`\`\`\`\n${table}\`\`\`\n${table}`, readMarkdownTables), [
      'impossible-f1«0.7»',
    ]);
  });
});

describe('Any text', () => {
  it('is read without an exception, and every finding lies in it', () => {
    const piece = fc.constantFrom(
      '|',
      '---',
      '\n',
      ',',
      '"',
      'P',
      'R',
      'F1',
      'n',
      'accuracy',
      'mean',
      '0.5',
      '7',
      ' ',
      '\\',
      '\r',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('a.csv', 'b.MD'), (input, name) => {
        for (const table of tableReader(name)?.(input).tables ?? []) {
          for (const { span } of checkTable({ table }, {})) {
            assert.ok(0 <= span.start && span.start <= span.end && span.end <= input.length);
          }
        }
      }),
      { numRuns: 500 },
    );
    assert.equal(tableReader('problems.json'), null);
  });
});
