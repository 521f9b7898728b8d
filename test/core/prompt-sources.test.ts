import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { marked, segmentsOf, trimMarked, unmarked } from '../../server/src/core/prompts/marks.ts';
import { readPromptFile } from '../../server/src/core/prompts/prompt-file.ts';
import { renderPrompt } from '../../server/src/core/prompts/render.ts';
import { PromptSources } from '../../server/src/core/prompts/sources.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';

const record: DatasetRecord = {
  id: '7',
  question: 'Will they attract?',
  choices: ['attract', 'repel'],
  answer: 1,
  hint: 'Look at the poles.',
  image: 'image.png',
  task: 'closed choice',
  grade: 'grade3',
  subject: 'natural science',
  topic: 'physics',
  category: 'Magnets',
  skill: 'magnets',
  caption: '',
  lecture: 'Opposite poles attract.',
  solution: 'The answer is repel.',
  split: 'test',
};

const file = (body: string, rationale = 'setting: 3\n    gold: true') =>
  readPromptFile(`---\nname: Test\nmetadata:\n  rationale:\n    ${rationale}\n---\n${body}`, 'test');

const texts = (body: string, isMarked: boolean, change: Partial<DatasetRecord> = {}) =>
  renderPrompt(file(body), { ...record, ...change }, { isMarked }).messages.map(({ role, content }) => [
    role,
    ...content.map((part) => (part.type === 'text' ? part.text : `[image ${part.path}]`)),
  ]);

/** `{hint,question:…}` for what was made of variables. */
const shown = (body: string, change: Partial<DatasetRecord> = {}) => {
  const [message] = renderPrompt(file(body), { ...record, ...change }, { isMarked: true }).messages;
  const parts = (message?.content ?? []).flatMap((part) =>
    part.type === 'text' ? segmentsOf(part.text) : [],
  );
  return parts.map(({ text, names }) => (names.length === 0 ? text : `{${names}:${text}}`)).join('');
};

describe('the parts of a prompt', () => {
  const cases: readonly (readonly [what: string, template: string, expected: string])[] = [
    ['a variable and the template’s own words', 'Q: {{ question }}!', 'Q: {question:Will they attract?}!'],
    [
      'the items of a loop',
      '{% for choice in choices %}({{ letters[loop.index0] }}) {{ choice }}{% if not loop.last %}, {% endif %}{% endfor %}',
      '({letters:A}) {choices:attract}, ({letters:B}) {choices:repel}',
    ],
    ['a value through filters', '{{ hint | upper | replace("POLES", "ends") }}', '{hint:LOOK AT THE ends.}'],
    [
      'each side of a joined text',
      '{{ "Q: " ~ question ~ " " ~ hint }}',
      'Q: {question:Will they attract?} {hint:Look at the poles.}',
    ],
    ['a number joined to a text', '{{ "No. " ~ answer }}', 'No. {answer:1}'],
    ['a sum of texts as a whole', '{{ "Q: " + question }}', '{question:Q: Will they attract?}'],
    ['the branch that is taken', '{{ hint if hint else "none" }}', '{hint:Look at the poles.}'],
    ['neither a test nor what it lets through', '{% if solution %}There is one.{% endif %}', 'There is one.'],
    ['what a name was set to', '{% set asked = question %}{{ asked }}', '{question:Will they attract?}'],
    [
      'what a block was set to',
      '{% set both %}{{ lecture }} {{ solution }}{% endset %}{{ both }}',
      '{lecture,solution:Opposite poles attract. The answer is repel.}',
    ],
    [
      'what a macro was given, and what it uses',
      '{% macro say(x) %}{{ x }} {{ hint }}{% endmacro %}{{ say(question) }}',
      '{hint,question:Will they attract? Look at the poles.}',
    ],
    ['a filtered block', '{% filter upper %}a {{ task }}{% endfilter %}', '{task:A CLOSED CHOICE}'],
    [
      'what a namespace collects',
      '{% set ns = namespace(all="") %}{% for c in choices %}{% set ns.all = c %}{% endfor %}{{ ns.all }}',
      '{choices:repel}',
    ],
    ['nothing where nothing stands', 'Hint: {{ nothing }}.', 'Hint: .'],
  ];
  for (const [what, template, expected] of cases) {
    it(`tell ${what}`, () => assert.equal(shown(template), expected));
  }

  it('lose no more than the white space around a message', () => {
    assert.equal(shown('{{ question }}', { question: '  two  words ' }), '{question:two  words}');
    assert.equal(shown('{{ question }}{{ hint }}', { question: '  ', hint: ' x ' }), '{hint:x}');
  });

  it('keep roles and images that a block was set to', () => {
    const body = '{% set all %}\nuser:\n![i]({{ image }})\n{{ question }}\n{% endset %}\n{{ all }}';
    assert.deepEqual(texts(body, false), [['user', '[image image.png]', 'Will they attract?']]);
    assert.deepEqual(
      texts(body, true).map((message) => message.map(unmarked)),
      texts(body, false),
    );
  });

  it('make up what is rendered without them: any template, any record', () => {
    const pieces = fc.constantFrom(
      ...[
        'user:\n',
        'system:\n',
        '\n',
        ' ',
        'Q: ',
        '![i]({{ image }})\n',
        '{{ question }}',
        '{{ hint | trim }}',
      ],
      ...[
        '{{ choices | join(", ") }}',
        '{{ answer }}',
        '{{ answer ~ hint }}',
        '{{ choices | length }}',
        '{{ hint | length + 1 }}',
      ],
      ...['{% if hint %}{{ hint }}{% endif %}', '{% set q = hint %}{{ q | length }}{{ q }}', '{{ choices }}'],
      ...[
        '{% filter length %}{{ hint }}{% endfilter %}',
        '{% macro m(a) %}{{ a }}{% endmacro %}{{ m(question) | length }}',
      ],
      ...['{% for c in choices if c != "repel" %}{{ loop.index ~ c }}{% else %}{{ task }}{% endfor %}'],
    );
    const values = fc.constantFrom('', ' ', 'x', ' a b ', 'user:\n', '{{ hint }}', '\n\n');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), values, values, (some, question, hint) => {
        const body = some.join('');
        const plain = texts(body, false, { question, hint });
        assert.deepEqual(
          texts(body, true, { question, hint }).map((message) => message.map(unmarked)),
          plain,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('are trimmed as texts are', () => {
    const parts = fc.tuple(
      fc.constantFrom('', ' ', 'a', ' b\n', '\n'),
      fc.constantFrom([], ['hint'], ['hint', 'task']),
    );
    fc.assert(
      fc.property(fc.array(parts), (some) => {
        const text = some.map(([part, names]) => marked(part, names)).join('');
        assert.equal(unmarked(trimMarked(text)), unmarked(text).trim());
      }),
    );
  });

  it('of the shipped prompts are those of the fields they hold', () => {
    const folder = resolve(import.meta.dirname, '../../samples/sketchbook/prompts');
    const names = (prompt: string) => {
      const text = readFileSync(join(folder, `${prompt}.prompty`), 'utf8');
      const { messages } = renderPrompt(readPromptFile(text, prompt), record, { isMarked: true });
      const parts = messages.flatMap(({ content }) => content);
      const all = parts.flatMap((part) => (part.type === 'text' ? segmentsOf(part.text) : []));
      return [...new Set(all.flatMap((segment) => segment.names))];
    };
    assert.deepEqual(names('setting-1'), ['question', 'hint', 'task', 'letters', 'choices']);
    assert.deepEqual(names('setting-3').toSorted(), [
      'choices',
      'hint',
      'lecture',
      'letters',
      'question',
      'solution',
      'task',
    ]);
    assert.deepEqual(names('svrd-teacher').slice(-2), ['answer_letter', 'answer_text']);
  });
});

describe('the leaks of a prompt', () => {
  const leaksOf = (body: string, rationale: string, change: Partial<DatasetRecord> = {}) => {
    const own = { ...record, lecture: 'Opposite poles of two magnets attract each other.', ...change };
    const { messages, setting } = renderPrompt(file(body, rationale), own, { isMarked: true });
    const sources = new PromptSources(messages, own, setting, (name) =>
      name.startsWith('answer') ? 'answer' : name,
    );
    const leaking = messages.flatMap(({ content }) =>
      content.flatMap((part) => (part.type === 'text' ? sources.of(part.text) : [])),
    );
    return {
      leaks: sources.leaks.map(({ field, isWithheld }) => `${field}${isWithheld ? ' withheld' : ''}`),
      pieces: leaking.filter(({ isLeak }) => isLeak).map(({ text }) => text),
    };
  };
  const NONE = { leaks: [], pieces: [] };

  it('are none in what a setting holds', () => {
    assert.deepEqual(leaksOf('{{ question }} {{ hint }}', 'setting: 1'), NONE);
    assert.deepEqual(leaksOf('{{ question }} {{ lecture }}', 'setting: 2'), NONE);
    assert.deepEqual(leaksOf('{{ question }} {{ lecture }}', 'setting: 1'), NONE, 'rendered as nothing');
  });

  it('are the solution and the gold answer where they are meant', () => {
    assert.deepEqual(leaksOf('Q {{ solution }}', 'setting: 4'), {
      leaks: ['solution'],
      pieces: ['The answer is repel.'],
    });
    assert.deepEqual(leaksOf('Q ({{ answer_letter }})', 'gold: true'), { leaks: ['answer'], pieces: ['B'] });
  });

  it('are the lecture of a setting 1 that came in as the hint, as in a published study, however it is broken into lines', () => {
    const lecture = 'Opposite poles of two magnets\nattract  each other.';
    assert.deepEqual(leaksOf('Hint: {{ hint }}', 'setting: 1', { hint: `Read: ${lecture}` }), {
      leaks: ['lecture withheld'],
      pieces: [`Read: ${lecture}`],
    });
  });

  it('are the solution word by word in the template itself', () => {
    const solution = 'The north pole faces the north pole, so they repel.';
    assert.deepEqual(leaksOf(`Example: ${solution}\n{{ question }}`, 'setting: 1', { solution }), {
      leaks: ['solution withheld'],
      pieces: [`Example: ${solution}\n`],
    });
  });

  it('are not seen in a few words that stand in a prompt by chance', () => {
    assert.deepEqual(leaksOf('{{ hint }}', 'setting: 1', { hint: 'repel', solution: 'repel' }), NONE);
  });
});
