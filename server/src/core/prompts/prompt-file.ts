import { type Document, isScalar, type Node, parseDocument } from 'yaml';
import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import { templateFault } from './template.ts';
import type { OutputFormat, PromptFile, PromptProblem, Setting } from './types.ts';
import { sampleVariables } from './variables.ts';

const SETTINGS: readonly Setting[] = [1, 2, 3, 4];
const FORMATS: readonly OutputFormat[] = ['stages', 'json', 'letter'];
const FRONT_MATTER = /^\uFEFF?---[ \t]*\r?\n((?:.*\r?\n)*?)---[ \t]*(?:\r?\n|$)/;

/**
 * Reads a `.prompty` file: YAML front matter between two lines of `---`, then a Jinja template with role lines
 * (`user:` alone on a line). What Rationale adds stands under `metadata.rationale`: `setting`, `format`, `gold`.
 * Never throws: what is wrong is in `problems`, and what is absent has its default.
 *
 * @param name what the prompt is called when its front matter does not say
 */
export function readPromptFile(text: string, name: string): PromptFile {
  const match = FRONT_MATTER.exec(text);
  if (!match) {
    return {
      ...{ name, description: '', setting: 1, format: 'stages', gold: false, template: text, bodyStart: 0 },
      problems: [withoutFrontMatter(text)],
    };
  }
  const yaml = match[1] as string;
  const matter = new FrontMatter(yaml, match[0].indexOf(yaml, match[0].indexOf('---') + 3));
  const bodyStart = match[0].length;
  const template = text.slice(bodyStart);
  const file = {
    name: matter.string('name') ?? name,
    description: matter.string('description') ?? '',
    setting: matter.oneOf(['metadata', 'rationale', 'setting'], SETTINGS) ?? 1,
    format: matter.oneOf(['metadata', 'rationale', 'format'], FORMATS) ?? 'stages',
    gold: matter.oneOf(['metadata', 'rationale', 'gold'], [true, false]) ?? false,
    template,
    bodyStart,
  };
  const fault = templateFault(template, sampleVariables(file.setting, file.gold));
  const body: PromptProblem[] = fault
    ? [{ code: 'invalid-template', message: fault.message, span: moved(fault.span, bodyStart) }]
    : [];
  return { ...file, problems: [...matter.problems, ...body] };
}

function withoutFrontMatter(text: string): PromptProblem {
  const isOpen = /^\uFEFF?---/.test(text);
  const message = isOpen
    ? 'The front matter is not closed: put a line of "---" before the template.'
    : 'The prompt file has no front matter: begin it with YAML between two lines of "---".';
  return {
    code: 'invalid-front-matter',
    message,
    span: { start: 0, end: Math.max(0, text.search(/[\r\n]|$/)) },
  };
}

/** The values of the front matter, each checked when it is asked for. */
class FrontMatter {
  readonly problems: PromptProblem[] = [];
  private readonly document: Document.Parsed;
  private readonly start: number;

  constructor(yaml: string, start: number) {
    this.start = start;
    this.document = parseDocument(yaml, { logLevel: 'silent', prettyErrors: false });
    const [error] = this.document.errors;
    if (error) this.report(`The front matter is not YAML: ${sentence(error.message)}`, error.pos);
  }

  string(key: string): string | null {
    const node = this.node([key]);
    if (!node) return null;
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    if (isScalar(node) && node.value === null) return null;
    this.report(`"${key}" must be a text.`, node.range);
    return null;
  }

  oneOf<Value>(path: readonly string[], allowed: readonly Value[]): Value | null {
    const node = this.node(path);
    if (!node) return null;
    const value = isScalar(node) ? node.value : undefined;
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    const shown = isScalar(node) ? quote(String(node.value), 30) : 'a list or mapping';
    this.report(`"${path.at(-1)}" is ${shown}; it must be one of ${allowed.join(', ')}.`, node.range);
    return null;
  }

  private node(path: readonly string[]): Node | null {
    if (this.document.errors.length > 0) return null;
    for (let depth = 1; depth <= path.length; depth++) {
      const node =
        this.document.hasIn(path.slice(0, depth)) && this.document.getIn(path.slice(0, depth), true);
      if (!node) return null;
      if (depth === path.length) return node as Node;
    }
    return null;
  }

  private report(message: string, range: readonly number[] | null | undefined): void {
    const [start = 0, end = start + 1] = range ?? [];
    const span = moved({ start, end: Math.max(end, start + 1) }, this.start);
    this.problems.push({ code: 'invalid-front-matter', message, span });
  }
}

function moved(span: Span, by: number): Span {
  return { start: span.start + by, end: span.end + by };
}

/** The first line of a library's message as a sentence. */
function sentence(message: string): string {
  const [line = ''] = message.split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
