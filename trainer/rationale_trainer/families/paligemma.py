"""PaliGemma: the picture first, then the prompt, which is read both ways; only what is written is read in order."""

from pathlib import Path
from typing import Self

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, PaliGemmaForConditionalGeneration

from ..exporting.decoder import BATCH
from ..exporting.graphs import Graph
from .base import Family
from .sequences import MASKED, PADDING, TARGET, Batch, Picture

# What its processor makes of pictures and a text; published folders have no chat template.
TEMPLATE = (
    "{% for message in messages %}{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>{% endif %}{% endfor %}{% endfor %}"
    "{{ bos_token }}{% for message in messages %}{% if not loop.first %}{{ '\\n' }}{% endif %}"
    "{% for part in message['content'] %}{% if part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endfor %}{{ '\\n' }}"
)


class VisionGraph(torch.nn.Module):
    """pixel_values [images, 3, side, side] -> image_features [images, tokens, width]"""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.multi_modal_projector(self.model.vision_tower(pixel_values).last_hidden_state)


class PaliGemma(Family):
    model_type = "paligemma"
    both_ways = True

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        self.image_processor = AutoImageProcessor.from_pretrained(source, use_fast=False)
        self.tokenizer.chat_template = self.tokenizer.chat_template or TEMPLATE

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        model = PaliGemmaForConditionalGeneration.from_pretrained(folder, dtype=dtype)
        return cls(model.eval(), AutoTokenizer.from_pretrained(folder), folder)

    @property
    def image_token(self) -> int:
        return self.model.config.image_token_id

    def image_ids(self, picture: Picture) -> list[int]:
        tower = self.model.config.vision_config
        return [self.image_token] * (tower.image_size // tower.patch_size) ** 2

    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        return {"pixel_values": self.image_processor(image.convert("RGB"), return_tensors="pt")["pixel_values"][0]}

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        tower = self.model.model.vision_tower
        return list(tower(torch.stack([one["pixel_values"] for one in pixels]).to(self.device, tower.dtype)).last_hidden_state)

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        return list(self.model.model.multi_modal_projector(torch.stack(seen)))

    def positions(self, batch: Batch) -> torch.Tensor:
        """PaliGemma counts from one."""
        return 1 + torch.arange(batch.ids.shape[1], device=batch.ids.device).expand_as(batch.ids)

    def attention(self, batch: Batch, mask: torch.Tensor) -> torch.Tensor:
        """[rows, 1, length, prefix and length], added to the scores."""
        length, total = batch.ids.shape[1], mask.shape[1]
        before = torch.arange(total, device=mask.device) <= torch.arange(total - length, total, device=mask.device)[:, None]
        prompt = torch.nn.functional.pad(_is_prompt(batch), (total - length, 0), value=True)
        seen = (before[None] | (_is_prompt(batch)[:, :, None] & prompt[:, None, :])) & (mask[:, None, :] > 0)
        dtype = self.model.dtype
        return torch.where(seen, 0.0, torch.finfo(dtype).min).to(dtype)[:, None]

    def read(self, embedded: torch.Tensor, **arguments) -> torch.Tensor:
        return self.model.model.language_model(inputs_embeds=embedded, **arguments).last_hidden_state

    def vision_graph(self) -> Graph:
        side = self.model.config.vision_config.image_size
        return Graph(VisionGraph(self.model.model), (torch.randn(2, 3, side, side),), {"pixel_values": {0: BATCH}}, {"image_features": {0: BATCH}})

    def image_settings(self) -> dict:
        tower = self.model.config.vision_config
        return super().image_settings() | {"image_seq_length": (tower.image_size // tower.patch_size) ** 2}


def _is_prompt(batch: Batch) -> torch.Tensor:
    return (batch.kinds != TARGET) & (batch.kinds != MASKED) & (batch.kinds != PADDING)
