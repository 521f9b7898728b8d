import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { Span } from '../span.ts';
import { shownValue, type YamlPath, YamlText } from '../yaml-text.ts';
import { FIELDS, type Field, fieldOf, keysBelow, LOGIT_KINDS, PAIR_KINDS, typeText } from './fields.ts';
import type { Recipe, RecipeFile } from './types.ts';

/** Characters of a recipe; comments included. */
const MOST_CHARACTERS = 200_000;

/**
 * Reads a `.recipe.yaml` file. Never throws: what is wrong is in `problems`, and what is absent or wrong has its
 * default, or is empty where it has none.
 */
export function readRecipeFile(text: string, name: string): RecipeFile {
  const isTooLong = text.length > MOST_CHARACTERS;
  const yaml = new RecipeYaml(isTooLong ? '' : text);
  yaml.checkKeys([]);
  const recipe = nested(FIELDS.map((field) => [field.key, yaml.value(field)] as const));
  if (yaml.problems.length === 0) checkTogether(yaml, recipe);
  const most = MOST_CHARACTERS.toLocaleString('en');
  const message = `The recipe has more than ${most} characters: it is not read; is it another file?`;
  return {
    name,
    recipe: withoutForeign(recipe),
    problems: isTooLong ? [{ message, span: { start: 0, end: 1 } }] : yaml.problems,
    place: (key) => yaml.nearest(key),
  };
}

/** The key at an offset, or the key whose value is there, with those around it; null where there is none. */
export function recipeKeyAt(text: string, offset: number): string | null {
  return new RecipeYaml(text).keyAt(offset)?.join('.') ?? null;
}

class RecipeYaml extends YamlText {
  constructor(yaml: string) {
    super(yaml, 'The recipe');
  }

  /** Says of every key that is none, at whatever depth. */
  checkKeys(parent: YamlPath): void {
    this.onlyKeys(parent, keysBelow(parent));
    for (const key of keysBelow(parent)) {
      const path = [...parent, key];
      if (!fieldOf(path.join('.')) && this.node(path)) this.checkKeys(path);
    }
  }

  /** The value of a field; its default where it is absent or wrong. */
  value(field: Field): unknown {
    const path = field.key.split('.');
    const node = this.node(path);
    const fallback = this.fallback(field);
    if (!node) {
      if (field.default === undefined) this.missing(field.key);
      return fallback;
    }
    if (isScalar(node) && node.value === null) {
      // `null` says "nothing" where nothing is a default, and "every" where there is a split.
      if (field.default === undefined) this.report(`"${field.key}" is empty: ${field.doc}`, node.range);
      return field.default === null || field.key.endsWith('.split') ? null : fallback;
    }
    return this.read(field, node) ?? fallback;
  }

  /** The default, which another key may decide. */
  private fallback({ only, default: usual = null, defaultWith }: Field): unknown {
    if (!only || !defaultWith) return usual;
    const node = this.node(only.key.split('.'));
    return (isScalar(node) ? defaultWith[String(node.value)] : undefined) ?? usual;
  }

  nearest(key: string): Span {
    const path = key.split('.');
    for (let length = path.length; length > 0; length--) {
      const span = this.place(path.slice(0, length));
      if (span) return length === path.length ? span : { start: span.start, end: span.start + 1 };
    }
    return this.firstLine();
  }

  reportNear(key: string, message: string): void {
    const { start, end } = this.nearest(key);
    this.report(message, [start, end]);
  }

  has(key: string): boolean {
    return this.node(key.split('.')) !== null;
  }

  private missing(key: string): void {
    // YAML that cannot be read says so itself.
    if (this.problems.some(({ message }) => message.startsWith('The recipe is not YAML'))) return;
    const { start, end } = this.firstLine();
    this.report(`The recipe does not say "${key}": ${fieldOf(key)?.doc ?? ''}`, [start, end]);
  }

  private firstLine(): Span {
    const node = this.root();
    const start = isMap(node) ? ((node.items[0]?.key as Node | undefined)?.range?.[0] ?? 0) : 0;
    const end = isMap(node) ? ((node.items[0]?.key as Node | undefined)?.range?.[1] ?? start + 1) : start + 1;
    return { start, end };
  }

  private read(field: Field, node: Node): unknown {
    const { type, key } = field;
    const name = key.split('.').at(-1) as string;
    switch (type.kind) {
      case 'text':
        if (isScalar(node) && typeof node.value === 'string' && node.value !== '') return node.value;
        break;
      case 'flag':
        return this.oneOfNode(node, name, [true, false]);
      case 'one':
        return this.oneOfNode(
          node,
          name,
          type.values.map(([value]) => value),
        );
      case 'number':
        if (isNumber(node, type)) return (node as { value: number }).value;
        break;
      case 'numbers': {
        const items = isSeq(node) ? node.items : [];
        const isFine = items.length === type.length && items.every((item) => isNumber(item, ANY_NUMBER));
        if (isFine) return items.map((item) => (item as { value: number }).value);
        break;
      }
      case 'texts': {
        if (type.single && isScalar(node) && typeof node.value === 'string') return [node.value];
        if (!isSeq(node)) break;
        const read = node.items.map((item) => this.item(item as Node, name, type.values));
        return read.every((item) => item !== null) ? read : null;
      }
    }
    this.report(`"${name}" is ${shownValue(node)}; it must be ${typeText(field)}.`, node.range);
    return null;
  }

  private item(
    node: Node,
    name: string,
    values: readonly (readonly [string, string])[] | undefined,
  ): string | null {
    if (values)
      return this.oneOfNode(
        node,
        name,
        values.map(([value]) => value),
      );
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    this.report(`"${name}" must be a list of texts.`, node.range);
    return null;
  }
}

const ANY_NUMBER = { whole: false, minimum: 0, maximum: 1e9 };

function isNumber(
  node: unknown,
  { whole, minimum, maximum }: { whole: boolean; minimum: number; maximum: number },
): boolean {
  if (!isScalar(node) || typeof node.value !== 'number' || !Number.isFinite(node.value)) return false;
  if (whole && !Number.isInteger(node.value)) return false;
  return node.value >= minimum && node.value <= maximum;
}

/** What single keys cannot tell: which of them go together. */
function checkTogether(yaml: RecipeYaml, recipe: Recipe): void {
  for (const { key, only } of FIELDS) {
    if (!only || !yaml.has(key)) continue;
    const kind = valueAt(recipe, only.key) as string;
    if (only.values.includes(kind)) continue;
    yaml.reportNear(
      key,
      `"${key}" does nothing with ${only.key} "${kind}": it belongs to ${only.values.join(', ')}.`,
    );
  }
  const { teacher, target, objective } = recipe;
  const hasOutputs = teacher.run !== null || teacher.outputs !== null;
  if (teacher.run !== null && teacher.outputs !== null) {
    yaml.reportNear('teacher.outputs', 'A teacher has a run or a file of outputs, not both.');
  }
  if (target.startsWith('rationale') && !hasOutputs) {
    yaml.reportNear(
      'target',
      `The target "${target}" needs the teacher’s rationales: name teacher.run or teacher.outputs.`,
    );
  }
  if (LOGIT_KINDS.includes(objective.kind) && teacher.model === null) {
    yaml.reportNear(
      'objective.kind',
      `The objective "${objective.kind}" needs the teacher’s weights: name teacher.model.`,
    );
  }
  if (!LOGIT_KINDS.includes(objective.kind) && teacher.model !== null) {
    yaml.reportNear('teacher.model', `The objective "${objective.kind}" does not use the teacher’s weights.`);
  }
  const { beta } = objective;
  if (objective.kind === 'js' && beta !== null && (beta <= 0 || beta >= 1)) {
    yaml.reportNear(
      'objective.beta',
      `"beta" is ${beta}; with the objective "js" it is the teacher’s share of the mixture, and lies between 0 and 1.`,
    );
  }
  if (PAIR_KINDS.includes(objective.kind) && target !== 'rationale') {
    yaml.reportNear(
      'target',
      `The objective "${objective.kind}" sets right rationales against wrong ones: the target must be "rationale".`,
    );
  }
  if (objective.kind === 'two-task' && (target === 'answer' || target.endsWith('-answer'))) {
    yaml.reportNear(
      'target',
      'The objective "two-task" learns the answer as a task of its own: the target must be "rationale" or "solution".',
    );
  }
}

/** The keys of other kinds are null, so that nobody takes their defaults for something that was asked for. */
function withoutForeign(recipe: Recipe): Recipe {
  return nested(
    FIELDS.map(({ key, only }) => {
      const isForeign = only && !only.values.includes(valueAt(recipe, only.key) as string);
      return [key, isForeign ? null : valueAt(recipe, key)] as const;
    }),
  );
}

/** The value of a key, by its path. */
export function valueAt(recipe: Recipe, key: string): unknown {
  return key.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)?.[name], recipe);
}

/** The values by path as the nested whole; the table of fields is what the type `Recipe` says. */
function nested(values: readonly (readonly [key: string, value: unknown])[]): Recipe {
  const whole: Record<string, unknown> = {};
  for (const [key, value] of values) {
    const path = key.split('.');
    const last = path.pop() as string;
    let inner = whole;
    for (const name of path) {
      inner[name] ??= {};
      inner = inner[name] as Record<string, unknown>;
    }
    inner[last] = value;
  }
  return whole as unknown as Recipe;
}
