"""LLaVA-NeXT and LLaVA-OneVision: a picture whole, then its tiles laid out as one picture, without the padding, line by line."""

from pathlib import Path
from typing import ClassVar, Self

import torch
from PIL import Image
from transformers import AutoTokenizer, LlavaNextForConditionalGeneration, LlavaNextImageProcessorPil
from transformers import LlavaOnevisionForConditionalGeneration, LlavaOnevisionImageProcessorPil
from transformers.models.llava_next.modeling_llava_next import get_anyres_image_grid_shape

from ..exporting.graphs import Graph
from .base import Family
from .llava import chosen_layers
from .sequences import Picture


class VisionGraph(torch.nn.Module):
    """pixel_values [tiles, 3, side, side] -> image_features [tiles, patches, width], and image_newline [width] for whoever lays them out."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.multi_modal_projector(chosen_layers(self.model, pixel_values)), self.model.image_newline + 0


class LlavaNext(Family):
    model_type = "llava_next"
    architecture: ClassVar = LlavaNextForConditionalGeneration
    image_processor_class: ClassVar = LlavaNextImageProcessorPil

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        self.image_processor = self.image_processor_class.from_pretrained(source)

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        return cls(cls.architecture.from_pretrained(folder, dtype=dtype).eval(), AutoTokenizer.from_pretrained(folder), folder)

    @property
    def image_token(self) -> int:
        return self.model.config.image_token_id

    def image_ids(self, picture: Picture) -> list[int]:
        """As many as `pack` gives features for a picture of this size."""
        tower = self.model.config.vision_config
        side = tower.image_size // tower.patch_size
        tiles = torch.zeros(self.tiles(picture), side * side, 1)
        return [self.image_token] * len(self.pack(tiles, torch.zeros(1), picture))

    def tiles(self, picture: Picture) -> int:
        """Tiles of a picture, the whole included."""
        rows, columns = self._shape(picture)
        return 1 + rows * columns

    def _shape(self, picture: Picture) -> tuple[int, int]:
        config = self.model.config
        return get_anyres_image_grid_shape((picture.height, picture.width), config.image_grid_pinpoints, config.vision_config.image_size)

    def pack(self, tiles: torch.Tensor, newline: torch.Tensor, picture: Picture) -> torch.Tensor:
        """A picture's features [tokens, width] from those of its tiles [tiles, patches, width]."""
        return self.model.model.pack_image_features([tiles], [(picture.height, picture.width)], image_newline=newline, **self.packing)[0][0]

    @property
    def packing(self) -> dict:
        return {"vision_feature_select_strategy": self.model.config.vision_feature_select_strategy}

    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        """[tiles, 3, side, side]"""
        return {"pixel_values": self.image_processor(image.convert("RGB"), return_tensors="pt")["pixel_values"][0]}

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        tiles = torch.cat([one["pixel_values"] for one in pixels]).to(self.device, self.model.model.vision_tower.dtype)
        return list(chosen_layers(self.model.model, tiles).split([len(one["pixel_values"]) for one in pixels]))

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        projected = self.model.model.multi_modal_projector(torch.cat(seen)).split([len(one) for one in seen])
        return [self.pack(tiles, self.model.model.image_newline, picture) for tiles, picture in zip(projected, pictures)]

    def vision_graph(self) -> Graph:
        side, tiles = self.model.config.vision_config.image_size, {0: "num_tiles"}
        return Graph(VisionGraph(self.model.model), (torch.randn(3, 3, side, side),), {"pixel_values": tiles}, {"image_features": tiles, "image_newline": {}})

    def vision_feeds(self, pixels: dict[str, torch.Tensor], picture: Picture) -> dict[str, torch.Tensor]:
        return {"pixel_values": pixels["pixel_values"]}

    def vision_features(self, outputs: dict[str, torch.Tensor], picture: Picture) -> torch.Tensor:
        return self.pack(outputs["image_features"], outputs["image_newline"], picture)


class LlavaOnevision(LlavaNext):
    model_type = "llava_onevision"
    architecture = LlavaOnevisionForConditionalGeneration
    image_processor_class = LlavaOnevisionImageProcessorPil

    @property
    def packing(self) -> dict:
        return {"vision_aspect_ratio": self.model.config.vision_aspect_ratio}
