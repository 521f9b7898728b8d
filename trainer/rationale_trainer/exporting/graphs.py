"""From a PyTorch module to an ONNX file: named free dimensions, nothing that only debugging needs, weights outside when they are large."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import onnx
import torch

OPSET = 20
AUTO = torch.export.Dim.AUTO
# Protobuf messages end at 2 GB; weights of a graph that comes near are kept in a file of their own.
LARGE = 1_800_000_000


class GraphNames(NamedTuple):
    """What the three graphs of a model are called."""

    vision: str
    embed: str
    decoder: str


USUAL = GraphNames("vision_encoder", "embed_tokens", "decoder_model_merged")
PHI3_V = GraphNames("vision_encoder", "prepare_inputs_embeds", "model")


def names_in(folder: Path) -> GraphNames:
    """Of an exported folder."""
    return PHI3_V if any((folder / "onnx").glob(f"{PHI3_V.embed}*.onnx")) else USUAL


# A tensor's free dimensions: place to name.
Dimensions = dict[int, str]


@dataclass(frozen=True)
class Graph:
    """What the exporter needs to know of a module whose arguments and results are tensors.

    `example`: arguments whose free dimensions are neither 0 nor 1, which the exporter would take for fixed.
    """

    module: torch.nn.Module
    example: tuple
    inputs: dict[str, Dimensions]
    outputs: dict[str, Dimensions]


def write_graph(graph: Graph, path: Path, shapes=None, change=lambda model: None):
    """Writes the file, and PATH_data beside it for weights that are large. `change`: what else is done to the model."""
    shapes = shapes or tuple({place: AUTO for place in places} for places in graph.inputs.values())
    program = torch.onnx.export(
        graph.module.eval(), graph.example, dynamo=True, input_names=list(graph.inputs), output_names=list(graph.outputs),
        dynamic_shapes=shapes, opset_version=OPSET, optimize=True, verbose=False,
    )  # fmt: skip
    size = sum(parameter.numel() * parameter.element_size() for parameter in {*graph.module.parameters(), *graph.module.buffers()})
    large = size > LARGE
    program.save(path, external_data=large)
    model = onnx.load(path)
    _name_dimensions(model, graph)
    change(model)
    _strip(model)
    save(model, path, large)


def save(model: onnx.ModelProto, path: Path, large: bool):
    weights = Path(f"{path}_data")
    for stale in (path, weights, Path(f"{path}.data")):
        stale.unlink(missing_ok=True)
    if large:
        onnx.save(model, path, save_as_external_data=True, all_tensors_to_one_file=True, location=weights.name)
    else:
        onnx.save(model, path)


def _name_dimensions(model: onnx.ModelProto, graph: Graph):
    """The exporter calls them s44, s29 …"""
    names = {**graph.inputs, **graph.outputs}
    for value in [*model.graph.input, *model.graph.output]:
        for place, dimension in enumerate(value.type.tensor_type.shape.dim):
            if place in names[value.name]:
                dimension.Clear()
                dimension.dim_param = names[value.name][place]


def _strip(model: onnx.ModelProto):
    graph = model.graph
    del graph.value_info[:]
    for part in [model, graph, *graph.node, *graph.input, *graph.output, *graph.initializer]:
        del part.metadata_props[:]
        part.doc_string = ""
