import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import { AS_WRITTEN, readAsking } from './asking.ts';
import { OUTPUT_FORMATS } from './formats/index.ts';
import { FrontMatter } from './front-matter.ts';
import { templateFault } from './template.ts';
import type { OutputFormat, PromptFile, PromptProblem } from './types.ts';
import { SETTINGS, sampleVariables } from './variables.ts';

export const FORMATS: readonly OutputFormat[] = OUTPUT_FORMATS.map(({ id }) => id);
/** What Rationale adds to a Prompty file. */
export const OWN = ['metadata', 'rationale'] as const;
export const OWN_KEYS = ['setting', 'format', 'gold', 'strategy', 'order', 'demonstrations'] as const;
/** Where Prompty files name their model. */
const MODEL_NAMES = [['model', 'id'], ['model']];
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
 * (`user:` alone on a line). What Rationale adds stands under `metadata.rationale`: `setting`, `format`, `gold`,
 * `strategy`, `order`, `demonstrations`.
 * Never throws: what is wrong is in `problems`, and what is absent has its default.
 *
 * @param name what the prompt is called when its front matter does not say
 */
export function readPromptFile(text: string, name: string): PromptFile {
  const match = text.length > MOST_CHARACTERS ? null : FRONT_MATTER.exec(text);
  if (!match) {
    return {
      ...{ name, description: '', setting: 1, format: 'stages', gold: false, models: [], bodyStart: 0 },
      ...AS_WRITTEN,
      ...{ inputs: [], places: { setting: null, format: null, gold: null } },
      template: text.length > MOST_CHARACTERS ? '' : text,
      problems: [withoutFrontMatter(text)],
    };
  }
  const yaml = match[1] as string;
  const matter = new FrontMatter(yaml, match.indices?.[1]?.[0] ?? 0);
  const bodyStart = match[0].length;
  const template = text.slice(bodyStart);
  const file = {
    name: matter.text(['name']) ?? name,
    description: matter.text(['description']) ?? '',
    setting: matter.oneOf([...OWN, 'setting'], SETTINGS) ?? 1,
    format: matter.oneOf([...OWN, 'format'], FORMATS) ?? 'stages',
    gold: matter.oneOf([...OWN, 'gold'], [true, false]) ?? false,
    ...readAsking(matter, OWN),
    models: modelsOf(matter),
    template,
    bodyStart,
    inputs: matter.inputs(),
    places: {
      setting: matter.place([...OWN, 'setting']),
      format: matter.place([...OWN, 'format']),
      gold: matter.place([...OWN, 'gold']),
    },
  };
  matter.mapping(OWN.slice(0, 1));
  matter.onlyKeys(OWN, OWN_KEYS);
  checkTemplateKind(matter);
  const fault = templateFault(template, sampleVariables(file.setting, file.gold));
  const body: PromptProblem[] = fault
    ? [{ code: 'invalid-template', message: fault.message, span: moved(fault.span, bodyStart) }]
    : [];
  return { ...file, problems: [...matter.problems, ...body] };
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
  const model = matter.firstText(MODEL_NAMES)?.text.trim();
  return model ? [model] : [];
}

function checkTemplateKind(matter: FrontMatter): void {
  const kind = matter.firstText(TEMPLATE_KINDS);
  if (!kind || /^jinja2?$/i.test(kind.text)) return;
  matter.report(`The template is written in ${quote(kind.text, 30)}; it must be jinja2.`, kind.range);
}

function moved(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}
