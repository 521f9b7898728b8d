import { defaultText, FIELDS, type Field, typeText } from '../../server/src/core/recipes/fields.ts';
import { cell, notice } from './rule-pages.ts';

const SOURCE = 'server/src/core/recipes/fields.ts';

/** `docs/recipes.md`: every key of a recipe. */
export function recipePage(): string {
  const groups = Map.groupBy(FIELDS, ({ key }) => (key.includes('.') ? (key.split('.')[0] as string) : ''));
  const sections = [...groups].map(([group, fields]) => {
    return `## ${group === '' ? 'Single keys' : `\`${group}\``}\n\n${table(fields)}\n${values(fields)}`;
  });
  return `${notice(SOURCE)}
# Recipes

A recipe is a YAML file whose name ends in \`.recipe.yaml\`: one training, from the student to the export. What it leaves
out has the default below; paths count from its own folder. \`rationale lint\` and the editor check it as it is typed,
\`rationale train --check\` says what it will cost and what is wrong before anything is trained.

${sections.join('\n')}`;
}

function table(fields: readonly Field[]): string {
  const rows = fields.map((field) => {
    const only = field.only ? ` Only with \`${field.only.key}\` ${field.only.values.join(', ')}.` : '';
    return `| \`${field.key}\` | ${cell(field.doc + only)} | ${cell(shortType(field))} | ${field.unit} | ${cell(defaultText(field))} |`;
  });
  return `| key | what it is | value | unit | default |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function shortType(field: Field): string {
  return field.type.kind === 'one' ? 'one of those below' : typeText(field);
}

/** What the values of closed lists mean. */
function values(fields: readonly Field[]): string {
  const lists = fields.flatMap(({ key, type }) => {
    const closed = type.kind === 'one' || type.kind === 'texts' ? type.values : undefined;
    if (!closed) return [];
    return [`\`${key}\`:\n\n${closed.map(([value, meaning]) => `- \`${value}\`: ${meaning}`).join('\n')}\n`];
  });
  return lists.length > 0 ? `\n${lists.join('\n')}` : '';
}

interface Schema {
  type?: string | string[];
  properties: Record<string, Schema>;
  [rest: string]: unknown;
}

/** The JSON Schema of a recipe, resolved or not; the trainer checks `run.yaml` with it. */
export function recipeSchema(): string {
  const root: Schema = mapping();
  for (const field of FIELDS) {
    const path = field.key.split('.');
    const last = path.pop() as string;
    let inner = root;
    for (const name of path) {
      inner.properties[name] ??= mapping();
      inner = inner.properties[name];
    }
    inner.properties[last] = schemaOf(field);
  }
  root.properties.prompt = { anyOf: [root.properties.prompt, resolvedPrompt()] } as unknown as Schema;
  const head = { version: { const: 1 }, name: text(), recipe: text(), digest: text() };
  Object.assign(root.properties, head);
  root.required = FIELDS.filter((field) => field.default === undefined && !field.key.includes('.')).map(
    ({ key }) => key,
  );
  const whole = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $comment: `Written by \`npm run generate\` from ${SOURCE}; changes here are lost.`,
    title: 'A recipe as its file says it, or as run.yaml holds it with everything filled in',
    ...root,
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function mapping(): Schema {
  return { type: 'object', additionalProperties: false, properties: {} };
}

function text() {
  return { type: 'string', minLength: 1 };
}

/** In `run.yaml` the prompt's file is written out. */
function resolvedPrompt() {
  const names = ['name', 'setting', 'format', 'template', 'text'];
  return {
    type: 'object',
    additionalProperties: false,
    required: names,
    properties: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      setting: { type: 'integer', minimum: 1, maximum: 4 },
    },
  };
}

function schemaOf(field: Field): Schema {
  const { doc, unit, default: own, defaultWith, only } = field;
  const isOptional = own === null || only !== undefined || field.key.endsWith('.split');
  const value = valueSchema(field);
  return {
    ...(isOptional ? { anyOf: [value, { type: 'null' }] } : value),
    description: [
      doc,
      ...(unit === '' ? [] : [`Unit: ${unit}.`]),
      ...(defaultWith ? [`Default: ${defaultText(field)}.`] : []),
    ].join(' '),
    ...(own === undefined || defaultWith ? {} : { default: own }),
  } as unknown as Schema;
}

function valueSchema({ type }: Field) {
  switch (type.kind) {
    case 'text':
      return text();
    case 'flag':
      return { type: 'boolean' };
    case 'number':
      return { type: type.whole ? 'integer' : 'number', minimum: type.minimum, maximum: type.maximum };
    case 'one':
      return { enum: type.values.map(([value]) => value) };
    case 'numbers':
      return { type: 'array', items: { type: 'number' }, minItems: type.length, maxItems: type.length };
    case 'texts': {
      const items = type.values ? { enum: type.values.map(([value]) => value) } : { type: 'string' };
      const list = { type: 'array', items };
      return type.single ? { anyOf: [{ type: 'string' }, list] } : list;
    }
  }
}
