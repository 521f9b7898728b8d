"""A loaded model to an exported folder."""

from pathlib import Path

import torch

from ..failure import FamilyError
from .decoder import write_decoder
from .folder import write_json_files
from .graphs import write_graph


@torch.no_grad()
def export_family(family, folder: Path):
    """Adapters must be merged; a learnt prefix goes into the decoder. Computed in single precision, on the CPU."""
    vision = family.vision_graph()
    if vision is None:
        raise FamilyError(f"Models of type {family.model_type} are not exported to ONNX: they run in Python or behind an endpoint.")
    model = family.model.to("cpu", torch.float32).eval()
    graphs = folder / "onnx"
    graphs.mkdir(parents=True, exist_ok=True)
    names = family.graph_names
    write_graph(vision, graphs / f"{names.vision}.onnx")
    write_graph(family.embed_graph(), graphs / f"{names.embed}.onnx")
    prefix = None if family.prefix is None else family.prefix.keys_and_values.detach().cpu().float()
    write_decoder(
        model.get_submodule(family.text), model.get_output_embeddings(), family.text_config, graphs / f"{names.decoder}.onnx",
        prefix, family.three_positions, family.both_ways,
    )  # fmt: skip
    external = [name for name in names if (graphs / f"{name}.onnx_data").exists()]
    write_json_files(family, folder, external)
