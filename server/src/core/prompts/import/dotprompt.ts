import { handlebarsToJinja } from './handlebars.ts';
import type { Found, Importer } from './imported.ts';
import { inWords, readMapping } from './yaml.ts';

const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n((?:.*\r?\n)*?)---[ \t]*(?:\r?\n|$)/;
const CARRIED = ['name', 'model', 'config', 'input', 'output', 'description'];
/** Of `config`, and what Prompty calls it. */
const OPTIONS: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  maxOutputTokens: 'maxOutputTokens',
  topP: 'topP',
  topK: 'topK',
  stopSequences: 'stopSequences',
};
const KINDS: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'float',
  integer: 'integer',
  boolean: 'boolean',
};

/** Dotprompt: YAML front matter with Picoschema, and a Handlebars template. */
export const dotprompt: Importer = {
  id: 'dotprompt',
  title: 'dotprompt',
  reads: (file) => file.endsWith('.prompt'),
  read(text) {
    const match = FRONT_MATTER.exec(text);
    const yaml = match?.[1]?.trim() ? readMapping(match[1]) : {};
    const {
      text: template,
      notes,
      images,
    } = handlebarsToJinja(text.slice(match?.[0].length ?? 0), match?.[0].split('\n').length);
    const [firstLine = ''] = template
      .replace(/\{#.*?#\}/gs, '')
      .trimStart()
      .split('\n', 1);
    const isBegun = /^(system|user|assistant):$/.test(firstLine);
    const config = asMapping(yaml.config);
    const left = [
      ...Object.keys(yaml)
        .filter((key) => !CARRIED.includes(key))
        .map((key) => [key, yaml[key]] as const),
      ...Object.keys(config)
        .filter((key) => !(key in OPTIONS))
        .map((key) => [`config.${key}`, config[key]] as const),
      ...Object.entries(asMapping(asMapping(yaml.input).default)).map(
        ([key, value]) => [`input.default.${key}`, value] as const,
      ),
      ...Object.entries(asMapping(yaml.output))
        .filter(([key]) => key !== 'format')
        .map(([key, value]) => [`output.${key}`, value] as const),
    ];
    const options = Object.fromEntries(
      Object.entries(OPTIONS).flatMap(([key, name]) => (key in config ? [[name, config[key]]] : [])),
    );
    const found: Found = {
      ...textAt(yaml, 'name'),
      ...textAt(yaml, 'description'),
      ...textAt(yaml, 'model'),
      ...(Object.keys(options).length > 0 && { options }),
      inputs: inputsOf(asMapping(yaml.input).schema, images),
      ...(asMapping(yaml.output).format === 'json' && { rationale: { format: 'json' } }),
      // What stands before the first role is the user's, and in a prompt file the system's.
      body: isBegun ? template : `user:\n${template}`,
      notes: [...notes, ...left.map(([key, value]) => `Not carried over: ${key}: ${inWords(value)}.`)],
    };
    return found;
  },
};

/** Picoschema, as far as it tells names, types and descriptions, or a JSON schema. */
function inputsOf(schema: unknown, images: readonly string[]): Record<string, unknown> {
  const given = asMapping(schema);
  const fields = asMapping(given.properties ?? given);
  const inputs = Object.entries(fields).map(([key, value]) => {
    const [, name = key, optional, parens] = /^(\w+)(\?)?(?:\((\w+)[^)]*\))?$/.exec(key) ?? [];
    const [type = '', ...described] =
      typeof value === 'string' ? value.split(',') : [String(asMapping(value).type ?? 'object')];
    const description = described.join(',').trim() || /\(\w+,\s*([^)]*)\)/.exec(key)?.[1];
    const kind = images.includes(name)
      ? 'image'
      : parens === 'array' || parens === 'object'
        ? parens
        : (KINDS[type.trim()] ?? 'string');
    return [
      name,
      { kind, ...(description && { description }), ...(optional === undefined && { required: true }) },
    ];
  });
  const shown = images.filter((name) => !inputs.some(([known]) => known === name));
  return Object.fromEntries([...inputs, ...shown.map((name) => [name, { kind: 'image' }])]);
}

function textAt<Key extends string>(yaml: Record<string, unknown>, key: Key): { [K in Key]?: string } {
  const value = yaml[key];
  return (typeof value === 'string' ? { [key]: value } : {}) as { [K in Key]?: string };
}

export function asMapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
