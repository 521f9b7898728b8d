"""Qwen2.5-VL: as Qwen2-VL, but most layers of its tower look within windows."""

import torch
from transformers import Qwen2_5_VLForConditionalGeneration
from transformers.vision_utils import get_vision_window_index

from .qwen2_vl import Qwen2VL, VisionGraph


class WindowedGraph(VisionGraph):
    """The tower's own forward sorts patches by windows; here each sees those of its own, wherever they stand."""

    def masks(self, places: torch.Tensor) -> list[torch.Tensor | None]:
        tower = self.tower
        window = places // (tower.window_size // tower.spatial_merge_size // tower.patch_size * tower.spatial_merge_size)
        within = (window[:, None] == window[None]).all(-1)
        return [None if layer in tower.fullatt_block_indexes else within for layer in range(len(tower.blocks))]


class Qwen2_5_VL(Qwen2VL):
    model_type = "qwen2_5_vl"
    flat_config = False
    architecture = Qwen2_5_VLForConditionalGeneration
    graph = WindowedGraph
    grid_name = "image_grid_thw"

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        """In the order of the patches: the tower leaves them sorted by windows."""
        tower = self.model.model.visual
        grids = torch.stack([one["image_grid_thw"] for one in pixels]).to(self.device)
        sorted_by_windows = torch.cat(super().see(pixels))
        order, _ = get_vision_window_index(grids, spatial_merge_size=tower.spatial_merge_size, window_size=tower.window_size, patch_size=tower.patch_size)
        squares = sorted_by_windows.reshape(len(order), tower.spatial_merge_unit, -1)[torch.argsort(order)]
        return list(squares.flatten(0, 1).split(grids.prod(-1).tolist()))
