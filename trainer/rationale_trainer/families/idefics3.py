"""Idefics3 and SmolVLM: a picture as tiles, row by row, and once whole; marks between them name their places."""

from pathlib import Path
from typing import ClassVar, Self

import torch
from PIL import Image
from transformers import AutoTokenizer, Idefics3ForConditionalGeneration, Idefics3ImageProcessorPil, SmolVLMForConditionalGeneration

from ..exporting.decoder import BATCH
from ..exporting.graphs import Graph
from .base import Family
from .sequences import Picture


class VisionGraph(torch.nn.Module):
    """pixel_values [images, tiles, 3, side, side], pixel_attention_mask [images, tiles, side, side] -> image_features [images · tiles, tokens, width]

    Every tile is looked at: the tower's own forward leaves empty ones out, which makes its shapes depend on the data.
    """

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values, pixel_attention_mask):
        images, tiles, channels, height, width = pixel_values.shape
        patch = self.model.config.vision_config.patch_size
        filled = pixel_attention_mask.reshape(images * tiles, height // patch, patch, width // patch, patch).to(pixel_values.dtype).sum((2, 4)) > 0
        seen = self.model.vision_model(pixel_values=pixel_values.reshape(images * tiles, channels, height, width), patch_attention_mask=filled)
        return self.model.connector(seen.last_hidden_state)


class Idefics3(Family):
    model_type = "idefics3"
    text = "model.text_model"
    vision = "model.vision_model"
    projector = "model.connector"
    architecture: ClassVar = Idefics3ForConditionalGeneration

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        # SmolVLM's own differs in videos alone, and asks for torchvision.
        self.image_processor = Idefics3ImageProcessorPil.from_pretrained(source)

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        return cls(cls.architecture.from_pretrained(folder, dtype=dtype).eval(), AutoTokenizer.from_pretrained(folder), folder)

    @property
    def image_token(self) -> int:
        return self.model.config.image_token_id

    def image_ids(self, picture: Picture) -> list[int]:
        _, rows, columns = self.image_processor.get_number_of_image_patches(picture.height, picture.width)
        tower = self.model.config.vision_config
        image = "<image>" * ((tower.image_size // tower.patch_size) ** 2 // self.model.config.scale_factor**2)
        tiles = [[f"<fake_token_around_image><row_{row + 1}_col_{column + 1}>{image}" for column in range(columns)] for row in range(rows)]
        text = "".join("".join(row) + "\n" for row in tiles) + "\n" * bool(tiles) + f"<fake_token_around_image><global-img>{image}<fake_token_around_image>"
        return self.tokenizer.encode(text, add_special_tokens=False)

    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        """[tiles, 3, side, side]: all tiles are full, so nothing of them is masked."""
        prepared = self.image_processor(image.convert("RGB"), return_tensors="pt")
        return {"pixel_values": prepared["pixel_values"][0], "pixel_attention_mask": prepared["pixel_attention_mask"][0]}

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        tower, patch = self.model.model.vision_model, self.model.config.vision_config.patch_size
        counts = [len(one["pixel_values"]) for one in pixels]
        tiles = torch.cat([one["pixel_values"] for one in pixels]).to(self.device, tower.dtype)
        side = tiles.shape[-1] // patch
        mask = torch.ones(len(tiles), side, side, dtype=torch.bool, device=self.device)
        return list(tower(pixel_values=tiles, patch_attention_mask=mask).last_hidden_state.split(counts))

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        projected = self.model.model.connector(torch.cat(seen)).split([len(one) for one in seen])
        return [one.flatten(0, 1) for one in projected]

    def vision_graph(self) -> Graph:
        side = self.model.config.vision_config.image_size
        example = (torch.randn(2, 3, 3, side, side), torch.ones(2, 3, side, side, dtype=torch.bool))
        tiles = {0: BATCH, 1: "num_images"}
        return Graph(VisionGraph(self.model.model), example, {"pixel_values": tiles, "pixel_attention_mask": tiles}, {"image_features": {0: "num_tiles"}})

    def vision_feeds(self, pixels: dict[str, torch.Tensor], picture: Picture) -> dict[str, torch.Tensor]:
        return {"pixel_values": pixels["pixel_values"][None], "pixel_attention_mask": pixels["pixel_attention_mask"][None].bool()}

    def vision_features(self, outputs: dict[str, torch.Tensor], picture: Picture) -> torch.Tensor:
        return outputs["image_features"].flatten(0, 1)


class SmolVLM(Idefics3):
    model_type = "smolvlm"
    architecture = SmolVLMForConditionalGeneration
