/** How a tokenizer's tokens are spelt in an output, in bytes: a character may be made of several tokens. */
import {
  ByteFallbackDecoder,
  ByteLevelDecoder,
  FuseDecoder,
  MetaspaceDecoder,
  ReplaceDecoder,
  SequenceDecoder,
  StripDecoder,
  type Tokenizer,
} from '@huggingface/tokenizers';

export interface Spelling {
  /** By token; empty where there is no such token. */
  readonly bytes: readonly Uint8Array[];
  /** Tokens that mean something to the model, and what they are spelt like. */
  readonly special: ReadonlyMap<number, string>;
}

/** With these a token is spelt alike wherever it stands, but for a space that begins the output. */
const KNOWN = [
  ByteLevelDecoder,
  ByteFallbackDecoder,
  FuseDecoder,
  MetaspaceDecoder,
  ReplaceDecoder,
  StripDecoder,
];
/** What stands before a token so that it does not begin the output. */
const ANCHOR = 'a';
const BYTE = /^<0x([0-9A-Fa-f]{2})>$/;
const encoder = new TextEncoder();

/**
 * @param words tokens that the model knows
 * @throws Error whose message is one sentence, when the tokenizer spells in a way that is not known here
 */
export function spellingOf(tokenizer: Tokenizer, words: number): Spelling {
  const { decoder, model } = tokenizer;
  const decoders = decoder instanceof SequenceDecoder ? decoder.decoders : decoder ? [decoder] : [];
  const isKnown = decoders.length > 0 && decoders.every((one) => KNOWN.some((kind) => one instanceof kind));
  if (!decoder || !model || !isKnown || model.end_of_word_suffix) {
    throw new Error(
      `The model's tokenizer joins its tokens in a way (${decoder?.config.type ?? 'no decoder'}) in which no output can be held to a format.`,
    );
  }
  const inBytes = decoders.some((one) => one instanceof ByteLevelDecoder);
  const hasBytes = decoders.some((one) => one instanceof ByteFallbackDecoder);
  const added = tokenizer.get_added_tokens_decoder();
  const spell = (token: string, id: number): Uint8Array => {
    if (inBytes) return added.has(id) ? encoder.encode(token) : byteLevel(token);
    const byte = hasBytes ? BYTE.exec(token)?.[1] : undefined;
    if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
    return encoder.encode(decoder.decode([ANCHOR, token]).slice(ANCHOR.length));
  };
  const special = [...added]
    .filter(([, token]) => token.special)
    .map(([id, { content }]) => [id, content] as const);
  return {
    bytes: Array.from(model.vocab.slice(0, words), (token, id) =>
      token ? spell(token, id) : new Uint8Array(0),
    ),
    special: new Map(special),
  };
}

/** GPT-2's bytes as letters: the printable ones are themselves, the others follow from 256 on. */
const LETTERS = new Map<string, number>();
for (let byte = 0, others = 256; byte < 256; byte++) {
  const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
  LETTERS.set(String.fromCharCode(isPrintable ? byte : others++), byte);
}

function byteLevel(token: string): Uint8Array {
  return Uint8Array.from(token, (letter) => LETTERS.get(letter) ?? 0);
}
