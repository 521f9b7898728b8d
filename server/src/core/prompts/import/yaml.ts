import { type Document, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { quote } from '../../text.ts';

/** A value that is Python code of another program: `!function utils.doc_to_text`. */
export class CodeReference {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A YAML mapping as plain values; `!function` gives a CodeReference.
 * @throws Error with one sentence when it is none
 */
export function readMapping(text: string): Record<string, unknown> {
  const document: Document.Parsed = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error)
    throw new Error(`The file is not YAML: ${(error.message.split('\n')[0] as string).replace(/:$/, '')}.`);
  if (!isMap(document.contents)) throw new Error('The file holds no keys: it should be a YAML mapping.');
  return plain(document.contents) as Record<string, unknown>;
}

function plain(node: Node | null): unknown {
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        String(isScalar(key) ? key.value : key),
        plain(value as Node | null),
      ]),
    );
  }
  if (isSeq(node)) return node.items.map((item) => plain(item as Node));
  if (!isScalar(node)) return null;
  return node.tag === '!function' ? new CodeReference(String(node.value)) : node.value;
}

/** A value in a few words, for a note. */
export function inWords(value: unknown): string {
  if (value instanceof CodeReference) return `!function ${value.name}`;
  return typeof value === 'string'
    ? quote(value)
    : quote(
        JSON.stringify(value, (_key, inner) =>
          inner instanceof CodeReference ? `!function ${inner.name}` : inner,
        ),
        120,
      ).slice(1, -1);
}
