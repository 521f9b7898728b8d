import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Automaton, DEAD } from '../../server/src/core/grammars/automaton.ts';
import { compile } from '../../server/src/core/grammars/compile.ts';
import { formOf, written } from '../../server/src/core/grammars/forms.ts';
import { readAnswer } from '../../server/src/core/judgements/reader.ts';
import { constraintOf } from '../../server/src/core/pipeline/constraints.ts';
import type { Asking } from '../../server/src/core/prompts/compose.ts';
import { formatOf, OUTPUT_FORMATS } from '../../server/src/core/prompts/formats/index.ts';
import { STRATEGIES } from '../../server/src/core/prompts/strategies/index.ts';
import { parseRationale } from '../../server/src/core/rationales/parse.ts';
import { choiceLetter } from '../../server/src/core/text.ts';

const CHOICES = ['attract', 'repel', 'do nothing', 'melt', 'sing'];
const encoder = new TextEncoder();

/** Every way of asking that says what the output must look like. */
const ASKINGS: readonly Asking[] = OUTPUT_FORMATS.flatMap(({ id: format }) =>
  [null, ...STRATEGIES.map(({ id }) => id)].flatMap((strategy) =>
    (['answer-last', 'answer-first'] as const).map((order) => ({ strategy, format, order })),
  ),
);

const automata = new Map<string, Automaton>();

function automatonOf(asking: Asking, choices: number): Automaton {
  const grammar = constraintOf(asking, choices);
  const name = JSON.stringify(grammar);
  let automaton = automata.get(name);
  if (!automaton) {
    automaton = compile(grammar);
    automata.set(name, automaton);
  }
  return automaton;
}

function stateBehind(automaton: Automaton, text: string): number {
  let state = automaton.start;
  for (const byte of encoder.encode(text)) {
    state = automaton.next(state, byte);
    if (state === DEAD) return DEAD;
  }
  return state;
}

function accepts(automaton: Automaton, text: string): boolean {
  const state = stateBehind(automaton, text);
  return state !== DEAD && automaton.accepts(state);
}

/** The text with its shortest end; it is a beginning of some text of the grammar. */
function finished(automaton: Automaton, bytes: number[], from: number): string {
  let state = from;
  for (let byte = automaton.wayOut(state); byte !== null; byte = automaton.wayOut(state)) {
    bytes.push(byte);
    state = automaton.next(state, byte);
  }
  assert.ok(automaton.accepts(state));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
}

/** What somebody says who would break the format wherever it lets him. */
const UNRULY = fc.oneof(
  fc.constantFrom(
    '<CONCLUSION>B</CONCLUSION>',
    '</SUMMARY>',
    '< / caption >',
    '<\\/REASONING>',
    '<answer>',
    '</think>',
    '<|im_end|>',
    '</s>',
    '\nUSER: ',
    '\n### Question',
    '\n**Question 2:** ',
    '[INST]',
    '"',
    '\\',
    '\\"',
    '{"answer": "A"}',
    '","answer":"A"',
    '}',
    '\nAnswer: ',
    'The answer is C.',
    ' ',
    '\n',
    '<',
    '3 < 4',
    'é',
    '日本',
    '😀',
    '\u00a0',
    'A',
    'B',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);

describe('a grammar', () => {
  it('accepts what its format writes, in every strategy and order', () => {
    const texts = ['It is 3 < 4 here.', 'Two\nlines: "quoted" \\ and é', 'N'];
    for (const asking of ASKINGS) {
      const { write, usual } = formatOf(asking.format);
      const strategy = STRATEGIES.find(({ id }) => id === asking.strategy);
      const names = strategy ? strategy.writes.map(({ name }) => name) : usual;
      for (const text of texts) {
        const parts = names.map((name) => ({ name, text }));
        const output = write(parts, 'C', asking.order);
        assert.ok(accepts(automatonOf(asking, 3), output), `${JSON.stringify(asking)}\n${output}`);
        assert.ok(!accepts(automatonOf(asking, 2), output), `there is no C\n${output}`);
      }
    }
  });

  it('lets nothing through that its parser and the answer reader would take otherwise', function () {
    this.timeout(60_000);
    const asking = fc.constantFrom(...ASKINGS.filter(({ format }) => format !== 'letter'));
    fc.assert(
      fc.property(
        asking,
        fc.integer({ min: 2, max: 5 }),
        fc.array(UNRULY, { maxLength: 30 }),
        fc.integer({ min: 0, max: 9 }),
        (ask, choices, pieces, patience) => {
          const automaton = automatonOf(ask, choices);
          const bytes: number[] = [];
          let state = automaton.start;
          for (const piece of pieces) {
            // What is not allowed is not said, as a masked token is not.
            let next = state;
            for (const byte of encoder.encode(piece))
              next = next === DEAD ? DEAD : automaton.next(next, byte);
            if (next !== DEAD) {
              bytes.push(...encoder.encode(piece));
              state = next;
              continue;
            }
            for (let step = 0; step < patience; step++) {
              const byte = automaton.wayOut(state);
              if (byte === null) break;
              bytes.push(byte);
              state = automaton.next(state, byte);
            }
          }
          const output = finished(automaton, bytes, state);
          const rationale = parseRationale(output);
          const { choice } = readAnswer(output, rationale, CHOICES.slice(0, choices));
          assert.notEqual(choice, null, output);
          if (ask.format === 'json') {
            assert.equal(JSON.parse(output).answer, choiceLetter(choice as number));
            return;
          }
          assert.equal(rationale.byName.conclusion?.text, choiceLetter(choice as number));
          for (const stage of rationale.stages) assert.ok(stage.closeTag && stage.text !== '', output);
          const grammar = constraintOf(ask, choices);
          assert.equal(rationale.stages.length, grammar.filter(({ kind }) => kind === 'text').length + 1);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('is stepped through alike by its table, which knows every state', () => {
    for (const asking of ASKINGS) {
      const automaton = automatonOf(asking, 3);
      const { classes, steps, ends, waysOut } = automaton.table();
      const byte = fc.integer({ min: 0, max: 255 });
      const begun = fc.constantFrom(
        '',
        '<SUMMARY>',
        '<REASONING>It is.</',
        '{"reasoning": "',
        'So.\nAnswer',
        ' B',
      );
      fc.assert(
        fc.property(begun, fc.array(byte, { maxLength: 12 }), (text, more) => {
          let state = automaton.start;
          let row = 0;
          for (const one of [...encoder.encode(text), ...more]) {
            state = automaton.next(state, one);
            row = steps[row]![classes[one]!]!;
            assert.equal(row === DEAD, state === DEAD);
            if (state === DEAD) return;
            assert.equal(ends.includes(row), automaton.accepts(state));
            assert.equal(waysOut[row], automaton.wayOut(state));
          }
        }),
        { numRuns: 30 },
      );
    }
  });

  it('of a letter takes its letters and nothing else', () => {
    const ask = { strategy: null, format: 'letter', order: 'answer-last' } as const;
    const automaton = automatonOf(ask, 30);
    for (const letter of ['A', 'Z', '27', '30', ' B']) assert.ok(accepts(automaton, letter), letter);
    for (const other of ['a', '31', '2', 'AB', 'A.', '']) assert.ok(!accepts(automaton, other), other);
  });

  it('of lines ends with the first line that answers', () => {
    const automaton = automatonOf({ strategy: 'short', format: 'letter', order: 'answer-last' }, 2);
    assert.ok(accepts(automaton, 'Like poles.\nThey repel.\nAnswer: B'));
    assert.equal(stateBehind(automaton, 'Like poles.\nAnswer: B\nAnswer: A'), DEAD);
    assert.equal(stateBehind(automaton, '\n \nAnswer: B'), DEAD, 'it says nothing');
  });

  it('says the same to servers as it does here, but for the signs that texts may hold', () => {
    for (const asking of ASKINGS) {
      const grammar = constraintOf(asking, 3);
      const { write, usual } = formatOf(asking.format);
      const strategy = STRATEGIES.find(({ id }) => id === asking.strategy);
      const names = strategy ? strategy.writes.map(({ name }) => name) : usual;
      const output = (letter: string) =>
        write(
          names.map((name) => ({ name, text: 'Like poles repel.' })),
          letter,
          asking.order,
        );
      const form = formOf(grammar);
      const what = written(grammar);
      if (form === 'choice') assert.deepEqual(what, ['A', 'B', 'C']);
      if (form === 'json') {
        assert.deepEqual((what as { required: string[] }).required, Object.keys(JSON.parse(output('A'))));
      }
      if (form !== 'regex') continue;
      assert.match(output('C'), new RegExp(`^${what}$`));
      assert.doesNotMatch(output('D'), new RegExp(`^${what}$`));
    }
  });
});
