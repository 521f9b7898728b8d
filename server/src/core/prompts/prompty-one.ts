/** What the first version of Prompty wrote otherwise (microsoft/prompty, the migration of its runtimes), and how the second does. */
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { PromptEdit, PromptFile } from './types.ts';

/** A key of version 1, and what it is in version 2. */
interface Renamed {
  /** The mapping that it stands in; `*`: each entry. */
  readonly in: readonly string[];
  readonly from: string;
  readonly to: string;
}

const RENAMED: readonly Renamed[] = [
  { in: ['model'], from: 'api', to: 'apiType' },
  { in: ['model'], from: 'configuration', to: 'connection' },
  { in: ['model'], from: 'parameters', to: 'options' },
  { in: ['model', 'options'], from: 'max_tokens', to: 'maxOutputTokens' },
  { in: ['model', 'options'], from: 'top_p', to: 'topP' },
  { in: ['model', 'options'], from: 'frequency_penalty', to: 'frequencyPenalty' },
  { in: ['model', 'options'], from: 'presence_penalty', to: 'presencePenalty' },
  { in: ['model', 'options'], from: 'stop', to: 'stopSequences' },
  { in: ['model', 'connection'], from: 'azure_endpoint', to: 'endpoint' },
  { in: ['model', 'connection'], from: 'api_key', to: 'apiKey' },
  { in: ['inputs', '*'], from: 'type', to: 'kind' },
  { in: ['inputs', '*'], from: 'sample', to: 'default' },
  { in: ['outputs', '*'], from: 'type', to: 'kind' },
];
/** Keys that version 2 has under `metadata`. */
const OF_METADATA = ['authors', 'tags', 'version'];
/** Who serves a model, by the type of its connection. */
const PROVIDERS: Readonly<Record<string, string>> = { azure_openai: 'azure', openai: 'openai' };

/** A key that only version 1 has. */
export interface OldKey {
  /** As people name it: `model.api`. */
  readonly name: string;
  readonly node: Node;
}

/** The keys of the front matter that only version 1 has, in the order of the text. */
export function oldKeys(contents: Node | null): OldKey[] {
  if (!isMap(contents)) return [];
  const found = [
    ...RENAMED.flatMap(({ in: path, from }) =>
      mapsAt(contents, path).flatMap(({ name, map }) => oldKey(map, from, [...name, from].join('.'))),
    ),
    ...['sample', ...OF_METADATA].flatMap((key) => oldKey(contents, key, key)),
    ...['type', 'format', 'parser'].flatMap((key) =>
      mapsAt(contents, ['template']).flatMap(({ map }) =>
        isMap(map.get(key)) ? [] : oldKey(map, key, `template.${key}`),
      ),
    ),
  ];
  return found.sort((a, b) => (a.node.range?.[0] ?? 0) - (b.node.range?.[0] ?? 0));
}

/** A link that shows an image, as version 1 does; version 2 shows by its name what is declared as an image. */
const IMAGE_LINK = /!\[[^\]\n]{0,200}\]\([ \t]*(\{\{-?[ \t]*([A-Za-z_]\w*)[ \t]*-?\}\})[ \t]*\)/g;

/** What makes a prompt file one of version 2: its front matter, comments and order kept, and how it shows images. */
export function toVersionTwo(text: string, { matter, template, bodyStart }: PromptFile): PromptEdit[] {
  if (!matter) return [];
  const links = Array.from(template.matchAll(IMAGE_LINK), ({ 0: link, 1: tag = '', 2: name = '', index }) => {
    const start = bodyStart + index;
    return { name, edit: { span: { start, end: start + link.length }, newText: tag } };
  });
  const yaml = text.slice(matter.start, matter.end);
  const newText = rewritten(parseDocument(yaml), new Set(links.map(({ name }) => name)));
  const lineEnd = yaml.includes('\r\n') ? '\r\n' : '\n';
  return [{ span: matter, newText: newText.replaceAll('\n', lineEnd) }, ...links.map(({ edit }) => edit)];
}

/** @param images names that the template shows as images */
function rewritten(document: Document, images: Iterable<string>): string {
  const { contents } = document;
  if (!isMap(contents)) return document.toString();
  for (const { in: path, from, to } of RENAMED) {
    for (const { map } of mapsAt(contents, path)) rename(map, from, to);
  }
  hoistConnection(document, contents);
  moveIntoMetadata(document, contents);
  samplesToDefaults(document, contents);
  for (const { map } of mapsAt(contents, ['template'])) {
    if (!map.has('format')) rename(map, 'type', 'format');
    for (const key of ['format', 'parser']) {
      const value = map.get(key);
      if (typeof value === 'string') map.set(key, document.createNode({ kind: value }));
    }
  }
  for (const name of isSeq(contents.get('inputs')) ? [] : images) {
    if (!isMap(document.getIn(['inputs', name]))) document.setIn(['inputs', name], document.createNode({}));
    document.setIn(['inputs', name, 'kind'], 'image');
  }
  return document.toString({ lineWidth: 0 });
}

/** Version 2 names provider and model beside the connection. */
function hoistConnection(document: Document, contents: YAMLMap): void {
  const [model] = mapsAt(contents, ['model']);
  const [connection] = mapsAt(contents, ['model', 'connection']);
  const type = connection?.map.get('type');
  if (!model || !connection || typeof type !== 'string') return;
  connection.map.delete('type');
  const provider = Object.hasOwn(PROVIDERS, type) ? PROVIDERS[type] : undefined;
  if (!provider) {
    connection.map.set('kind', type);
    return;
  }
  const id = connection.map.get('azure_deployment') ?? connection.map.get('name');
  connection.map.delete('azure_deployment');
  connection.map.delete('name');
  if (id !== undefined && !model.map.has('id')) putFirst(document, model.map, 'id', id);
  if (!model.map.has('provider')) model.map.set('provider', provider);
  if (!connection.map.has('kind')) putFirst(document, connection.map, 'kind', 'key');
}

function moveIntoMetadata(document: Document, contents: YAMLMap): void {
  for (const key of OF_METADATA) {
    const value = contents.get(key, true);
    if (value === undefined) continue;
    take(contents, key);
    if (!document.hasIn(['metadata', key])) document.setIn(['metadata', key], value);
  }
}

function samplesToDefaults(document: Document, contents: YAMLMap): void {
  const samples = contents.get('sample', true);
  if (samples === undefined) return;
  take(contents, 'sample');
  if (!isMap(samples) || isSeq(contents.get('inputs'))) return;
  for (const { key, value } of samples.items) {
    const path = ['inputs', textOf(key)];
    if (!document.hasIn(path)) document.setIn(path, value);
    else if (isMap(document.getIn(path)) && !document.hasIn([...path, 'default']))
      document.setIn([...path, 'default'], value);
  }
}

interface Found {
  readonly name: readonly string[];
  readonly map: YAMLMap;
}

/** The mappings at a path; `*` stands for each entry of a mapping or a list. */
function mapsAt(node: unknown, [first, ...rest]: readonly string[]): Found[] {
  if (first === undefined) return isMap(node) ? [{ name: [], map: node }] : [];
  return entriesOf(node, first).flatMap(([entry, value]) =>
    mapsAt(value, rest).map(({ name, map }) => ({ name: [entry, ...name], map })),
  );
}

function entriesOf(node: unknown, name: string): (readonly [name: string, value: unknown])[] {
  if (name === '*' && isSeq(node)) {
    return node.items.map((item) => [isMap(item) ? String(item.get('name')) : '', item]);
  }
  if (!isMap(node)) return [];
  if (name === '*') return node.items.map(({ key, value }) => [textOf(key), value]);
  return node.has(name) ? [[name, node.get(name, true)]] : [];
}

function oldKey(map: YAMLMap, key: string, name: string): OldKey[] {
  const pair = pairOf(map, key);
  return pair ? [{ name, node: pair.key as Node }] : [];
}

function rename(map: YAMLMap, from: string, to: string): void {
  const pair = pairOf(map, from);
  if (pair && isScalar(pair.key) && !map.has(to)) pair.key.value = to;
}

/** Deletes an entry, but not what is said above it. */
function take(map: YAMLMap, name: string): void {
  const index = map.items.findIndex(({ key }) => textOf(key) === name);
  const [taken] = map.items.splice(index, 1);
  const above = (taken?.key as Node | null)?.commentBefore;
  const next = map.items[index]?.key as Node | undefined;
  if (above && next) next.commentBefore = [above, next.commentBefore ?? []].flat().join('\n');
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => textOf(key) === name);
}

function putFirst(document: Document, map: YAMLMap, key: string, value: unknown): void {
  map.items.unshift(document.createPair(key, value));
}

function textOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}
