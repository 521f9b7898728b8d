import { type Document, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import { similarNames } from '../similar-name.ts';
import type { Span } from '../span.ts';
import { quote } from '../text.ts';
import type { PromptInput, PromptProblem } from './types.ts';

type Path = readonly string[];

/** The values of the front matter, each checked when it is asked for. Spans lie in the file. */
export class FrontMatter {
  readonly problems: PromptProblem[] = [];
  /** Null when the YAML is so broken that it cannot even be taken apart. */
  private readonly document: Document.Parsed | null;
  private readonly start: number;
  /** Of the YAML, white space at its end aside. */
  private readonly length: number;

  /** @param start offset of the YAML in the file */
  constructor(yaml: string, start: number) {
    this.start = start;
    this.length = yaml.trimEnd().length;
    this.document = parsed(yaml);
    if (!this.document) {
      this.report('The front matter is not YAML: it is nested too deeply.', [0, 1]);
      return;
    }
    const [error] = this.document.errors;
    if (error) this.report(`The front matter is not YAML: ${sentence(error.message)}`, error.pos);
    this.mapping([]);
  }

  text(path: Path): string | null {
    const node = this.node(path);
    return node ? this.textOf(node, path.at(-1) as string) : null;
  }

  /** One text or a list of them. */
  texts(path: Path): string[] {
    const node = this.node(path);
    if (!node) return [];
    const name = path.at(-1) as string;
    const items = isSeq(node) ? (node.items as Node[]) : [node];
    return items.flatMap((item) => this.textOf(item, name) ?? []);
  }

  /** A whole number within bounds. */
  wholeNumber(path: Path, most: number, least = 0): number | null {
    const node = this.node(path);
    if (!node) return null;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.report(`"${path.at(-1)}" must be a whole number from ${least} to ${most}.`, node.range);
    return null;
  }

  /** A mapping of names to some of these. */
  namesOf(path: Path, allowed: readonly string[]): Record<string, string> {
    const names = this.mapping(path).flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = this.oneOf([...path, name], allowed);
        return value === null ? [] : [[name, value] as const];
      }),
    );
  }

  oneOf<Value>(path: Path, allowed: readonly Value[]): Value | null {
    const node = this.node(path);
    if (!node) return null;
    const value = isScalar(node) ? node.value : undefined;
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    const shown = isScalar(node) ? quote(String(node.value), 30) : 'a list or mapping';
    const [instead] = similarNames(String(value), allowed.map(String), 1);
    this.report(
      `"${path.at(-1)}" is ${shown}; it must be one of ${allowed.join(', ')}.`,
      node.range,
      isScalar(node) ? instead : undefined,
    );
    return null;
  }

  /** Where the value stands; null when there is none. */
  place(path: Path): Span | null {
    const node = this.node(path);
    return node ? this.spanOf(node.range) : null;
  }

  /** Says of every key of a mapping that is not one of these. */
  onlyKeys(path: Path, allowed: readonly string[]): void {
    for (const { key } of this.mapping(path)) {
      const name = isScalar(key) ? String(key.value) : '';
      if (allowed.includes(name)) continue;
      const [instead] = similarNames(name, allowed, 1);
      const hint = instead ? `did you mean "${instead}"?` : `it may hold ${allowed.join(', ')}.`;
      this.report(
        `There is no ${quote(name, 30)} in "${path.join('.')}": ${hint}`,
        (key as Node).range,
        instead,
      );
    }
  }

  /** The names under `inputs`: the keys of a mapping, or the names in a list, as Prompty takes both. */
  inputs(): PromptInput[] {
    const node = this.node(['inputs']);
    if (!node || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node) && !isSeq(node)) {
      this.report('"inputs" must be a mapping of names, or a list of entries with a name.', node.range);
      return [];
    }
    const names = isMap(node)
      ? node.items.map(({ key }) => key)
      : node.items.map((item) => (isMap(item) ? item.get('name', true) : null));
    return names.flatMap((name, index) =>
      isScalar(name) && typeof name.value === 'string'
        ? [{ name: name.value, span: this.spanOf(name.range), kind: kindOf(node.items[index]) }]
        : [],
    );
  }

  /** The first of these that is a text. */
  firstText(paths: readonly Path[]): { readonly text: string; readonly range: Node['range'] } | null {
    for (const path of paths) {
      const node = this.node(path);
      if (isScalar(node) && typeof node.value === 'string') return { text: node.value, range: node.range };
    }
    return null;
  }

  /** Reports on the value at a path. */
  reportAt(path: Path, message: string): void {
    this.report(message, this.node(path)?.range);
  }

  report(message: string, range: readonly number[] | null | undefined, instead?: string): void {
    const problem = { code: 'invalid-front-matter', message, span: this.spanOf(range) } as const;
    this.problems.push(instead === undefined ? problem : { ...problem, instead });
  }

  /** The entries of a mapping; what is there and is none is a problem. */
  mapping(path: Path): readonly Pair[] {
    const node = path.length === 0 ? this.root() : this.node(path);
    if (!node || (isScalar(node) && node.value === null)) return [];
    if (isMap(node)) return node.items;
    this.report(
      `${path.length === 0 ? 'The front matter' : `"${path.at(-1)}"`} must be a mapping.`,
      node.range,
    );
    return [];
  }

  private textOf(node: Node, name: string): string | null {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    if (isScalar(node) && node.value === null) return null;
    this.report(`"${name}" must be a text.`, node.range);
    return null;
  }

  private root(): Node | null {
    return this.document && this.document.errors.length === 0 ? this.document.contents : null;
  }

  private node(path: Path): Node | null {
    let node: unknown = this.root();
    for (const key of path) {
      if (!isMap(node)) return null;
      node = node.get(key, true) ?? null;
    }
    return node as Node | null;
  }

  private spanOf(range: readonly number[] | null | undefined): Span {
    const [start = 0, end = start + 1] = range ?? [];
    // What is missing at the end is missing behind the last character.
    const first = Math.max(0, Math.min(start, this.length - 1));
    return { start: this.start + first, end: this.start + Math.max(Math.min(end, this.length), first + 1) };
  }
}

/** The kind of an input: Prompty 1 calls it its type. */
function kindOf(item: unknown): string | null {
  const entry = isPair(item) ? item.value : item;
  if (!isMap(entry)) return null;
  const kind = entry.get('kind') ?? entry.get('type');
  return typeof kind === 'string' ? kind : null;
}

function parsed(yaml: string): Document.Parsed | null {
  try {
    return parseDocument(yaml, { logLevel: 'silent', prettyErrors: false });
  } catch {
    return null;
  }
}

/** The first line of a library's message as a sentence. */
function sentence(message: string): string {
  if (/^Maximum call stack/.test(message)) return 'it is nested too deeply.';
  const [line = ''] = message.split('\n');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
