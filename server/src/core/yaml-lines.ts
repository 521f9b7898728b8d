/** YAML by its lines and their indents, for what is being typed and is seldom YAML. */

/** The keys that the line with this indent stands under, the outermost first. @param above the lines before it */
export function parentsOf(above: readonly string[], indent: number): string[] {
  const parents: string[] = [];
  let inner = indent;
  for (const line of above.toReversed()) {
    const own = indentOf(line);
    if (own >= inner || isBlank(line)) continue;
    parents.unshift(/^ *([\w-]+):\s*(?:#.*)?$/.exec(line)?.[1] ?? '');
    inner = own;
  }
  return parents;
}

/** The keys with this indent, up to where their mapping ends. @param lines the nearest first */
export function keysOf(lines: readonly string[], indent: number): string[] {
  const keys: string[] = [];
  for (const line of lines) {
    if (isBlank(line)) continue;
    const own = indentOf(line);
    if (own < indent) break;
    const key = own === indent && /^ *(\w+):/.exec(line)?.[1];
    if (key) keys.push(key);
  }
  return keys;
}

/** Where a person is writing in YAML. */
export type YamlPlace =
  | {
      readonly at: 'key';
      /** The keys around it, the outermost first. */
      readonly parents: readonly string[];
      /** The other keys of its mapping. */
      readonly siblings: ReadonlySet<string>;
      /** What is begun of the key. */
      readonly word: string;
      /** How many characters of it follow the place. */
      readonly rest: number;
      /** True when the line has its colon already. */
      readonly hasColon: boolean;
    }
  | {
      readonly at: 'value';
      readonly parents: readonly string[];
      readonly key: string;
      readonly word: string;
      readonly rest: number;
      /** True when there is no space between the colon and the value yet. */
      readonly needsSpace: boolean;
    };

/** What is being written at an offset of block YAML; null where it is neither a key nor a plain value. */
export function yamlPlace(text: string, offset: number): YamlPlace | null {
  const above = text.slice(0, offset).split(/\r?\n/);
  const line = above.pop() as string;
  const indent = indentOf(line);
  const parents = parentsOf(above, indent);
  const [begun, ...below] = text.slice(offset).split(/\r?\n/) as [string, ...string[]];
  const [rest = ''] = /^[\w-]*/.exec(begun) ?? [];
  const key = /^ *([\w-]*)$/.exec(line);
  if (key) {
    const siblings = new Set([...keysOf(above.toReversed(), indent), ...keysOf(below, indent)]);
    const hasColon = /^[\w-]*\s*:/.test(begun);
    return { at: 'key', parents, siblings, word: key[1] as string, rest: rest.length, hasColon };
  }
  const value = /^ *([\w-]+):( *)([\w-]*)$/.exec(line);
  if (!value) return null;
  const [, name = '', space, word = ''] = value;
  return { at: 'value', parents, key: name, word, rest: rest.length, needsSpace: space === '' };
}

export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isBlank(line: string): boolean {
  return /^\s*(?:#|$)/.test(line);
}
