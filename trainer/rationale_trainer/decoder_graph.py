"""The decoder's ONNX graph, written node by node: a Llama text model and its head over a key-value cache.

The exporter's own graph spends more than half of a step on moving the cache: it appends the new keys and values to
the old ones and transposes and scales the lot, in each layer, for every token. Here

- attention scores old and new keys apart and joins only the scores, so the appended cache (the `present` outputs) is
  for the caller alone; nothing in the graph reads it, and a caller that appends by itself can leave it out;
- a token's own key and value are apart too, without a product: in a step they are all that is new, and a product of
  one row by one column costs more to begin than to compute;
- the last layer goes on with the positions that reach the head, as in a prompt only the last does;
- queries and keys come from one product, and the scale of attention is part of its weights.

All but the rotary embedding (ONNX Runtime's own operator, which it has for CPU and WebGPU) are standard operators, in
forms that ONNX Runtime fuses when it loads: root mean square norms, transposes with the products after them,
x * sigmoid(x). It folds what is computed from weights alone, so every weight is stored under its parameter's name.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# Greater than any length: the end of a slice that goes to the end.
END = 2**62
# A weight that the graph uses transposed is stored transposed, under its parameter's name and this ending.
TRANSPOSED = ".T"
BATCH, LENGTH, PAST, TOTAL = "batch_size", "sequence_length", "past_sequence_length", "total_sequence_length"
TEXT = "model.language_model"
# The domain of ONNX Runtime's own operators.
CONTRIB = "com.microsoft"
IR_VERSION = 10


class _Graph:
    """Nodes and weights in the order in which they are added; every node has one output unless it says otherwise."""

    def __init__(self, parameters: dict):
        self.parameters, self.nodes, self.initializers, self.known = parameters, [], [], {}

    def add(self, operator: str, *inputs: str, outputs: int | str = 1, **attributes):
        """The output's name, or a list of names for several."""
        names = [outputs] if isinstance(outputs, str) else [f"{operator.lower()}_{len(self.nodes)}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, **attributes))
        return names[0] if len(names) == 1 else names

    def constant(self, value, kind=np.int64) -> str:
        array = np.asarray(value, dtype=kind)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.known:
            self.known[key] = f"constant_{len(self.known)}"
            self.initializers.append(numpy_helper.from_array(array, self.known[key]))
        return self.known[key]

    def weight(self, parameter: str, transposed: bool = False) -> str:
        """A parameter in half precision, cast to single."""
        name = parameter + TRANSPOSED * transposed
        array = self.parameters[parameter].detach().numpy().astype(np.float16)
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(array.T) if transposed else array, name))
        return self.add("Cast", name, to=TensorProto.FLOAT)

    def linear(self, values: str, parameter: str) -> str:
        return self.add("MatMul", values, self.weight(parameter, transposed=True))

    def norm(self, values: str, parameter: str, epsilon: float) -> str:
        """values / sqrt(mean(values²) + epsilon) · weight, over the last axis (Zhang and Sennrich 2019, eq. 4)."""
        squares = self.add("Pow", values, self.constant(2, np.float32))
        mean = self.add("ReduceMean", squares, self.constant([-1]), keepdims=1)
        root = self.add("Sqrt", self.add("Add", mean, self.constant(epsilon, np.float32)))
        return self.add("Mul", self.add("Div", values, root), self.weight(parameter))

    def from_place(self, values: str, start: str, axis: int) -> str:
        return self.add("Slice", values, start, self.constant([END]), self.constant([axis]))


def decoder_graph(config, parameters: dict, opset: int) -> onnx.ModelProto:
    """The graph of a `LlamaConfig` without biases and with as many key heads as heads.

    Inputs as transformers.js gives them: inputs_embeds [batch, length, width], attention_mask [batch, past + length],
    position_ids [batch, length], num_logits_to_keep (0 keeps all), past_key_values.N.key and .value [batch, heads,
    past, head width]; outputs logits [batch, kept, words], present.N.key and .value. Padding may be anywhere in the
    mask: a place counts where the mask is 1.
    """
    if config.num_key_value_heads != config.num_attention_heads:
        raise ValueError("The decoder graph has a key head for each head.")
    graph = _Graph(parameters)
    kept = graph.add("Reshape", graph.add("Neg", "num_logits_to_keep"), graph.constant([1]))
    shared = {"kept": kept, **_rotations(graph, config), **_mask(graph)}
    hidden = "inputs_embeds"
    for layer in range(config.num_hidden_layers):
        hidden = _layer(graph, config, layer, hidden, shared)
    head = f"{TEXT}.embed_tokens.weight" if config.tie_word_embeddings else "lm_head.weight"
    graph.linear(graph.norm(hidden, f"{TEXT}.norm.weight", config.rms_norm_eps), head)
    graph.nodes[-1].output[0] = "logits"
    made = helper.make_graph(graph.nodes, "decoder", *_values(config), graph.initializers)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid(CONTRIB, 1)], ir_version=IR_VERSION)


def _values(config):
    heads, width, layers = config.num_attention_heads, config.head_dim, range(config.num_hidden_layers)
    value = helper.make_tensor_value_info
    inputs = [
        value("inputs_embeds", TensorProto.FLOAT, [BATCH, LENGTH, config.hidden_size]),
        value("attention_mask", TensorProto.INT64, [BATCH, TOTAL]),
        value("position_ids", TensorProto.INT64, [BATCH, LENGTH]),
        value("num_logits_to_keep", TensorProto.INT64, []),
    ]

    def cache(name: str, length: str) -> list:
        return [value(f"{name}.{i}.{half}", TensorProto.FLOAT, [BATCH, heads, length, width]) for i in layers for half in ("key", "value")]

    logits = value("logits", TensorProto.FLOAT, [BATCH, "num_logits", config.vocab_size])
    return inputs + cache("past_key_values", PAST), [logits, *cache("present", TOTAL)]


def _rotations(graph: _Graph, config) -> dict:
    """Cosines and sines of the rotary embedding, [positions, head width / 2] (Su et al. 2021, eq. 34); folded at loading."""
    half = config.head_dim // 2
    frequencies = config.rope_parameters["rope_theta"] ** (-np.arange(half) / half)
    positions = graph.constant(np.arange(config.max_position_embeddings)[:, None], np.float32)
    angles = graph.add("Mul", positions, graph.constant(frequencies, np.float32))
    return {"cosine": graph.add("Cos", angles), "sine": graph.add("Sin", angles)}


def _mask(graph: _Graph) -> dict:
    """What is added to the scores, [batch, 1, length, past + length], of the places before a token, and last of its own.

    0 where the token may look, else all but minus infinity; with it how many places are old, new and the token's own.
    """
    length = graph.add("Shape", "inputs_embeds", start=1, end=2)
    total = graph.add("Shape", "attention_mask", start=1, end=2)
    one = graph.constant([1])
    columns = graph.add("Range", graph.constant(0), graph.add("Squeeze", total), graph.constant(1))
    rows = graph.add("Unsqueeze", graph.from_place(columns, graph.add("Neg", length), 0), one)
    real = graph.add("Unsqueeze", graph.add("Cast", "attention_mask", to=TensorProto.BOOL), graph.constant([1, 2]))
    before = graph.add("And", graph.add("Less", columns, rows), real)
    own = graph.add("Equal", columns, graph.add("Sub", total, one))
    zero, least = graph.constant(0, np.float32), graph.constant(np.finfo(np.float32).min, np.float32)
    mask = graph.add("Where", graph.add("Or", before, own), zero, least)
    lengths = graph.add("Concat", graph.add("Sub", total, length), graph.add("Sub", length, one), one, axis=0)
    return {"mask": mask, "lengths": lengths}


def _layer(graph: _Graph, config, layer: int, hidden: str, shared: dict) -> str:
    """[batch, length, width] -> the same; from the last layer only the kept positions."""
    name, is_last = f"{TEXT}.layers.{layer}", layer == config.num_hidden_layers - 1
    attended = _attention(graph, config, layer, graph.norm(hidden, f"{name}.input_layernorm.weight", config.rms_norm_eps), shared, is_last)
    if is_last:
        hidden = graph.from_place(hidden, shared["kept"], 1)
    hidden = graph.add("Add", hidden, graph.linear(attended, f"{name}.self_attn.o_proj.weight"))
    normed = graph.norm(hidden, f"{name}.post_attention_layernorm.weight", config.rms_norm_eps)
    gate = graph.linear(normed, f"{name}.mlp.gate_proj.weight")
    gate = graph.add("Mul", gate, graph.add("Sigmoid", gate))
    inner = graph.add("Mul", gate, graph.linear(normed, f"{name}.mlp.up_proj.weight"))
    return graph.add("Add", hidden, graph.linear(inner, f"{name}.mlp.down_proj.weight"))


def _attention(graph: _Graph, config, layer: int, normed: str, shared: dict, is_last: bool) -> str:
    """What each token reads from itself and those before it, heads side by side."""
    name, heads, width = f"{TEXT}.layers.{layer}.self_attn", config.num_attention_heads, config.head_dim
    past_keys, past_values = f"past_key_values.{layer}.key", f"past_key_values.{layer}.value"
    scaled = graph.add("Mul", graph.weight(f"{name}.q_proj.weight", True), graph.constant(width**-0.5, np.float32))
    both = graph.add("Concat", scaled, graph.weight(f"{name}.k_proj.weight", True), axis=1)
    both = graph.add("MatMul", normed, both)
    both = graph.add("RotaryEmbedding", both, "position_ids", shared["cosine"], shared["sine"], num_heads=2 * heads, domain=CONTRIB)
    queries, keys = graph.add("Split", _by_head(graph, both, 2 * heads, width), axis=1, outputs=2, num_outputs=2)
    values = _by_head(graph, graph.linear(normed, f"{name}.v_proj.weight"), heads, width)
    own_keys, own_values, mask = keys, values, shared["mask"]
    if is_last:
        queries, own_keys, own_values, mask = (graph.from_place(one, shared["kept"], 2) for one in (queries, keys, values, mask))
    new_keys, new_values = (graph.add("Slice", one, *(graph.constant([place]) for place in (0, -1, 2))) for one in (keys, values))
    scores = [graph.add("MatMul", queries, graph.add("Transpose", one, perm=[0, 1, 3, 2])) for one in (past_keys, new_keys)]
    scores.append(graph.add("ReduceSum", graph.add("Mul", queries, own_keys), graph.constant([-1])))
    weights = graph.add("Softmax", graph.add("Add", graph.add("Concat", *scores, axis=3), mask), axis=-1)
    old, new, own = graph.add("Split", weights, shared["lengths"], axis=3, outputs=3)
    attended = graph.add("Add", graph.add("MatMul", old, past_values), graph.add("MatMul", new, new_values))
    attended = graph.add("Add", attended, graph.add("Mul", own, own_values))
    graph.add("Concat", past_keys, keys, axis=2, outputs=f"present.{layer}.key")
    graph.add("Concat", past_values, values, axis=2, outputs=f"present.{layer}.value")
    attended = graph.add("Transpose", attended, perm=[0, 2, 1, 3])
    return graph.add("Reshape", attended, graph.constant([0, 0, heads * width]))


def _by_head(graph: _Graph, values: str, heads: int, width: int) -> str:
    """[batch, length, heads · width] -> [batch, heads, length, width]"""
    return graph.add("Transpose", graph.add("Reshape", values, graph.constant([0, 0, heads, width])), perm=[0, 2, 1, 3])
