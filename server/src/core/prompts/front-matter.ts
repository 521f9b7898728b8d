import { isMap, isPair, isScalar, isSeq, type Node } from 'yaml';
import { type YamlPath, YamlText } from '../yaml-text.ts';
import { oldKeys } from './prompty-one.ts';
import type { PromptFile, PromptInput } from './types.ts';

/** The values of the front matter, each checked when it is asked for. Spans lie in the file. */
export class FrontMatter extends YamlText {
  /** @param start offset of the YAML in the file */
  constructor(yaml: string, start: number) {
    super(yaml, 'The front matter', start);
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

  /** The keys that only version 1 of Prompty has. */
  oldKeys(): PromptFile['oldKeys'] {
    return oldKeys(this.root()).map(({ name, node }) => ({ name, span: this.spanOf(node.range) }));
  }

  /** The first of these that is a text. */
  firstText(paths: readonly YamlPath[]): { readonly text: string; readonly range: Node['range'] } | null {
    for (const path of paths) {
      const node = this.node(path);
      if (isScalar(node) && typeof node.value === 'string') return { text: node.value, range: node.range };
    }
    return null;
  }
}

/** The kind of an input: Prompty 1 calls it its type. */
function kindOf(item: unknown): string | null {
  const entry = isPair(item) ? item.value : item;
  if (!isMap(entry)) return null;
  const kind = entry.get('kind') ?? entry.get('type');
  return typeof kind === 'string' ? kind : null;
}
