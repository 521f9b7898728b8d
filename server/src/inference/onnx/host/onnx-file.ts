/** ONNX files as the protobuf messages they are (field numbers after onnx.proto): what is read of them, and changed. */

export const MODEL_GRAPH = 7;
export const GRAPH_NODE = 1;
export const GRAPH_OUTPUT = 12;
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const NODE_NAME = 3;
const NODE_OPERATOR = 4;
export const VALUE_NAME = 1;

/** Wire types of protobuf that are not a varint. */
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

export interface Field {
  readonly number: number;
  /** What a string or a message holds; empty for numbers. */
  readonly content: Uint8Array;
  /** The whole field, as it is written. */
  readonly bytes: Uint8Array;
}

export interface Node {
  readonly part: Field;
  readonly operator: string | undefined;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export function nodeOf(part: Field): Node {
  return {
    part,
    operator: stringsIn(part.content, NODE_OPERATOR)[0],
    inputs: stringsIn(part.content, NODE_INPUT),
    outputs: stringsIn(part.content, NODE_OUTPUT),
  };
}

/** Names of the graph's nodes that are one of these operators. */
export function nodesNamed(model: Uint8Array, operators: readonly string[]): string[] {
  const graph = [...fieldsOf(model)].find(({ number }) => number === MODEL_GRAPH);
  return [...fieldsOf(graph?.content ?? new Uint8Array())].flatMap((part) => {
    if (part.number !== GRAPH_NODE) return [];
    const { operator = '' } = nodeOf(part);
    return operators.includes(operator) ? stringsIn(part.content, NODE_NAME) : [];
  });
}

export function stringsIn(message: Uint8Array, number: number): string[] {
  return [...fieldsOf(message)].flatMap((field) =>
    field.number === number ? new TextDecoder().decode(field.content) : [],
  );
}

export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const start = at;
    const tag = varint();
    const wireType = tag % 8;
    const length = wireType === LENGTH_DELIMITED ? varint() : 0;
    const content = message.subarray(at, at + length);
    at += length;
    if (wireType === FIXED_64) at += 8;
    else if (wireType === FIXED_32) at += 4;
    else if (wireType !== LENGTH_DELIMITED) varint();
    yield { number: Math.floor(tag / 8), content, bytes: message.subarray(start, at) };
  }
}

export function field(number: number, content: Uint8Array): Uint8Array {
  const head = [number * 8 + LENGTH_DELIMITED];
  let rest = content.length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) head.push((rest % 128) + 128);
  return Buffer.concat([Uint8Array.from([...head, rest]), content]);
}
