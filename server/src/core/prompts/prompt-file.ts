import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import { readAsking } from './asking.ts';
import { OUTPUT_FORMATS } from './formats/index.ts';
import { FrontMatter } from './front-matter.ts';
import { OWN, OWN_KEYS } from './front-matter-keys.ts';
import { templateFault } from './template-fault.ts';
import type { OutputFormat, PromptFile, PromptProblem } from './types.ts';
import { offeredVariables, SETTINGS, sampleVariables } from './variables.ts';

const FORMATS: readonly OutputFormat[] = OUTPUT_FORMATS.map(({ id }) => id);
/** Where Prompty files of all versions name their model. */
const MODEL_NAMES = [
  ['model', 'id'],
  ['model'],
  ['model', 'configuration', 'azure_deployment'],
  ['model', 'configuration', 'name'],
];
/** More than any model writes. */
const MOST_TOKENS = 1_000_000;
/** What a record offers by its own names. */
const FIELDS = offeredVariables({ setting: 3, gold: true }).map(({ name }) => name);
const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n((?:.*\r?\n)*?)---[ \t]*(?:\r?\n|$)/d;
/** Where Prompty files of all versions say how their template is written. */
const TEMPLATE_KINDS = [
  ['template', 'format', 'kind'],
  ['template', 'format'],
  ['template', 'type'],
  ['template'],
];
/** Characters of a prompt file; many demonstrations fit. */
const MOST_CHARACTERS = 200_000;

/**
 * Reads a `.prompty` file: YAML front matter between two lines of `---`, then a Jinja template with role lines
 * (`user:` alone on a line). What Rationale adds stands under `metadata.rationale`
 * (`front-matter-keys.ts`). Never throws: what is wrong is in `problems`, and what is absent has its default.
 *
 * @param name what the prompt is called when its front matter does not say
 */
export function readPromptFile(text: string, name: string): PromptFile {
  const match = text.length > MOST_CHARACTERS ? null : FRONT_MATTER.exec(text);
  const matter = new FrontMatter(match?.[1] ?? '', match?.indices?.[1]?.[0] ?? 0);
  const bodyStart = match?.[0].length ?? 0;
  const template = text.length > MOST_CHARACTERS ? '' : text.slice(bodyStart);
  const own = (key: keyof typeof OWN_KEYS) => [...OWN, key];
  const inputs = matter.inputs();
  const file = {
    name: matter.text(['name']) ?? name,
    description: matter.text(['description']) ?? '',
    dataset: matter.text(own('dataset')),
    split: matter.text(own('split')),
    ...readAsking(matter, OWN),
    models: modelsOf(matter),
    setting: matter.oneOf(own('setting'), SETTINGS) ?? 1,
    format: matter.oneOf(own('format'), FORMATS) ?? 'stages',
    reader: matter.text(own('reader')),
    gold: matter.oneOf(own('gold'), [true, false]) ?? false,
    fields: matter.namesOf(own('fields'), FIELDS),
    fieldNames: matter.keysIn(own('fields')),
    maxOutputTokens: maxOutputTokens(matter),
    template,
    matter: match ? { start: match.indices?.[1]?.[0] ?? 0, end: match.indices?.[1]?.[1] ?? 0 } : null,
    bodyStart,
    inputs,
    imageInputs: inputs.filter(({ kind }) => kind === 'image').map((input) => input.name),
    oldKeys: matter.oldKeys(),
    places: {
      setting: matter.place(own('setting')),
      format: matter.place(own('format')),
      gold: matter.place(own('gold')),
      dataset: matter.place(own('dataset')),
      split: matter.place(own('split')),
      reader: matter.place(own('reader')),
      strategy: matter.place(own('strategy')),
      models: matter.place(own('models')) ?? matter.place(['model', 'id']) ?? matter.place(['model']),
    },
  };
  if (!match) return { ...file, problems: [withoutFrontMatter(text)] };
  matter.mapping(OWN.slice(0, 1));
  matter.onlyKeys(OWN, Object.keys(OWN_KEYS));
  checkTemplateKind(matter);
  const fault = templateFault(template, sampleVariables(file));
  const body: PromptProblem[] = fault
    ? [{ code: 'invalid-template', ...fault, span: moved(fault.span, bodyStart) }]
    : [];
  const head = matter.problems.map(
    (problem): PromptProblem => ({ code: 'invalid-front-matter', ...problem }),
  );
  return { ...file, problems: [...head, ...body] };
}

function withoutFrontMatter(text: string): PromptProblem {
  const span = { start: 0, end: Math.max(0, text.slice(0, 1000).search(/[\r\n]|$/)) };
  if (text.length > MOST_CHARACTERS) {
    const most = MOST_CHARACTERS.toLocaleString('en');
    const message = `The prompt file has more than ${most} characters: it is not read; is it another file?`;
    return { code: 'invalid-template', message, span };
  }
  const isOpen = /^\uFEFF?---/.test(text);
  const message = isOpen
    ? 'The front matter is not closed: put a line of "---" before the template.'
    : 'The prompt file has no front matter: begin it with YAML between two lines of "---".';
  return { code: 'invalid-front-matter', message, span };
}

function modelsOf(matter: FrontMatter): string[] {
  const own = matter.texts([...OWN, 'models']);
  if (own.length > 0) return own;
  const model = matter.firstText(MODEL_NAMES)?.text.trim();
  return model ? [model] : [];
}

function maxOutputTokens(matter: FrontMatter): number | null {
  return (
    matter.wholeNumber(['model', 'options', 'maxOutputTokens'], MOST_TOKENS, 1) ??
    matter.wholeNumber(['model', 'parameters', 'max_tokens'], MOST_TOKENS, 1)
  );
}

function checkTemplateKind(matter: FrontMatter): void {
  const kind = matter.firstText(TEMPLATE_KINDS);
  if (!kind || /^jinja2?$/i.test(kind.text)) return;
  matter.report(`The template is written in ${quote(kind.text, 30)}; it must be jinja2.`, kind.range);
}

function moved(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}
