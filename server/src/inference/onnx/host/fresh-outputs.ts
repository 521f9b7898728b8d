/**
 * A decoder graph gives back its whole cache after every token, and onnxruntime-node copies outputs into fresh
 * memory: at a hundred tokens that costs as much as all the computing. The part that is new is inside the graph
 * already, as what each `present` output appends to its `past_key_values` input; here the graph gets that part
 * as its output instead. The model is changed as the protobuf message it is (field numbers after onnx.proto).
 */
import { cacheNames } from './cache-layout.ts';

const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_OUTPUT = 12;
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const NODE_OPERATOR = 4;
const VALUE_NAME = 1;

/** Wire types of protobuf that are not a varint. */
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

interface Field {
  readonly number: number;
  /** What a string or a message holds; empty for numbers. */
  readonly content: Uint8Array;
  /** The whole field, as it is written. */
  readonly bytes: Uint8Array;
}

export interface FreshOutputs {
  readonly model: Uint8Array;
  /** Names of the new outputs, in the order of `cacheNames`. */
  readonly names: readonly string[];
  /** What its products read is rounded to 8 bits on a scale of all rows together: what stands beside a row changes it a little. */
  readonly sharesScales: boolean;
}

/** The model with the new part of each cache tensor for output; null when its cache does not grow by Concat. */
export function freshOutputs(model: Uint8Array, layers: number): FreshOutputs | null {
  const growth = growthOf(model, layers);
  if (!growth) return null;
  const { fields, graph, parts, nodes, appends } = growth;
  const names = appends.map(({ inputs }) => inputs[1] as string);
  // Where attention does not read the appended cache, nobody needs it now, and ONNX Runtime would compute it.
  const idle = new Set(growth.idle.map(({ part }) => part));
  const presents = cacheNames('present', layers);
  const isPresent = ({ number, content }: Field) =>
    number === GRAPH_OUTPUT && presents.includes(stringsIn(content, VALUE_NAME)[0] as string);
  const kept = parts.filter((part) => !idle.has(part) && !isPresent(part));
  const added = names.map((name) => field(GRAPH_OUTPUT, field(VALUE_NAME, Buffer.from(name))));
  const changed = field(MODEL_GRAPH, Buffer.concat([...kept.map(({ bytes }) => bytes), ...added]));
  return {
    model: Buffer.concat(fields.map((one) => (one === graph ? changed : one.bytes))),
    names,
    sharesScales: nodes.some(({ operator }) => operator === 'DynamicQuantizeLinear'),
  };
}

/** Whether attention reads the cache by itself, apart from what is new, and not what one appended to the other gives. */
export function readsCacheApart(model: Uint8Array, layers: number): boolean {
  return (growthOf(model, layers)?.idle.length ?? 0) > 0;
}

/** How the graph's cache grows; null when it does not grow by Concat. */
function growthOf(model: Uint8Array, layers: number) {
  const fields = [...fieldsOf(model)];
  const graph = fields.find(({ number }) => number === MODEL_GRAPH);
  if (!graph) return null;
  const parts = [...fieldsOf(graph.content)];
  const nodes = parts.filter(({ number }) => number === GRAPH_NODE).map(nodeOf);
  const presents = cacheNames('present', layers);
  const appends = presents.flatMap((name) => nodes.find((node) => appendsTo(name, node)) ?? []);
  if (appends.length < presents.length) return null;
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  /** Those whose result only leaves the graph. */
  const idle = appends.filter(({ outputs }) => !read.has(outputs[0] as string));
  return { fields, graph, parts, nodes, appends, idle };
}

interface Node {
  readonly part: Field;
  readonly operator: string | undefined;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

function nodeOf(part: Field): Node {
  return {
    part,
    operator: stringsIn(part.content, NODE_OPERATOR)[0],
    inputs: stringsIn(part.content, NODE_INPUT),
    outputs: stringsIn(part.content, NODE_OUTPUT),
  };
}

/** Whether the node is present = Concat(past, new). */
function appendsTo(present: string, { operator, inputs, outputs }: Node): boolean {
  const past = present.replace('present', 'past_key_values');
  return operator === 'Concat' && outputs[0] === present && inputs.length === 2 && inputs[0] === past;
}

function stringsIn(message: Uint8Array, number: number): string[] {
  return [...fieldsOf(message)].flatMap((field) =>
    field.number === number ? new TextDecoder().decode(field.content) : [],
  );
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
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

function field(number: number, content: Uint8Array): Uint8Array {
  const head = [number * 8 + LENGTH_DELIMITED];
  let rest = content.length;
  for (; rest >= 128; rest = Math.floor(rest / 128)) head.push((rest % 128) + 128);
  return Buffer.concat([Uint8Array.from([...head, rest]), content]);
}
