import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RegistrationParams } from 'vscode-languageserver/node';
import { Editor } from './harness.ts';
import { dataset } from './sample-dataset.ts';

const prompt = (body: string, rationale = 'format: letter') =>
  `---\nname: Test\ninputs:\n  question:\n    kind: string\nmetadata:\n  rationale:\n    ${rationale}\n---\nuser:\n{{ question }}\n${body}\nAnswer with a letter.\n`;

describe('finding one’s way in a prompt file', () => {
  let editor: Editor;
  beforeEach(async () => {
    editor = await Editor.start();
    mkdirSync(join(editor.folder, 'prompts'));
    editor.write('problems.json', dataset(3));
  });
  afterEach(() => editor.stop());

  const at = (uri: string, needle: string, nth = 0) => editor.find(uri, needle, nth).start;
  const textsAt = (uri: string, places: readonly { readonly range: Parameters<Editor['textAt']>[1] }[]) =>
    places.map(({ range }) => editor.textAt(uri, range));

  it('leads from a name to its declaration and back, and renames it everywhere', async () => {
    const uri = await editor.open(
      'prompts/a.prompty',
      prompt('{% if question %}Again: {{ question }}{% endif %}'),
    );
    const [declared, ...others] = await editor.definition(uri, at(uri, 'question }}'));
    assert.deepEqual([declared?.range, others], [editor.find(uri, 'question'), []]);
    assert.equal((await editor.references(uri, at(uri, 'question:'))).length, 3);
    assert.deepEqual(await editor.renameRange(uri, at(uri, 'question }}')), editor.find(uri, 'question', 1));
    assert.equal(await editor.renameRange(uri, at(uri, 'Again')), null);
    await editor.apply(uri, await editor.rename(uri, at(uri, 'question }}'), 'ask'));
    assert.equal(
      editor.textOf(uri),
      prompt('{% if ask %}Again: {{ ask }}{% endif %}', 'fields: { ask: question }\n    format: letter')
        .replace('  question:', '  ask:')
        .replace('{{ question }}', '{{ ask }}'),
    );
    assert.deepEqual(await editor.diagnostics(uri), []);
    await assert.rejects(editor.rename(uri, at(uri, 'ask }}'), 'end if'), /"end if" is no name/);
  });

  it('shows its parts, and formats it', async () => {
    const uri = await editor.open('prompts/a.prompty', prompt('{%if hint%}{{hint}}{%endif%}'));
    const [front, user] = await editor.symbols(uri);
    assert.deepEqual(
      [front?.name, front?.children?.map(({ name }) => name)],
      ['front matter', ['name', 'inputs', 'metadata']],
    );
    assert.deepEqual([user?.name, user?.children?.map(({ name }) => name)], ['user:', ['if hint']]);
    await editor.apply(uri, await editor.format(uri));
    assert.equal(editor.textOf(uri), prompt('{% if hint %}{{ hint }}{% endif %}'));
    assert.deepEqual(await editor.format(uri), []);
  });

  it('links to its dataset, its images and what it includes, where they are there', async () => {
    editor.write('prompts/scale.png', 'no image, but a file');
    editor.write('prompts/part.txt', 'A part.');
    const uri = await editor.open(
      'prompts/a.prompty',
      prompt(
        '![s](scale.png) ![g](gone.png) ![i]({{ image }})\n{% include "part.txt" %}',
        'dataset: ../problems.json\n    format: letter',
      ),
    );
    const links = await editor.links(uri);
    assert.deepEqual(textsAt(uri, links), ['../problems.json', 'scale.png', 'part.txt']);
    const [, , part] = links.map(({ target }) => fileURLToPath(target ?? ''));
    assert.equal(part, join(editor.folder, 'prompts', 'part.txt'));
    const [there] = await editor.definition(uri, at(uri, '../problems.json'));
    assert.equal(fileURLToPath(there?.uri ?? ''), join(editor.folder, 'problems.json'));
    const list = await editor.completions(uri, {
      ...at(uri, 'part.txt'),
      character: at(uri, 'part.txt').character + 2,
    });
    assert.deepEqual(
      list?.items.map(({ label }) => label),
      ['part.txt'],
    );
  });

  it('has the findings of what it includes at the include, and follows its edits', async () => {
    editor.write('prompts/part.txt', 'Hint: {{ hnt }}');
    const uri = await editor.open('prompts/a.prompty', prompt('{% include "part.txt" %}\n{{ topc }}'));
    const said = async () => {
      const found = await editor.diagnostics(uri);
      return found.map(
        ({ range, message }) => `${editor.textAt(uri, range)}: ${String(message).split(',')[0]}`,
      );
    };
    assert.deepEqual(await said(), [
      '{% include "part.txt" %}: In what is included here: No record has a "hnt"',
      'topc: No record has a "topc"',
    ]);
    const part = await editor.open('prompts/part.txt', 'Topic: {{ topic }}');
    assert.deepEqual(await said(), ['topc: No record has a "topc"']);
    await editor.replace(part, 'topic', 'hnt');
    assert.equal((await said()).length, 2);
    const { prompt: view } = await editor.request('rationale/renderPrompt', { uri });
    const text = JSON.stringify(view?.messages);
    assert.match(text, /Topic: /);
  });

  it('includes nothing from outside the workspace, nothing that is gone, and nothing in a circle', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'rationale-outside-'));
    writeFileSync(join(outside, 'secret.txt'), 'secret');
    try {
      symlinkSync(join(outside, 'secret.txt'), join(editor.folder, 'prompts', 'link.txt'));
      editor.write('prompts/one.txt', '{% include "two.txt" %}');
      editor.write('prompts/two.txt', '{% include "one.txt" %}');
      for (const [path, sentence] of [
        [join(outside, 'secret.txt'), /lies outside the workspace: it is not included/],
        ['../../secret.txt', /lies outside the workspace: it is not included/],
        ['link.txt', /leads outside the workspace: it is not included/],
        ['gone.txt', /There is no file "gone\.txt" to include/],
        ['one.txt', /"one\.txt" includes itself/],
      ] as const) {
        const uri = await editor.open('prompts/a.prompty', prompt(`{% include "${path}" %}`));
        const [finding, ...others] = await editor.diagnostics(uri);
        assert.deepEqual([finding?.code, others], ['invalid-template', []]);
        assert.match(String(finding?.message), sentence);
        assert.equal(
          editor.textAt(uri, finding?.range ?? editor.find(uri, 'name')),
          `{% include "${path}" %}`,
        );
        await editor.close(uri);
      }
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it('says of every kind of broken file where it is broken, and stays alive', async () => {
    const long = '{% for i in range(1000) %}{% for j in range(1000) %}xxxxxxxxxx{% endfor %}{% endfor %}';
    for (const [text, place, sentence] of [
      ['---\nname: [\n---\nuser:\nx', '[', /front matter is not YAML/],
      [prompt('{% if hint %}'), '{% if hint %}', /is never closed: "{% endif %}" is missing/],
      [prompt('{{ question | uper }}'), 'uper', /There is no filter "uper": did you mean "upper"\?/],
      [
        prompt('{% for i in range(9999999999) %}{% endfor %}'),
        '{% for i in range(9999999999) %}',
        /take too many steps/,
      ],
      [prompt(long), '{% for i in range(1000) %}', /take too many steps|more than 1,000,000 characters/],
      [prompt('{{ (1 }}'), '{{ (1 }}', /cannot be rendered/],
      [prompt('', 'dataset: gone.json\n    format: letter'), 'gone.json', /There is no dataset "gone\.json"/],
    ] as const) {
      const uri = await editor.open('prompts/a.prompty', text);
      const [finding] = await editor.diagnostics(uri);
      assert.match(String(finding?.message), sentence, text);
      assert.equal(editor.textAt(uri, finding?.range ?? editor.find(uri, 'name')), place);
      await editor.format(uri);
      await editor.links(uri);
      await editor.symbols(uri);
      await editor.close(uri);
    }
    assert.ok(editor.isAlive);
  });

  it('leaves the formatting of other files to the editor’s own formatters', async () => {
    const offered = await editor.until('formatting is offered', () =>
      editor.messages
        .flatMap(({ params }) => (params as Partial<RegistrationParams> | undefined)?.registrations ?? [])
        .find(({ method }) => method === 'textDocument/formatting'),
    );
    assert.deepEqual(offered.registerOptions, {
      documentSelector: [{ language: 'prompty' }, { scheme: 'file', pattern: '**/*.prompty' }],
    });
    const uri = await editor.open('problems.json', dataset(1));
    assert.deepEqual([await editor.format(uri), await editor.links(uri)], [[], []]);
  });
});
