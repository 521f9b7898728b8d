/** The embedded pair's vocabulary in the way of other tokenizers: the tokens and their numbers stay. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ChatTokenizer } from '../../server/src/inference/onnx/chat-tokenizer.ts';

const DECODERS = {
  'SentencePiece with bytes': {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  },
  Metaspace: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true },
  WordPiece: { type: 'WordPiece', prefix: '##', cleanup: false },
};
export type TokenizerKind = keyof typeof DECODERS;

/** A copy of a model folder, in `copy`, whose tokenizer is of the kind. */
export function withTokenizer(folder: string, kind: TokenizerKind, copy: string): string {
  cpSync(folder, copy, { recursive: true });
  const { bytes } = new ChatTokenizer(folder).spelling(Number.POSITIVE_INFINITY);
  const tokenizer = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
  const added = new Set(tokenizer.added_tokens.map(({ id }: { id: number }) => id));
  const vocab = Object.entries<number>(tokenizer.model.vocab).map(([token, id]) => [
    added.has(id) ? token : respelt(bytes[id] as Uint8Array, id, kind),
    id,
  ]);
  const other = {
    ...tokenizer,
    model: { ...tokenizer.model, vocab: Object.fromEntries(vocab), merges: [], byte_fallback: true },
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    pre_tokenizer: null,
    decoder: DECODERS[kind],
  };
  writeFileSync(join(copy, 'tokenizer.json'), JSON.stringify(other));
  return copy;
}

/** How the token is written there; a piece of a character that is longer than a byte has no such way, and gets a name. */
function respelt(bytes: Uint8Array, id: number, kind: TokenizerKind): string {
  const [byte = 0] = bytes;
  const isByte = kind === 'SentencePiece with bytes' && bytes.length === 1 && (byte >= 0x80 || byte < 0x20);
  if (isByte) return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
  const text = new TextDecoder().decode(bytes);
  return text.includes('\uFFFD') ? `\uE000${id}` : text.replaceAll(' ', '▁');
}
