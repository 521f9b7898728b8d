"""Idefics3 and SmolVLM: a picture as tiles, row by row, and once whole; marks between them name their places."""

from pathlib import Path
from typing import ClassVar, Self

import torch
from PIL import Image
from transformers import AutoTokenizer, Idefics3ForConditionalGeneration, Idefics3ImageProcessorPil, SmolVLMForConditionalGeneration

from .base import Family
from .sequences import Picture


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


class SmolVLM(Idefics3):
    model_type = "smolvlm"
    architecture = SmolVLMForConditionalGeneration
