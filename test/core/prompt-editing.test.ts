import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  expandIncludes,
  formatPrompt,
  promptNameAt,
  promptOutline,
  renameInPrompt,
} from '../../server/src/core/pipeline/editing.ts';
import { readPromptFile } from '../../server/src/core/prompts/prompt-file.ts';
import { renderPrompt } from '../../server/src/core/prompts/render.ts';
import type { PromptEdit } from '../../server/src/core/prompts/types.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';
import { readMarkedCases } from './marked-cases.ts';

const root = join(import.meta.dirname, '../..');
const shipped = join(root, 'samples/sketchbook/prompts');
const shippedNames = globSync('**/*.prompty', { cwd: shipped });
const cases = join(root, 'test/cases/prompts');

const full: DatasetRecord = {
  ...{
    id: '1',
    question: 'Why?\nuser:',
    choices: ['one', '{{ two }}'],
    answer: 0,
    hint: 'A hint.',
    caption: 'A cat.',
  },
  ...{
    task: 'closed choice',
    grade: 'grade1',
    subject: 's',
    topic: 't',
    category: 'c',
    skill: 'k',
    split: 'test',
  },
  ...{ image: 'image.png', lecture: 'A lecture.', solution: 'A solution.' },
};
const bare: DatasetRecord = { ...full, hint: '', image: null, lecture: '', solution: '', caption: '' };

/** What the file makes of records, or why it makes nothing. */
function made(text: string): unknown {
  const file = readPromptFile(text, 'test');
  return [full, bare].map((record) => {
    try {
      return renderPrompt(file, record).messages;
    } catch (error) {
      return (error as Error).message;
    }
  });
}

function apply(text: string, edits: readonly PromptEdit[]): string {
  return edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((now, { span, newText }) => now.slice(0, span.start) + newText + now.slice(span.end), text);
}

const format = (text: string) => apply(text, formatPrompt({ name: 'test', text }));
const real = [
  ...shippedNames.map((name) => readFileSync(join(shipped, name), 'utf8')),
  ...readdirSync(cases)
    .filter((name) => name.endsWith('.txt'))
    .flatMap((name) => readMarkedCases(join(cases, name)).map(({ marked }) => marked.replace(/[«»]/g, ''))),
];

const piece = fc.constantFrom(
  ...[
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    '-%}',
    '{%-',
    '{{-',
    '-}}',
    ' ',
    '  ',
    '\t',
    '\n',
    '\r\n',
    '|',
    '~',
    '"',
    "'",
    '-',
    '+',
  ],
  ...[
    'if',
    'endif',
    'for c in choices',
    'endfor',
    'set x = 1',
    'question',
    'image',
    'hint',
    'x',
    'upper',
    'is defined',
  ],
  ...['user:\n', '  SYSTEM: \n', '![image](', ')', '{', '}', '1', '" a  b "', '\\'],
);
const body = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
const sound = fc.constantFrom(
  ...[
    '{{question}}',
    '{{  hint|upper  }}',
    '{%-if hint-%}x{%-endif-%}',
    '{% if image %}![image]({{image}}){% endif %}',
  ],
  ...[
    '\n user: \n',
    'ASSISTANT:\n',
    '  text  ',
    '\n',
    '{{ "a  b"  ~  \'c  d\' }}',
    '{%for c in choices%}{{c}} {%endfor%}',
  ],
  ...[
    '{# a  comment #}',
    '{{-question-}}',
    '{%set x=1%}{{x   +  1}}',
    '{{\n  question\n}}',
    '{{ {"a":1}["a"] }}',
    '{{ -1 }}',
  ],
);
const mended = fc.array(sound, { maxLength: 12 }).map((pieces) => pieces.join(''));
const fronts = fc.constantFrom(
  'name: x',
  'inputs: {image: {kind: image}}',
  'metadata: {rationale: {setting: 3}}',
);

describe('formatting a prompt file', () => {
  it('puts a space inside brackets and between words, and role lines at the margin', () => {
    const text =
      '---\nname:  x\n---\n  USER: \n{{question}}{%-if   hint   and  image-%}\n{{ "a  b" }}{%- endif %}\n\n{#  as it is  #}\n';
    const after =
      '---\nname:  x\n---\nuser:\n{{ question }}{%- if hint and image -%}\n{{ "a  b" }}{%- endif %}\n\n{#  as it is  #}\n';
    assert.equal(format(text), after);
    assert.equal(format(after), after);
  });

  it('leaves the shipped prompts as they are', () => {
    for (const name of shippedNames) {
      const text = readFileSync(join(shipped, name), 'utf8');
      assert.equal(format(text), text, name);
    }
  });

  it('changes nothing that a record is made into, and nothing at all the second time', () => {
    const check = (text: string) => {
      const after = format(text);
      assert.deepEqual(made(after), made(text));
      assert.equal(format(after), after);
    };
    for (const text of real) check(text);
    fc.assert(
      fc.property(fronts, fc.oneof(body, mended), (front, template) =>
        check(`---\n${front}\n---\n${template}`),
      ),
      { numRuns: 3000 },
    );
  });
});

describe('the names in a prompt file', () => {
  const file = (front: string, template: string) => ({
    name: 'test',
    text: `---\n${front}\n---\n${template}`,
  });
  const rename = (front: string, template: string, needle: string, newName: string) => {
    const prompt = file(front, template);
    const edits = renameInPrompt(prompt, prompt.text.indexOf(needle), newName);
    return edits && apply(prompt.text, edits);
  };

  it('are found in the front matter and the template, loops and strings aside', () => {
    const prompt = file(
      'inputs:\n  hint: {kind: string}',
      '{{ hint }} {% for hint in choices %}{{ hint }}{% endfor %} hint "hint"',
    );
    const places = promptNameAt(prompt, prompt.text.indexOf('hint }}'));
    assert.deepEqual([places?.declared.length, places?.used.length], [1, 1]);
    assert.equal(promptNameAt(prompt, prompt.text.indexOf('hint "hint"')), null);
  });

  it('are renamed everywhere, and the record’s own name is noted', () => {
    const template = '{% if hint %}{{ hint }}{% endif %}';
    assert.equal(
      rename(
        'inputs:\n  hint:\n    kind: string\nmetadata:\n  rationale:\n    setting: 2',
        template,
        'hint',
        'clue',
      ),
      '---\ninputs:\n  clue:\n    kind: string\nmetadata:\n  rationale:\n    fields: { clue: hint }\n    setting: 2\n---\n{% if clue %}{{ clue }}{% endif %}',
    );
    assert.equal(
      rename('name: x', template, 'hint }}', 'clue'),
      '---\nname: x\nmetadata:\n  rationale:\n    fields: { clue: hint }\n---\n{% if clue %}{{ clue }}{% endif %}',
    );
    assert.equal(
      rename(
        'metadata:\n  rationale:\n    fields:\n      ask: question',
        '{{ ask }} {{ hint }}',
        'hint',
        'clue',
      ),
      '---\nmetadata:\n  rationale:\n    fields:\n      clue: hint\n      ask: question\n---\n{{ ask }} {{ clue }}',
    );
    assert.equal(
      rename('metadata:\n  rationale:\n    fields: { ask: question }', '{{ ask }}', 'ask }}', 'q'),
      '---\nmetadata:\n  rationale:\n    fields: { q: question }\n---\n{{ q }}',
    );
  });

  for (const [what, newName, sentence] of [
    ['no name', '2b', /^"2b" is no name/],
    ['a word of the language', 'endif', /^"endif" is a word of the template language/],
    ['the name of another field', 'question', /^A record offers "question" already/],
  ] as const) {
    it(`are not given ${what}`, () => {
      assert.throws(() => rename('name: x', '{{ hint }}', 'hint', newName), { message: sentence });
    });
  }

  it('are not given where there is no place to note it', () => {
    assert.throws(() => rename('metadata: {rationale: {setting: 1}}', '{{ hint }}', 'hint', 'clue'), {
      message: /^Write metadata\.rationale on lines of its own first/,
    });
  });

  it('mean the same after they are renamed', () => {
    for (const text of real) {
      const prompt = { name: 'test', text };
      for (const name of ['question', 'hint', 'choices', 'letters', 'image']) {
        const use = text.search(new RegExp(`\\{\\{ ${name}\\b`)) + 3;
        if (use < 3 || !promptNameAt(prompt, use)) continue;
        let edits: readonly PromptEdit[] | null;
        try {
          edits = renameInPrompt(prompt, use, 'renamed_by_test');
        } catch (error) {
          assert.match(
            (error as Error).message,
            /on lines of its own first|^Correct the front matter first: /,
          );
          continue;
        }
        const after = apply(text, edits ?? []);
        assert.deepEqual(made(after), made(text), after);
      }
    }
  });
});

describe('the outline of a prompt file', () => {
  it('has the front matter by keys, then what each role says by blocks', () => {
    const text =
      '---\nname: x\ninputs:\n  hint: {}\n---\nsystem:\nBe brief.\n\nuser:\n{% if hint %}\n{% for c in choices %}{{ c }}{% endfor %}\n{% endif %}\n{% set x = 1 %}\n';
    type Part = ReturnType<typeof promptOutline>[number];
    const names = (parts: readonly Part[]): unknown[] =>
      parts.map(({ name, parts }) => (parts.length > 0 ? [name, names(parts)] : name));
    assert.deepEqual(names(promptOutline({ name: 'x', text })), [
      ['front matter', ['name', 'inputs']],
      'system:',
      ['user:', [['if hint', ['for c in choices']], 'set x = 1']],
    ]);
  });

  it('nests, and each part’s name lies in the part, whatever the text', () => {
    fc.assert(
      fc.property(fronts, body, (front, template) => {
        const text = `---\n${front}\n---\n${template}`;
        const check = (parts: ReturnType<typeof promptOutline>, start: number, end: number): void => {
          for (const { span, nameSpan, parts: inner } of parts) {
            assert.ok(start <= span.start && span.end <= end, `${span.start}–${span.end} in ${start}–${end}`);
            assert.ok(span.start <= nameSpan.start && nameSpan.end <= span.end);
            check([...inner], span.start, span.end);
          }
        };
        check(promptOutline({ name: 'x', text }), 0, text.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('includes', () => {
  const files: Readonly<Record<string, string>> = {
    'a.txt': 'A {{ question }}\n',
    'b.txt': '{% include "a.txt" %}\nB\n',
    'loop.txt': '{% include "loop.txt" %}',
    'broken.txt': '{{ question | uper }}',
  };
  const expand = (text: string) =>
    expandIncludes(text, 'main', (path) => {
      const partial = files[path];
      if (partial === undefined) throw new Error(`There is no file "${path}".`);
      return { id: path, text: partial };
    });

  // What jinja2 3.1.6 makes of them with trim_blocks and lstrip_blocks, and {{ question }} as it stands.
  for (const [what, text, expected] of [
    ['alone on a line', 'X\n  {% include "a.txt" %}\nY', 'X\nA {{ question }}Y'],
    ['within a line', 'X {% include "a.txt" %} Y', 'X A {{ question }} Y'],
    ['within an include', 'X\n{% include "b.txt" %}', 'X\nA {{ question }}B'],
    ['in a comment', '{# {% include "gone.txt" %} #}X', '{# {% include "gone.txt" %} #}X'],
    ['none', 'X {{ include }}', 'X {{ include }}'],
  ] as const) {
    it(`are put in as Jinja does: ${what}`, () => assert.equal(expand(text).text, expected));
  }

  it('take white space with them when they say so', () => {
    const shown = (text: string) => {
      const file = readPromptFile(`---\nname: x\n---\n${expand(text).text}`, 'x');
      return renderPrompt(file, full).messages[0]?.content;
    };
    assert.deepEqual(shown('X \n {%- include "a.txt" -%} \n Y'), [{ type: 'text', text: 'XA Why?\nuser:Y' }]);
  });

  it('that cannot be put in say why when they are rendered', () => {
    for (const [text, sentence] of [
      ['{% include "gone.txt" %}', /There is no file "gone\.txt"\.$/],
      ['{% include "loop.txt" %}', /"loop\.txt" includes itself\.$/],
    ] as const) {
      const [problem] = readPromptFile(`---\nname: x\n---\n${expand(text).text}`, 'x').problems;
      assert.match(problem?.message ?? '', sentence);
    }
  });

  it('know where each character comes from', () => {
    const text = 'X {% include "a.txt" %} {{ hint }}\n{% include "gone.txt" %}';
    const { text: expanded, masked, includes, written } = expand(text);
    assert.equal(masked.length, text.length);
    assert.deepEqual(
      includes.map(({ path, id, pathSpan }) => [path, id, text.slice(pathSpan.start, pathSpan.end)]),
      [
        ['a.txt', 'a.txt', 'a.txt'],
        ['gone.txt', null, 'gone.txt'],
      ],
    );
    const at = (needle: string) => {
      const start = expanded.indexOf(needle);
      const { span, isOwn } = written({ start, end: start + needle.length });
      return [text.slice(span.start, span.end), isOwn];
    };
    assert.deepEqual(at('hint'), ['hint', true]);
    assert.deepEqual(at('question'), ['{% include "a.txt" %}', false]);
    assert.deepEqual(at('raise'), ['{% include "gone.txt" %}', false]);
  });

  it('give every span of the expanded text a place in the file', () => {
    const parts = fc.constantFrom(
      '{% include "a.txt" %}',
      '{%- include "b.txt" -%}',
      '{% include "gone" %}',
      'x',
      '\n',
      ' ',
      '{{ hint }}',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 10 }), fc.nat(200), fc.nat(50), (some, from, length) => {
        const text = some.join('');
        const { text: expanded, written } = expand(text);
        const start = Math.min(from, expanded.length);
        const { span } = written({ start, end: Math.min(start + length, expanded.length) });
        assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length);
      }),
    );
  });
});
