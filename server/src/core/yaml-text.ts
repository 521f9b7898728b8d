import { type Document, isMap, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml';
import { similarNames } from './similar-name.ts';
import type { Span } from './span.ts';
import { quote } from './text.ts';

export type YamlPath = readonly string[];

/** Something in YAML that kept it from being read as it was meant. */
export interface YamlProblem {
  readonly message: string;
  readonly span: Span;
  /** What is probably meant by the characters of the span. */
  readonly instead?: string;
}

/** The values of a YAML text that a person is writing, each checked when it is asked for. Never throws. */
export class YamlText {
  readonly problems: YamlProblem[] = [];
  /** Null when the YAML is so broken that it cannot even be taken apart. */
  private readonly document: Document.Parsed | null;
  private readonly what: string;
  private readonly start: number;
  /** Of the YAML, white space at its end aside. */
  private readonly length: number;

  /**
   * @param what what the text is called in messages: `The front matter`
   * @param start offset of the YAML in the file, in which all spans lie
   */
  constructor(yaml: string, what: string, start = 0) {
    this.what = what;
    this.start = start;
    this.length = yaml.trimEnd().length;
    this.document = parsed(yaml);
    if (!this.document) {
      this.report(`${what} is not YAML: it is nested too deeply.`, [0, 1]);
      return;
    }
    const [error] = this.document.errors;
    if (error) this.report(`${what} is not YAML: ${sentence(error.message)}`, error.pos);
    this.mapping([]);
  }

  text(path: YamlPath): string | null {
    const node = this.node(path);
    return node ? this.textOf(node, path.at(-1) as string) : null;
  }

  /** One text or a list of them. */
  texts(path: YamlPath): string[] {
    const node = this.node(path);
    if (!node) return [];
    const name = path.at(-1) as string;
    const items = isSeq(node) ? (node.items as Node[]) : [node];
    return items.flatMap((item) => this.textOf(item, name) ?? []);
  }

  /** A whole number within bounds. */
  wholeNumber(path: YamlPath, most: number, least = 0): number | null {
    const node = this.node(path);
    if (!node) return null;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    this.report(`"${path.at(-1)}" must be a whole number from ${least} to ${most}.`, node.range);
    return null;
  }

  /** A mapping of names to some of these. */
  namesOf(path: YamlPath, allowed: readonly string[]): Record<string, string> {
    const names = this.mapping(path).flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []));
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = this.oneOf([...path, name], allowed);
        return value === null ? [] : [[name, value] as const];
      }),
    );
  }

  /** The keys of a mapping, with their places. */
  keysIn(path: YamlPath): { readonly name: string; readonly span: Span }[] {
    const node = this.node(path);
    const keys = isMap(node) ? node.items.map(({ key }) => key) : [];
    return keys.flatMap((key) =>
      isScalar(key) ? [{ name: String(key.value), span: this.spanOf(key.range) }] : [],
    );
  }

  oneOf<Value>(path: YamlPath, allowed: readonly Value[]): Value | null {
    const node = this.node(path);
    return node ? this.oneOfNode(node, path.at(-1) as string, allowed) : null;
  }

  /** Where the value stands; null when there is none. */
  place(path: YamlPath): Span | null {
    const node = this.node(path);
    return node ? this.spanOf(node.range) : null;
  }

  /** The key at an offset of the file, or the key whose value is there; null where there is none. */
  keyAt(offset: number): YamlPath | null {
    const at = offset - this.start;
    const path: string[] = [];
    let node: unknown = this.root();
    while (isMap(node)) {
      const pair: Pair | undefined = node.items.findLast(({ key, value }) => {
        const [start = 0, end = 0] = (key as Node).range ?? [];
        return start <= at && at <= ((value as Node | null)?.range?.[1] ?? end);
      });
      if (!pair || !isScalar(pair.key)) break;
      path.push(String(pair.key.value));
      if (at <= ((pair.key as Node).range?.[1] ?? 0)) break;
      node = pair.value;
    }
    return path.length > 0 ? path : null;
  }

  /** Says of every key of a mapping that is not one of these. */
  onlyKeys(path: YamlPath, allowed: readonly string[]): void {
    for (const { key } of this.mapping(path)) {
      const name = isScalar(key) ? String(key.value) : '';
      if (allowed.includes(name)) continue;
      const [instead] = similarNames(name, allowed, 1);
      const hint = instead ? `did you mean "${instead}"?` : `it may hold ${allowed.join(', ')}.`;
      const where = path.length === 0 ? '' : ` in "${path.join('.')}"`;
      this.report(`There is no ${quote(name, 30)}${where}: ${hint}`, (key as Node).range, instead);
    }
  }

  /** Reports on the value at a path. */
  reportAt(path: YamlPath, message: string): void {
    this.report(message, this.node(path)?.range);
  }

  report(message: string, range: readonly number[] | null | undefined, instead?: string): void {
    const problem = { message, span: this.spanOf(range) };
    this.problems.push(instead === undefined ? problem : { ...problem, instead });
  }

  /** The entries of a mapping; what is there and is none is a problem. */
  mapping(path: YamlPath): readonly Pair[] {
    const node = path.length === 0 ? this.root() : this.node(path);
    if (!node || (isScalar(node) && node.value === null)) return [];
    if (isMap(node)) return node.items;
    this.report(`${path.length === 0 ? this.what : `"${path.at(-1)}"`} must be a mapping.`, node.range);
    return [];
  }

  private textOf(node: Node, name: string): string | null {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    if (isScalar(node) && node.value === null) return null;
    this.report(`"${name}" must be a text.`, node.range);
    return null;
  }

  protected oneOfNode<Value>(node: Node, name: string, allowed: readonly Value[]): Value | null {
    const value = isScalar(node) ? node.value : undefined;
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    const [instead] = similarNames(String(value), allowed.map(String), 1);
    this.report(
      `"${name}" is ${shownValue(node)}; it must be one of ${allowed.join(', ')}.`,
      node.range,
      isScalar(node) ? instead : undefined,
    );
    return null;
  }

  protected node(path: YamlPath): Node | null {
    let node: unknown = this.root();
    for (const key of path) {
      if (!isMap(node)) return null;
      node = node.get(key, true) ?? null;
    }
    return node as Node | null;
  }

  protected root(): Node | null {
    return this.document && this.document.errors.length === 0 ? this.document.contents : null;
  }

  protected spanOf(range: readonly number[] | null | undefined): Span {
    const [start = 0, end = start + 1] = range ?? [];
    // What is missing at the end is missing behind the last character.
    const first = Math.max(0, Math.min(start, this.length - 1));
    return { start: this.start + first, end: this.start + Math.max(Math.min(end, this.length), first + 1) };
  }
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

/** A value as a message shows it: texts in quotes. */
export function shownValue(node: Node | null): string {
  if (!isScalar(node)) return 'a list or mapping';
  return typeof node.value === 'string' ? quote(node.value, 30) : String(node.value);
}
