import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar, type IRawGrammar } from 'vscode-textmate';

const root = resolve(import.meta.dirname, '../..');
const contributed: readonly { scopeName: string; path: string; injectTo?: string[] }[] = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).contributes.grammars;

/** The outermost shape of the editor's own grammars, whose scopes ours refer to. */
const EDITOR_GRAMMARS: Readonly<Record<string, object>> = {
  'source.yaml': { patterns: [{ match: '^\\s*[\\w-]+(?=:)', name: 'entity.name.tag.yaml' }] },
  ...Object.fromEntries(
    ['source.json', 'source.json.lines'].map((scope) => [
      scope,
      {
        patterns: [
          { match: '"[^"]*"(?=\\s*:)', name: 'string.json support.type.property-name.json' },
          { begin: '"', end: '"', name: `string.quoted.double${scope.slice('source'.length)}` },
        ],
      },
    ]),
  ),
};

async function grammar(scope: string): Promise<IGrammar> {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scopeName) => {
      const own = contributed.find((one) => one.scopeName === scopeName);
      if (own) return textmate.parseRawGrammar(readFileSync(join(root, own.path), 'utf8'), own.path);
      const editors = EDITOR_GRAMMARS[scopeName];
      return editors ? ({ scopeName, repository: {}, ...editors } as unknown as IRawGrammar) : null;
    },
    getInjections: (scopeName) =>
      contributed.filter(({ injectTo }) => injectTo?.includes(scopeName)).map((one) => one.scopeName),
  });
  const loaded = await registry.loadGrammar(scope);
  assert.ok(loaded, `no grammar ${scope}`);
  return loaded;
}

/** Each token of the text with its innermost scope, white space left out. */
function tokens(using: IGrammar, text: string): string[] {
  let state = textmate.INITIAL;
  return text.split('\n').flatMap((line) => {
    const { tokens: found, ruleStack } = using.tokenizeLine(line, state);
    state = ruleStack;
    return found
      .map(({ startIndex, endIndex, scopes }) => [line.slice(startIndex, endIndex), scopes.at(-1)])
      .filter(([token]) => token?.trim() !== '')
      .map(([token, scope]) => `${token?.trim()}  ${scope}`);
  });
}

describe('the grammar of prompt files', () => {
  const cases: Record<string, [text: string, expected: string[]]> = {
    'front matter is YAML, and only at the top': [
      '---\nname: x\n---\n---',
      [
        '---  punctuation.definition.front-matter.begin.prompty',
        'name  entity.name.tag.yaml',
        ': x  meta.embedded.block.yaml',
        '---  punctuation.definition.front-matter.end.prompty',
        '---  text.prompty',
      ],
    ],
    'a role stands alone on its line': [
      'user:\nthe user: says',
      [
        'user  keyword.control.role.prompty',
        ':  punctuation.separator.role.prompty',
        'the user: says  text.prompty',
      ],
    ],
    'an expression with a filter': [
      'Q: {{ question | trim }}',
      [
        'Q:  text.prompty',
        '{{  punctuation.section.embedded.begin.jinja.prompty',
        'question  variable.other.jinja.prompty',
        '|  keyword.operator.pipe.jinja.prompty',
        'trim  support.function.filter.jinja.prompty',
        '}}  punctuation.section.embedded.end.jinja.prompty',
      ],
    ],
    'a partial': [
      '{% include "part.txt" %}',
      [
        '{%  punctuation.section.embedded.begin.jinja.prompty',
        'include  keyword.control.jinja.prompty',
        '"  string.quoted.double.jinja.prompty',
        'part.txt  string.quoted.double.jinja.prompty',
        '"  string.quoted.double.jinja.prompty',
        '%}  punctuation.section.embedded.end.jinja.prompty',
      ],
    ],
    'a loop, its counter and a property': [
      '{% for choice in choices if not loop.last %}',
      [
        '{%  punctuation.section.embedded.begin.jinja.prompty',
        'for  keyword.control.jinja.prompty',
        'choice  variable.other.jinja.prompty',
        'in  keyword.control.jinja.prompty',
        'choices  variable.other.jinja.prompty',
        'if  keyword.control.jinja.prompty',
        'not  keyword.operator.word.jinja.prompty',
        'loop  variable.language.jinja.prompty',
        '.  punctuation.accessor.jinja.prompty',
        'last  variable.other.property.jinja.prompty',
        '%}  punctuation.section.embedded.end.jinja.prompty',
      ],
    ],
    'braces in a string end nothing': [
      '{{ "%} }}" }}!',
      [
        '{{  punctuation.section.embedded.begin.jinja.prompty',
        '"  string.quoted.double.jinja.prompty',
        '%} }}  string.quoted.double.jinja.prompty',
        '"  string.quoted.double.jinja.prompty',
        '}}  punctuation.section.embedded.end.jinja.prompty',
        '!  text.prompty',
      ],
    ],
    'a comment goes on over lines': [
      '{# not\n{{ this }} #}a',
      [
        '{#  comment.block.jinja.prompty',
        'not  comment.block.jinja.prompty',
        '{{ this }}  comment.block.jinja.prompty',
        '#}  comment.block.jinja.prompty',
        'a  text.prompty',
      ],
    ],
    'an image and its path': [
      '![picture]({{ image }})',
      [
        '![  punctuation.definition.image.begin.prompty',
        'picture  string.other.link.description.prompty',
        '](  punctuation.definition.image.path.prompty',
        '{{  punctuation.section.embedded.begin.jinja.prompty',
        'image  variable.other.jinja.prompty',
        '}}  punctuation.section.embedded.end.jinja.prompty',
        ')  punctuation.definition.image.end.prompty',
      ],
    ],
    'stage tags': [
      'End with <CONCLUSION>B</CONCLUSION>',
      [
        'End with  text.prompty',
        '<  punctuation.definition.tag.begin.rationale',
        'CONCLUSION  entity.name.tag.stage.rationale',
        '>  punctuation.definition.tag.end.rationale',
        'B  text.prompty',
        '</  punctuation.definition.tag.begin.rationale',
        'CONCLUSION  entity.name.tag.stage.rationale',
        '>  punctuation.definition.tag.end.rationale',
      ],
    ],
  };
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(name, async () => assert.deepEqual(tokens(await grammar('text.prompty'), text), expected));
  }

  it('colours the shipped prompts without an end that never comes', async () => {
    const using = await grammar('text.prompty');
    for (const name of ['setting-3', 'svrd-teacher']) {
      const text = readFileSync(join(root, 'samples/sketchbook/prompts', `${name}.prompty`), 'utf8');
      assert.equal(tokens(using, `${text}\nEND`).at(-1), 'END  text.prompty');
    }
  });
});

describe('stage tags in the strings of outputs files', () => {
  for (const scope of ['source.json', 'source.json.lines']) {
    it(`are coloured in ${scope}, and only in strings`, async () => {
      const line = '{"raw_output": "<CAPTION>Two magnets.</CAPTION>", "n": <CAPTION>}';
      const coloured = tokens(await grammar(scope), line).filter((token) =>
        token.includes('stage.rationale'),
      );
      assert.deepEqual(coloured, [
        'CAPTION  entity.name.tag.stage.rationale',
        'CAPTION  entity.name.tag.stage.rationale',
      ]);
    });
  }
});
