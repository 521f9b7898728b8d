"""The text model and its head as one graph over a key-value cache, for any family; a learnt prefix is part of it."""

from contextlib import contextmanager
from pathlib import Path

import onnx
import torch
from onnx import TensorProto, helper
from torch import nn
from transformers import AttentionInterface, DynamicCache

from .graphs import AUTO, Graph, write_graph

BATCH, LENGTH, PAST, TOTAL = "batch_size", "sequence_length", "past_sequence_length", "total_sequence_length"
# Greater than any length: the end of a slice that goes to the end.
END = 2**62


# Keys or values in parts, each [rows, heads, length, width]: the learnt prefix if there is one, the past, the new.
Parts = tuple[torch.Tensor, ...]


class GraphCache(DynamicCache):
    """Appends to what it is given in a way that the graph shows: present = Concat(past, new). Attention gets the parts.

    So nothing in the graph reads `present`, and a caller that appends by itself can leave it out.
    """

    def __init__(self, past: list[torch.Tensor], prefix: torch.Tensor | None):
        super().__init__()
        self.past, self.prefix, self.present = past, prefix, {}

    def update(self, key_states, value_states, layer_idx, *arguments, **others):
        seen = []
        for half, new in enumerate((key_states, value_states)):
            parts = (self.past[2 * layer_idx + half], new)
            self.present[2 * layer_idx + half] = torch.cat(parts, 2)
            if self.prefix is not None:
                parts = (self.prefix[layer_idx, half].expand(new.shape[0], -1, -1, -1), *parts)
            seen.append(parts)
        return tuple(seen)


def attend_parts(module: nn.Module, query: torch.Tensor, key: Parts, value: Parts, attention_mask: torch.Tensor, scaling: float, **_):
    """Attention that joins the scores of the parts, never the parts: for every token that would copy all that came before.

    Heads that share a key are rows of one product, so that keys are not repeated.
    """
    rows, heads, length, width = query.shape
    shared = key[0].shape[1]
    queries = (query * scaling).reshape(rows, shared, heads // shared * length, width)
    scores = torch.cat([queries @ part.transpose(2, 3) for part in key], 3)
    weights = (scores.reshape(rows, heads, length, -1) + attention_mask).softmax(3)
    weights = weights.reshape(rows, shared, heads // shared * length, -1).split([part.shape[2] for part in value], 3)
    attended = sum(weight @ part for weight, part in zip(weights, value))
    return attended.reshape(rows, heads, length, width).transpose(1, 2), None


AttentionInterface.register("parts", attend_parts)


@contextmanager
def attending_parts(config):
    before, config._attn_implementation = config._attn_implementation, "parts"
    try:
        yield
    finally:
        config._attn_implementation = before


class Decoder(nn.Module):
    """inputs_embeds, attention_mask [rows, past and new], position_ids, past -> logits, present.

    `both_ways`: the tokens of a first step see each other, not only those before (PaliGemma's prompt).
    """

    def __init__(self, text: nn.Module, head: nn.Module, prefix: torch.Tensor | None, both_ways: bool):
        super().__init__()
        self.text, self.head, self.both_ways = text, head, both_ways
        self.register_buffer("prefix", prefix)

    def forward(self, inputs_embeds, attention_mask, position_ids, past):
        cache = GraphCache(past, self.prefix)
        read = attention_mask[:, : past[0].shape[2]].sum(1)
        if self.prefix is not None:
            skipped = self.prefix.shape[3]
            attention_mask = nn.functional.pad(attention_mask, (skipped, 0), value=1)
            position_ids = position_ids + skipped
        total, length = attention_mask.shape[1], inputs_embeds.shape[1]
        seen = (torch.arange(total)[None] <= (torch.arange(length) + (total - length))[:, None])[None, None]
        if self.both_ways:
            # Places of the past that hold nothing are no past.
            seen = seen | (read == 0)[:, None, None, None]
        seen = seen & (attention_mask[:, None, None, :] > 0)
        mask = torch.where(seen, 0.0, torch.finfo(inputs_embeds.dtype).min).to(inputs_embeds.dtype)
        hidden = self.text(
            inputs_embeds=inputs_embeds, attention_mask=mask, position_ids=position_ids, past_key_values=cache, use_cache=True
        ).last_hidden_state  # fmt: skip
        return self.head(hidden), *[cache.present[i] for i in range(len(past))]


def write_decoder(text, head, config, path: Path, prefix: torch.Tensor | None = None, three_positions: bool = False, both_ways: bool = False):
    layers, heads = config.num_hidden_layers, config.num_key_value_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    rows, new, old = 2, 5, 3
    positions = torch.arange(old, old + new).expand(rows, -1)
    positions = positions.expand(3, -1, -1) if three_positions else positions
    dtype = head.weight.dtype
    past = [torch.randn(rows, heads, old, width, dtype=dtype) for _ in range(2 * layers)]
    example = (torch.randn(rows, new, config.hidden_size, dtype=dtype), torch.ones(rows, old + new, dtype=torch.long), positions.contiguous(), past)
    place = {1: BATCH, 2: LENGTH} if three_positions else {0: BATCH, 1: LENGTH}
    inputs = {"inputs_embeds": {0: BATCH, 1: LENGTH}, "attention_mask": {0: BATCH, 1: TOTAL}, "position_ids": place}
    outputs = {"logits": {0: BATCH, 1: LENGTH}}
    for layer in range(layers):
        for half in ("key", "value"):
            inputs[f"past_key_values.{layer}.{half}"] = {0: BATCH, 2: PAST}
            outputs[f"present.{layer}.{half}"] = {0: BATCH, 2: TOTAL}
    shapes = ({0: AUTO, 1: AUTO}, {0: AUTO, 1: AUTO}, {axis: AUTO for axis in place}, [{0: AUTO, 2: AUTO}] * (2 * layers))
    with attending_parts(text.config):
        write_graph(Graph(Decoder(text, head, prefix, both_ways), example, inputs, outputs), path, shapes, _keep_logits)


def _keep_logits(model: onnx.ModelProto):
    """Adds the input num_logits_to_keep: how many of the last positions reach the head; 0 stands for all."""
    graph = model.graph
    made = {name: node for node in graph.node for name in node.output}
    node = made["logits"]
    while node.op_type not in ("MatMul", "Gemm"):
        node = made[node.input[0]]
    graph.input.append(helper.make_tensor_value_info("num_logits_to_keep", TensorProto.INT64, []))
    for name, value in (("kept.axis", 1), ("kept.end", END), ("kept.shape", 1)):
        graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, [1], [value]))
    added = [
        helper.make_node("Neg", ["num_logits_to_keep"], ["kept.negative"]),
        helper.make_node("Reshape", ["kept.negative", "kept.shape"], ["kept.start"]),
        helper.make_node("Slice", [node.input[0], "kept.start", "kept.end", "kept.axis"], ["kept"]),
    ]
    place = list(graph.node).index(node)
    node.input[0] = "kept"
    for i, one in enumerate(added):
        graph.node.insert(place + i, one)
    for value in graph.output:
        if value.name == "logits":
            value.type.tensor_type.shape.dim[1].dim_param = "num_logits"
