"""A loaded model to an exported folder."""

from pathlib import Path

import torch

from ..failure import FamilyError
from .decoder import BATCH, LENGTH, write_decoder
from .folder import write_json_files
from .graphs import Graph, write_graph

VISION, EMBED, DECODER = "vision_encoder", "embed_tokens", "decoder_model_merged"


class EmbedTokens(torch.nn.Module):
    """input_ids [rows, length] -> inputs_embeds [rows, length, width]"""

    def __init__(self, embeddings: torch.nn.Module):
        super().__init__()
        self.embeddings = embeddings

    def forward(self, input_ids):
        return self.embeddings(input_ids)


@torch.no_grad()
def export_family(family, folder: Path):
    """Adapters must be merged; a learnt prefix goes into the decoder. Computed in single precision, on the CPU."""
    vision = family.vision_graph()
    if vision is None:
        raise FamilyError(f"Models of type {family.model_type} are not exported to ONNX: they run in Python or behind an endpoint.")
    model = family.model.to("cpu", torch.float32).eval()
    graphs = folder / "onnx"
    graphs.mkdir(parents=True, exist_ok=True)
    write_graph(vision, graphs / f"{VISION}.onnx")
    embed = Graph(
        EmbedTokens(model.get_input_embeddings()), (torch.ones(2, 5, dtype=torch.long),),
        {"input_ids": {0: BATCH, 1: LENGTH}}, {"inputs_embeds": {0: BATCH, 1: LENGTH}},
    )  # fmt: skip
    write_graph(embed, graphs / f"{EMBED}.onnx")
    prefix = None if family.prefix is None else family.prefix.keys_and_values.detach().cpu().float()
    write_decoder(
        model.get_submodule(family.text), model.get_output_embeddings(), family.text_config, graphs / f"{DECODER}.onnx",
        prefix, family.three_positions, family.both_ways,
    )  # fmt: skip
    external = [name for name in (VISION, EMBED, DECODER) if (graphs / f"{name}.onnx_data").exists()]
    write_json_files(family, folder, external)
