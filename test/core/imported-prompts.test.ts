import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { handlebarsToJinja } from '../../server/src/core/prompts/import/handlebars.ts';
import { importPrompt } from '../../server/src/core/prompts/import/index.ts';
import { readPromptFile } from '../../server/src/core/prompts/prompt-file.ts';
import { renderTemplate } from '../../server/src/core/prompts/template.ts';

const cases = resolve(import.meta.dirname, '../cases/prompts/imported');
const files = readdirSync(cases).filter((name) => !/\.(?:prompty|md)$/.test(name));

/** What a Handlebars template comes to once it is Jinja. */
const render = (handlebars: string, variables: Record<string, unknown> = {}) =>
  renderTemplate({ template: handlebarsToJinja(handlebars).text, imageInputs: [] }, variables)
    .map((piece) =>
      piece.type === 'text' ? piece.text : piece.type === 'role' ? `<${piece.role}>` : '<image>',
    )
    .join('');

describe('Prompt files of other formats', () => {
  for (const file of files) {
    it(`${file} becomes ${file}.prompty, and what it lost is said in it`, () => {
      const { text, notes } = importPrompt(file, readFileSync(join(cases, file), 'utf8'));
      const path = join(cases, `${file}.prompty`);
      if (process.env.WRITE_GOLDENS) writeFileSync(path, text);
      assert.equal(text, readFileSync(path, 'utf8'));
      const isRunnable = file !== 'scienceqa.yaml';
      const { problems } = readPromptFile(text, file);
      assert.equal(problems.length === 0, isRunnable, problems[0]?.message);
      for (const note of notes.filter((one) => one.startsWith('Not carried over'))) {
        assert.ok(text.includes(note.replace(/\s+/g, ' ')), note);
      }
    });
  }

  it('with Python code are shown as not runnable, where the code is named', () => {
    const { text, notes } = importPrompt(
      'scienceqa.yaml',
      readFileSync(join(cases, 'scienceqa.yaml'), 'utf8'),
    );
    const [problem] = readPromptFile(text, 'x').problems;
    assert.match(
      problem?.message ?? '',
      /doc_to_text is Python code \(!function utils\.sqa_doc_to_text\), which is not run/,
    );
    assert.match(notes.join('\n'), /use the preset lmms-eval-scienceqa, which asks the same/);
  });

  for (const [file, text, sentence] of [
    ['notes.txt', 'x', /notes\.txt is in no prompt format that is known here/],
    ['a.prompt', '{{#if x}}', /The template is not Handlebars: Parse error on line 1/],
    ['a.prompt.yml', 'name: x', /The file has no messages/],
    ['a.prompt.yml', 'a: [', /The file is not YAML/],
    ['a.prompt.yml', '- a', /The file holds no keys/],
    ['a.yaml', 'colour: red', /is in no prompt format/],
  ] as const) {
    it(`say in a sentence why they cannot be read: ${file} with ${JSON.stringify(text)}`, () => {
      assert.throws(() => importPrompt(file, text), sentence);
    });
  }

  it('never end in anything but a sentence', () => {
    const names = fc.constantFrom('a.prompt', 'a.prompt.yml', 'a.yaml');
    fc.assert(
      fc.property(names, fc.string(), (file, text) => {
        try {
          importPrompt(file, text);
        } catch (error) {
          assert.match((error as Error).message, /^[^\n]+\.$/);
        }
      }),
    );
  });
});

describe('Handlebars as Jinja', () => {
  for (const [handlebars, variables, expected] of [
    ['Hi {{name}}!', { name: 'Ada' }, 'Hi Ada!'],
    // A tag alone on its line takes the line along; one beside text does not.
    ['a\n{{#if x}}\nb\n{{/if}}\nc', { x: true }, 'a\nb\nc'],
    ['a{{#if x}} b{{/if}}\nc', { x: true }, 'a b\nc'],
    ['a{{#if x}} b{{else}} d{{/if}}\nc', { x: false }, 'a d\nc'],
    ['{{#each xs}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}', { xs: ['a', 'b'] }, '0a,1b'],
    ['{{#each xs}}{{n}}{{../sep}}{{/each}}', { xs: [{ n: 1 }, { n: 2 }], sep: ';' }, '1;2;'],
    ['{{#each xs as |x i|}}{{i}}{{x.n}}{{/each}}', { xs: [{ n: 1 }] }, '01'],
    ['{{#with a}}{{b}}{{/with}}', { a: { b: 'x' } }, 'x'],
    ['{{#ifEquals a "x"}}y{{else}}n{{/ifEquals}}', { a: 'x' }, 'y'],
    ['{{#unlessEquals a 2}}y{{/unlessEquals}}', { a: 1 }, 'y'],
    ['{{json a}}', { a: { b: [1] } }, '{"b": [1]}'],
    ['{{a.b.[0]}}', { a: { b: ['x'] } }, 'x'],
    ['{{role "model"}}\nok', {}, '\n<assistant>\nok'],
    ['x{{! never }}y', {}, 'xy'],
  ] as const) {
    it(`${JSON.stringify(handlebars)} gives ${JSON.stringify(expected)}`, () => {
      assert.equal(render(handlebars, variables), expected);
    });
  }
});
