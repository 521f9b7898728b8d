"""Smaller copies of an exported folder: one folder each, whole and loadable by itself.

What is made smaller is the table below; the other graphs are copied. Computing stays in single precision where a
kind says nothing else, and so do the graphs' inputs and outputs.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.float16 import convert_float_to_float16

from .graphs import LARGE, GraphNames, names_in, save

BLOCK = 32


def _half(source: Path, target: Path):
    save(convert_float_to_float16(onnx.load(source), keep_io_types=True), target, _is_large(source))


def _bytes(source: Path, target: Path):
    """Weights of matrix products as 8-bit integers, a scale for each column; activations are quantised as they come."""
    quantize_dynamic(
        source, target, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"], use_external_data_format=_is_large(source),
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
    )  # fmt: skip


def _nibbles(source: Path, target: Path):
    """Weights of matrix products in blocks of 4-bit integers with a scale each."""
    quantiser = MatMulNBitsQuantizer(onnx.load(source), bits=4, block_size=BLOCK, is_symmetric=True, accuracy_level=4)
    quantiser.process()
    quantiser.model.save_model_to_file(str(target), _is_large(source))


@dataclass(frozen=True)
class Kind:
    make: Callable[[Path, Path], None]
    # Which graphs, as their fields of `GraphNames` are called.
    graphs: tuple[str, ...]

    def among(self, names: GraphNames) -> list[str]:
        return [getattr(names, graph) for graph in self.graphs]


# Names are transformers.js's `dtype`, and what it adds to a file's name.
KINDS = {
    "fp16": Kind(_half, ("vision", "embed", "decoder")),
    "int8": Kind(_bytes, ("vision", "decoder")),
    "q4": Kind(_nibbles, ("decoder",)),
}


def quantise(folder: Path, target: Path, kind: str):
    """Writes `target`, a copy of the exported `folder` with smaller weights."""
    shutil.copytree(folder, target)
    graphs = target / "onnx"
    names = names_in(target)
    smaller = KINDS[kind].among(names)
    for name in smaller:
        whole = graphs / f"{name}.onnx"
        _unfold(whole)
        KINDS[kind].make(whole, graphs / f"{name}_{kind}.onnx")
        for file in (whole, Path(f"{whole}_data")):
            file.unlink(missing_ok=True)
    path = target / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    files = {name: f"{name}_{kind}" if name in smaller else name for name in names}
    own = {"dtype": {name: kind if name in smaller else "fp32" for name in files}}
    external = {f"{file}.onnx": 1 for file in files.values() if (graphs / f"{file}.onnx_data").exists()}
    config["transformers.js_config"] = own | ({"use_external_data_format": external} if external else {})
    path.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def suffixes(folder: Path) -> dict[str, str]:
    """What the names of a folder's graphs end with, by graph."""
    types = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("transformers.js_config", {}).get("dtype", {})
    return {name: "" if kind == "fp32" else f"_{kind}" for name, kind in types.items()}


def _unfold(path: Path):
    """Weights that are stored as halves and cast when they are loaded become plain ones, as the quantisers look for them."""
    model = onnx.load(path)
    stored = {one.name: one for one in model.graph.initializer if one.data_type == TensorProto.FLOAT16}
    casts = [node for node in model.graph.node if node.op_type == "Cast" and node.input[0] in stored]
    if not casts:
        return
    for node in casts:
        one = stored[node.input[0]]
        values = numpy_helper.to_array(one).astype(np.float32)
        model.graph.node.remove(node)
        model.graph.initializer.append(numpy_helper.from_array(values, node.output[0]))
    for one in stored.values():
        model.graph.initializer.remove(one)
    onnx.save(model, path)


def _is_large(path: Path) -> bool:
    weights = Path(f"{path}_data")
    return weights.exists() and weights.stat().st_size > LARGE
