"""Qwen2-VL: a picture of any shape becomes a grid of tokens, and every token has a place in time, height and width."""

from pathlib import Path
from typing import Self

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Qwen2VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

from .base import Family
from .sequences import IMAGE, Batch, Picture


class Qwen2VL(Family):
    model_type = "qwen2_vl"
    vision = "model.visual"
    # Its last layers stand inside the vision tower.
    projector = "model.visual.merger"

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        self.image_processor = AutoImageProcessor.from_pretrained(source, use_fast=False)

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        model = Qwen2VLForConditionalGeneration.from_pretrained(folder, dtype=dtype)
        return cls(model.eval(), AutoTokenizer.from_pretrained(folder), folder)

    @property
    def image_token(self) -> int:
        return self.model.config.image_token_id

    def grid(self, picture: Picture) -> tuple[int, int]:
        """Rows and columns of a picture's tokens."""
        settings, tower = self.image_processor, self.model.config.vision_config
        step = tower.patch_size * tower.spatial_merge_size
        height, width = smart_resize(picture.height, picture.width, step, settings.size["shortest_edge"], settings.size["longest_edge"])
        return height // step, width // step

    def image_ids(self, picture: Picture) -> list[int]:
        rows, columns = self.grid(picture)
        return [self.image_token] * (rows * columns)

    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        prepared = self.image_processor(image.convert("RGB"), return_tensors="pt")
        return {"pixel_values": prepared["pixel_values"], "image_grid_thw": prepared["image_grid_thw"][0]}

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        tower = self.model.model.visual
        patches = torch.cat([one["pixel_values"] for one in pixels]).to(self.device, tower.get_dtype())
        grids = torch.stack([one["image_grid_thw"] for one in pixels]).to(self.device)
        return list(tower(patches, grids).last_hidden_state.split(grids.prod(-1).tolist()))

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        merger = self.model.model.visual.merger
        merged = merger(torch.cat(seen))
        return list(merged.split([len(one) // self.model.config.vision_config.spatial_merge_size**2 for one in seen]))

    def positions(self, batch: Batch) -> torch.Tensor:
        """[3, rows, length]: text counts on in all three; a picture's tokens share a time and differ in row and column."""
        found = torch.zeros(3, *batch.ids.shape, dtype=torch.long)
        for row, (kinds, pictures) in enumerate(zip(batch.kinds.tolist(), batch.pictures)):
            found[:, row] = self._row_positions(kinds, pictures)
        return found.to(batch.ids.device)

    def _row_positions(self, kinds: list[int], pictures: tuple[Picture, ...]) -> torch.Tensor:
        pieces, following, place, i = [], iter(pictures), 0, 0
        while i < len(kinds):
            if kinds[i] == IMAGE:
                rows, columns = self.grid(next(following))
                down, across = torch.arange(rows).repeat_interleave(columns), torch.arange(columns).repeat(rows)
                pieces.append(place + torch.stack([torch.zeros_like(down), down, across]))
                place, i = place + max(rows, columns), i + rows * columns
            else:
                length = next((j for j in range(i, len(kinds)) if kinds[j] == IMAGE), len(kinds)) - i
                pieces.append((place + torch.arange(length)).expand(3, -1))
                place, i = place + length, i + length
        return torch.cat(pieces, 1)
