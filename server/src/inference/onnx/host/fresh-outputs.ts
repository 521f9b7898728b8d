/**
 * A decoder graph gives back its whole cache after every token, and onnxruntime-node copies outputs into fresh
 * memory: at a hundred tokens that costs as much as all the computing. The part that is new is inside the graph
 * already, as what each `present` output appends to its `past_key_values` input; here the graph gets that part
 * as its output instead.
 */
import { cacheNames } from './cache-layout.ts';
import {
  type Field,
  field,
  fieldsOf,
  GRAPH_NODE,
  GRAPH_OUTPUT,
  MODEL_GRAPH,
  type Node,
  nodeOf,
  stringsIn,
  VALUE_NAME,
} from './onnx-file.ts';

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

/** Whether the node is present = Concat(past, new). */
function appendsTo(present: string, { operator, inputs, outputs }: Node): boolean {
  const past = present.replace('present', 'past_key_values');
  return operator === 'Concat' && outputs[0] === present && inputs.length === 2 && inputs[0] === past;
}
