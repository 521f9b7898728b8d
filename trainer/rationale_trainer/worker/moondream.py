"""Moondream 2 of 2024, which transformers has no class for: the trainer's own, with the trainer's prompts."""

from pathlib import Path

import torch
from PIL import Image

from ..families.moondream import Moondream
from ..families.sequences import Picture
from .placing import Place
from .prompts import Prompts


class MoondreamPrompts(Prompts):
    def __init__(self, family: Moondream, folder: Path, kind: str):
        self.family = family
        super().__init__(family, folder, kind)

    def rendered(self, conversation: list[dict]) -> str:
        return self.family.prompt_text(conversation)

    def processed(self, text: str, pictures: list[Image.Image]):
        written = self.tokenizer.encode(text, add_special_tokens=False)
        if written.count(self.family.image_token) != len(pictures):
            raise ValueError(f"it has {written.count(self.family.image_token)} places for pictures, and there are {len(pictures)}")
        places = self.family.image_ids(Picture("", 1, 1))
        ids = torch.tensor([[token for one in written for token in (places if one == self.family.image_token else [one])]])
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if not pictures:
            return inputs
        grids = [self.family.crops(Picture("", *picture.size)) for picture in pictures]
        tiles = [self.family.pixels(picture)["pixel_values"] for picture in pictures]
        return {**inputs, "pixel_values": torch.cat(tiles), "crop_grids": torch.tensor(grids)}

    def image_tokens(self, inputs: dict[str, torch.Tensor], config) -> int:
        return int((inputs["input_ids"] == self.family.image_token).sum())


def load_moondream(folder: Path, where: Place):
    family = Moondream.load(folder, where.dtype)
    return family.model.to(where.device_map), MoondreamPrompts(family, folder, family.model_type)
