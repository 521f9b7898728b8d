"""Qwen2-VL: a picture of any shape becomes a grid of tokens, and every token has a place in time, height and width."""

from pathlib import Path
from typing import ClassVar, Self

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Qwen2VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize
from transformers.models.qwen2_vl.modeling_qwen2_vl import apply_rotary_pos_emb_vision

from ..exporting.graphs import Graph
from .base import Family
from .sequences import IMAGE, Batch, Picture


class VisionGraph(torch.nn.Module):
    """pixel_values [patches, values], a grid [1, 3] -> image_features [tokens, width]: the tower for one image.

    The tower's own forward reads the grid into Python numbers; here places come from it by tensor operations.
    """

    def __init__(self, tower):
        super().__init__()
        self.tower = tower

    def forward(self, pixel_values, grid_thw):
        tower, merged = self.tower, self.tower.spatial_merge_size
        count = pixel_values.shape[0]
        # Patches come in squares of merged · merged, row by row of squares.
        patch, across = torch.arange(count), grid_thw[0, 2] // merged
        square, within = patch // merged**2, patch % merged**2
        places = torch.stack([square // across * merged + within // merged, square % across * merged + within % merged], -1)
        states = tower.patch_embed(pixel_values)
        cos, sin = tower.rotary_pos_emb(states, places)
        for block, mask in zip(tower.blocks, self.masks(places)):
            attention = block.attn
            q, k, v = attention.qkv(block.norm1(states)).reshape(count, 3, attention.num_heads, -1).permute(1, 0, 2, 3).unbind(0)
            q, k = apply_rotary_pos_emb_vision(q, k, cos, sin)
            mixed = torch.nn.functional.scaled_dot_product_attention(
                q.transpose(0, 1)[None], k.transpose(0, 1)[None], v.transpose(0, 1)[None], mask, scale=attention.scaling
            )  # fmt: skip
            states = states + attention.proj(mixed[0].transpose(0, 1).reshape(count, -1))
            states = states + block.mlp(block.norm2(states))
        return tower.merger(states)

    def masks(self, places: torch.Tensor) -> list[torch.Tensor | None]:
        """Of each block, which patches see which; None: all see all. `places` [patches, 2]."""
        return [None] * len(self.tower.blocks)


class Qwen2VL(Family):
    model_type = "qwen2_vl"
    vision = "model.visual"
    # Its last layers stand inside the vision tower.
    projector = "model.visual.merger"

    three_positions = True
    flat_config = True

    architecture: ClassVar = Qwen2VLForConditionalGeneration
    graph: ClassVar = VisionGraph
    # What transformers.js calls the grid.
    grid_name: ClassVar[str] = "grid_thw"

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        self.image_processor = AutoImageProcessor.from_pretrained(source, use_fast=False)

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        model = cls.architecture.from_pretrained(folder, dtype=dtype)
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
        patches = torch.cat([one["pixel_values"] for one in pixels]).to(self.device, tower.dtype)
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

    def vision_graph(self) -> Graph:
        tower = self.model.config.vision_config
        values = tower.in_channels * tower.temporal_patch_size * tower.patch_size**2
        rows, columns = 2 * tower.spatial_merge_size, 3 * tower.spatial_merge_size
        example = (torch.randn(rows * columns, values), torch.tensor([[1, rows, columns]]))
        return Graph(self.graph(self.model.model.visual), example, {"pixel_values": {0: "num_patches"}, self.grid_name: {}}, {"image_features": {0: "num_tokens"}})

    def vision_feeds(self, pixels: dict[str, torch.Tensor], picture: Picture) -> dict[str, torch.Tensor]:
        return {"pixel_values": pixels["pixel_values"], self.grid_name: pixels["image_grid_thw"][None]}

    def vision_features(self, outputs: dict[str, torch.Tensor], picture: Picture) -> torch.Tensor:
        return outputs["image_features"]

    def image_settings(self) -> dict:
        size = self.image_processor.size
        return super().image_settings() | {"min_pixels": size["shortest_edge"], "max_pixels": size["longest_edge"]}
