"""Models that transformers has no class for: the trainer's own, with the trainer's prompts."""

from pathlib import Path

import torch
from PIL import Image

from ..families import Family, load
from ..families.sequences import Picture
from .placing import Place
from .prompts import Prompts

COMPOSED = ("moondream1", "phi3_v")


class ComposedPrompts(Prompts):
    def __init__(self, family: Family, folder: Path, kind: str):
        self.family = family
        super().__init__(family, folder, kind)

    def rendered(self, conversation: list[dict]) -> str:
        return self.family.prompt_text(conversation)

    def processed(self, text: str, pictures: list[Image.Image]):
        family, written = self.family, self.tokens(text)
        if written.count(family.image_token) != len(pictures):
            raise ValueError(f"it has {written.count(family.image_token)} places for pictures, and there are {len(pictures)}")
        standing = iter([family.image_ids(Picture("", *picture.size)) for picture in pictures])
        ids = torch.tensor([[token for one in written for token in (next(standing) if one == family.image_token else [one])]])
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        return inputs | family.generate_inputs(ids, pictures) if pictures else inputs

    def tokens(self, text: str) -> list[int]:
        return self.family.text_ids(text)

    def room(self, length: int) -> float:
        return self.family.room(length)

    def image_tokens(self, inputs: dict[str, torch.Tensor], config) -> int:
        ids = inputs["input_ids"]
        return int(((ids == self.family.image_token) | (ids < 0)).sum())


def load_composed(folder: Path, where: Place):
    family = load(folder, where.dtype)
    return family.model.to(where.device_map), ComposedPrompts(family, folder, family.model_type)
