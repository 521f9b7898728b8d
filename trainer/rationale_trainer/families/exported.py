"""What a family tells the export (../exporting): its vision graph, how its decoder reads, and what its JSON files hold."""

import json
from pathlib import Path
from typing import ClassVar

import torch

from ..exporting.export import export_family
from ..exporting.graphs import USUAL, Graph, GraphNames
from .sequences import Picture


class EmbedTokens(torch.nn.Module):
    """input_ids [rows, length] -> inputs_embeds [rows, length, width]"""

    def __init__(self, embeddings: torch.nn.Module):
        super().__init__()
        self.embeddings = embeddings

    def forward(self, input_ids):
        return self.embeddings(input_ids)


class Exported:
    """The part of a family that exports it. A family with a `vision_graph` can be exported."""

    # Positions in time, height and width.
    three_positions: ClassVar[bool] = False
    # A prompt's tokens see each other, not only those before.
    both_ways: ClassVar[bool] = False
    # transformers.js reads the text model's numbers at the top of config.json.
    flat_config: ClassVar[bool] = False
    graph_names: ClassVar[GraphNames] = USUAL

    def vision_graph(self) -> Graph | None:
        """From what `vision_feeds` gives to `image_features`."""
        return None

    def embed_graph(self) -> Graph:
        """From `input_ids` to `inputs_embeds`."""
        place = {0: "batch_size", 1: "sequence_length"}
        example = (torch.ones(2, 5, dtype=torch.long),)
        return Graph(EmbedTokens(self.model.get_input_embeddings()), example, {"input_ids": place}, {"inputs_embeds": place})

    def vision_feeds(self, pixels: dict[str, torch.Tensor], picture: Picture) -> dict[str, torch.Tensor]:
        """The graph's inputs for one image."""
        return {"pixel_values": pixels["pixel_values"][None]}

    def vision_features(self, outputs: dict[str, torch.Tensor], picture: Picture) -> torch.Tensor:
        """Features [image tokens, text width] from what the graph gave for one image."""
        return outputs["image_features"][0]

    def image_settings(self) -> dict:
        """preprocessor_config.json."""
        settings = self.image_processor.to_dict()
        kind = settings["image_processor_type"].removesuffix("Pil").removesuffix("Fast")
        kept = {name: value for name, value in settings.items() if value is not None}
        return kept | {"image_processor_type": kind, "processor_class": f"{type(self).__name__}Processor"}

    def processor_settings(self) -> dict:
        """processor_config.json: as the model's folder has it."""
        file = Path(self.source) / "processor_config.json"
        settings = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        return {name: value for name, value in settings.items() if name != "image_processor"}

    def export(self, folder: Path):
        """Writes the folder that the onnx provider loads. @throws FamilyError when this model cannot be exported."""
        export_family(self, folder)
