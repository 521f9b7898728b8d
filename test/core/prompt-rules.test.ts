import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { checkPrompt } from '../../server/src/core/annotations/engine.ts';
import { RULES } from '../../server/src/core/annotations/rules/index.ts';
import type { Finding, PromptContext } from '../../server/src/core/annotations/types.ts';
import { checkPromptFile } from '../../server/src/core/pipeline/checks.ts';
import { readPromptFile } from '../../server/src/core/prompts/prompt-file.ts';
import { toVersionTwo } from '../../server/src/core/prompts/prompty-one.ts';
import { renderPrompt } from '../../server/src/core/prompts/render.ts';
import { templateUses } from '../../server/src/core/prompts/uses.ts';
import { offeredVariables } from '../../server/src/core/prompts/variables.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';
import { type MarkedCase, readMarkedCases } from './marked-cases.ts';

const root = join(import.meta.dirname, '../..');
const cases = join(root, 'test/cases/prompts');
const shipped = join(root, 'samples/sketchbook/prompts');
const promptRules = RULES.filter(({ scope }) => scope === 'prompt');

/** What models of the tests were trained with. */
const trainedWith = ([1, 2] as const).map((setting) => {
  const name = `setting-${setting}`;
  const { template } = readPromptFile(readFileSync(join(shipped, `${name}.prompty`), 'utf8'), name);
  return { name, setting, template };
});

/** Every model that a file names takes 512 tokens, 400 of which its longest prompt has. */
function check(text: string, records: PromptContext['records'] = null): Finding[] {
  const file = readPromptFile(text, 'test');
  const answer = file.maxOutputTokens ?? 256;
  const longest = { record: '7', tokens: { total: 400, image: 37 }, context: 512, answer };
  return checkPrompt(
    {
      ...{ file, uses: templateUses(file), offered: offeredVariables(file), records, misfits: [] },
      asVersionTwo: () => toVersionTwo(text, file),
      lengths: () => file.models.map((model) => ({ model, ...longest })),
      trained: file.models.map((model) => ({ model, prompts: trainedWith })),
    },
    {},
  );
}

interface Case extends MarkedCase {
  readonly records: PromptContext['records'];
}

function readCases(file: string): Case[] {
  return readMarkedCases(join(cases, file)).map((example) => {
    const [, withImage, total] = /^dataset: (\d+) of (\d+)$/.exec(example.around) ?? [];
    const [, field, none, of] = /^no (\w+): (\d+) of (\d+)$/.exec(example.around) ?? [];
    if (field)
      return {
        ...example,
        records: { total: Number(of), withImage: 0, empty: new Map([[field, Number(none)]]) },
      };
    const empty = new Map<string, number>();
    return {
      ...example,
      records: total ? { total: Number(total), withImage: Number(withImage), empty } : null,
    };
  });
}

const pictured: DatasetRecord = {
  ...{ id: '1', question: 'Why?', choices: ['a', 'b'], answer: 0, hint: '', image: 'image.png', caption: '' },
  ...{
    task: '',
    grade: '',
    subject: '',
    topic: '',
    category: '',
    skill: '',
    lecture: '',
    solution: '',
    split: null,
  },
};

const unmarked = (marked: string) => marked.replace(/[«»]/g, '');

/** The text, marked anew where a rule found something. */
function markedByRule(text: string, findings: readonly Finding[]): string {
  return findings
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce(
      (now, { span: { start, end } }) => `${now.slice(0, start)}«${now.slice(start, end)}»${now.slice(end)}`,
      text,
    );
}

function applyFix(text: string, finding: Finding | undefined, title: string): string {
  const fix = finding?.fixes.find((offered) => offered.title === title);
  assert.ok(fix, `${title} is not among: ${finding?.fixes.map((offered) => offered.title).join('; ')}`);
  return fix.edits
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((now, { span, newText }) => now.slice(0, span.start) + newText + now.slice(span.end), text);
}

describe('Prompt rules', () => {
  const files = readdirSync(cases).filter((name) => name.endsWith('.txt'));

  it('have a file of cases each', () => {
    assert.deepEqual(files.toSorted(), promptRules.map(({ id }) => `${id}.txt`).toSorted());
  });

  for (const file of files) {
    const rule = basename(file, '.txt');
    describe(rule, () => {
      for (const { name, records, marked, fix } of readCases(file)) {
        it(name, () => {
          for (const lineEnd of ['\n', '\r\n']) {
            const expected = marked.replaceAll('\n', lineEnd);
            const text = unmarked(expected);
            const findings = check(text, records).filter((found) => found.rule === rule);
            assert.equal(markedByRule(text, findings), expected);
            if (fix)
              assert.equal(applyFix(text, findings[0], fix.title), fix.after.replaceAll('\n', lineEnd));
          }
        });
      }
    });
  }

  for (const { id, docs } of promptRules) {
    it(`${id} speaks of its own example`, () => {
      const records = { total: 2, withImage: 0, empty: new Map([['hint', 1]]) };
      assert.ok(check(docs.example, records).some(({ rule }) => rule === id));
    });
  }

  it('say in one sentence what is wrong and what to do', () => {
    const says = (front: string, body: string) =>
      check(`---\n${front}\n---\nuser:\n${body}`)
        .filter(({ severity }) => severity !== 'hint')
        .map(({ message }) => message);
    const setting = (n: number) => `metadata: {rationale: {setting: ${n}}}`;
    assert.deepEqual(says(setting(1), '{{ lecture }}'), [
      'Setting 1 withholds the lecture, so it renders as nothing: take it out, or name setting 2 or 3.',
    ]);
    assert.deepEqual(says('name: x', '{{ solution }}'), [
      'No setting is named, and setting 1 withholds the solution, so it renders as nothing: take it out, or name setting 3 or 4.',
    ]);
    assert.deepEqual(says(setting(1), '{{ answer_text }}'), [
      'The gold answer is withheld, so "answer_text" renders as nothing: take it out, or say "gold: true" under metadata.rationale if this is a teacher\'s prompt.',
    ]);
    assert.deepEqual(says(setting(1), '{{ qestion }}'), [
      'No record has a "qestion", so it renders as nothing: did you mean "question"?',
    ]);
  });

  it('have nothing but hints for the shipped prompts, and these are right', () => {
    const found = Object.fromEntries(
      readdirSync(shipped, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.prompty'))
        .map((name) => [
          name,
          check(readFileSync(join(shipped, name), 'utf8'), {
            total: 2,
            withImage: 1,
            empty: new Map([['hint', 1]]),
          }).map(({ severity, rule }) => `${severity} ${rule}`),
        ]),
    );
    // The embedded models were trained on the settings' prompts, which name no tags.
    const untold = 'hint format-not-requested';
    const tells = 'hint answer-in-prompt';
    // As lmms-eval writes it: "Context:" stands over nothing.
    const unguarded = 'hint empty-input';
    const preset = (name: string) => join('presets', `${name}.prompty`);
    assert.deepEqual(found, {
      [preset('lmms-eval-scienceqa')]: [],
      [preset('lmms-eval-scienceqa-idefics2')]: [untold],
      [preset('lmms-eval-scienceqa-qwen-vl')]: [untold, unguarded],
      [preset('vlmevalkit-scienceqa')]: [untold],
      [preset('vlmevalkit-scienceqa-llava')]: [],
      'gold-hint.prompty': [untold, tells],
      'setting-1.prompty': [untold],
      'setting-2.prompty': [untold],
      'setting-3.prompty': [untold, tells],
      'setting-4.prompty': [untold, tells],
      'svrd-student.prompty': [],
      'svrd-teacher.prompty': [tells],
    });
  });

  it('say how long a prompt gets, and where it is not what models were trained with', () => {
    const says = (front: string, body: string) =>
      check(`---\n${front}\n---\n${body}`)
        .filter(({ rule }) => rule === 'prompt-too-long' || rule === 'train-template-mismatch')
        .map(({ message }) => message);
    const [one, two] = trainedWith.map(({ template }) => template) as [string, string];
    assert.deepEqual(says('model: small', one), [
      'With record "7" the prompt has 400 tokens: of the 512 that small takes, 112 are left to an answer of up to 256.',
    ]);
    const short = (models: string) =>
      `metadata: {rationale: {models: ${models}}}\nmodel: {options: {maxOutputTokens: 99}}`;
    assert.deepEqual(says(short('[small]'), one), []);
    assert.deepEqual(says(short('[small]'), two), [
      'small was not trained with this prompt: its template was trained with setting 2.',
    ]);
    assert.deepEqual(says(short('[small, smaller]'), one.replace('Hint:', 'Context:')), [
      'small, smaller were not trained with this prompt: the nearest, "setting-1", has "Hint: {{ hint }}" where it says "Context: {{ hint }}".',
    ]);
    assert.deepEqual(
      says(
        'metadata: {rationale: {strategy: short}}\nmodel: {id: small, options: {maxOutputTokens: 99}}',
        one,
      ),
      [
        'small was not trained with this prompt: the template is the one, but the strategy "short" adds to it.',
      ],
    );
  });

  it('rewrite Prompty 1 into a file that is none, and that asks the same', () => {
    const shown = (text: string) => {
      const file = readPromptFile(text, 'test');
      const { models, maxOutputTokens, problems } = file;
      return { models, maxOutputTokens, problems, prompt: renderPrompt(file, pictured) };
    };
    const files = readCases('prompty-v1.txt').filter(({ fix }) => fix);
    assert.ok(files.length > 1);
    for (const { marked } of files) {
      const text = unmarked(marked);
      const after = applyFix(
        text,
        check(text).find(({ rule }) => rule === 'prompty-v1'),
        'Write it as Prompty 2',
      );
      assert.deepEqual(readPromptFile(after, 'test').oldKeys, []);
      assert.deepEqual(shown(after), shown(text));
    }
  });

  it('hear of the settings', () => {
    const text = '---\nname: x\n---\nuser:\n{{ lecture }}';
    const by = (rules: Parameters<typeof checkPromptFile>[2]) =>
      checkPromptFile(
        { name: 'x', text },
        { dataset: null, datasetProblem: null, models: [], includes: null },
        rules,
      ).map(({ rule, severity }) => `${severity} ${rule}`);
    assert.deepEqual(by({}), ['hint format-not-requested', 'error solution-leak']);
    assert.deepEqual(by({ 'solution-leak': 'warning', 'format-not-requested': 'off' }), [
      'warning solution-leak',
    ]);
  });
});

describe('Any prompt file', () => {
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
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '|',
      '.',
      ',',
      ':',
      '=',
    ],
    ...['if', 'else', 'elif', 'endif', 'for', 'in', 'endfor', 'set', 'endset', 'macro', 'endmacro', 'call'],
    ...[
      'endcall',
      'filter',
      'endfilter',
      'is',
      'not',
      'and',
      'defined',
      'generation',
      'range',
      '9',
      '"',
      "'",
    ],
    ...[
      '\\',
      '\n',
      '\r\n',
      ' ',
      'x',
      'question',
      'lecture',
      'image',
      'upper',
      'user:\n',
      '![image](',
      '~',
      '*',
    ],
  );
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(' ')),
    fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
  );
  const front = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          'metadata:',
          'rationale:',
          'setting:',
          'inputs:',
          '\n',
          '  ',
          '- ',
          '{',
          '}',
          '[',
          '3',
          '*a',
          '&a ',
          'name: x',
        ),
        { maxLength: 20 },
      )
      .map((pieces) => pieces.join('')),
    fc.constant('metadata: {rationale: {setting: 1}}'),
  );

  it('is checked without an exception, and every finding and fix lies in it', () => {
    fc.assert(
      fc.property(front, body, fc.boolean(), (front, body, isWhole) => {
        const text = isWhole ? `---\n${front}\n---\n${body}` : body;
        for (const { span, fixes, message } of check(text, {
          total: 1,
          withImage: 1,
          empty: new Map([
            ['question', 1],
            ['hint', 1],
          ]),
        })) {
          for (const { start, end } of [
            span,
            ...fixes.flatMap(({ edits }) => edits.map((edit) => edit.span)),
          ]) {
            assert.ok(0 <= start && start <= end && end <= text.length, `${start}–${end} of ${text.length}`);
          }
          assert.ok(message.length > 0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('has each variable where it says', () => {
    fc.assert(
      fc.property(body, (body) => {
        const text = `---\nname: x\n---\n${body}`;
        for (const { name, span, tag } of templateUses(readPromptFile(text, 'x'))?.variables ?? []) {
          assert.equal(text.slice(span.start, span.end), name);
          assert.match(text.slice(tag.start, tag.end), /^\{[{%]/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  for (const [what, body] of [
    ['tags that are never closed', '{{'.repeat(50_000)],
    ['links that are never closed', '![]({{'.repeat(30_000)],
    ['blocks that are never closed', '{% for x in choices %}'.repeat(2000)],
    ['quotes that are never closed', `{{ ${'\\"'.repeat(50_000)}`],
    ['white space', ' '.repeat(150_000)],
    ['parentheses', `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`],
    ['lists in the front matter', `---\n${'['.repeat(50_000)}\n---\n`],
    ['ten million characters', 'x'.repeat(10_000_000)],
  ] as const) {
    it(`with too much of ${what} says so in time`, () => {
      const text = body.startsWith('---') ? body : `---\nname: x\n---\n${body}`;
      const errors = check(text).filter(({ severity }) => severity === 'error');
      assert.equal(errors.length, 1);
      assert.ok((errors[0] as Finding).message.length < 200);
    });
  }
});
