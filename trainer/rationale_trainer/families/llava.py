"""LLaVA: a CLIP or SigLIP tower, a two-layer projector, and a text model that reads features in place of image tokens."""

from pathlib import Path
from typing import Self

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, LlavaForConditionalGeneration

from ..export import export_model, is_exported, load_exported
from ..exporting.decoder import BATCH
from ..exporting.graphs import Graph
from .base import Family
from .sequences import Picture


class VisionGraph(torch.nn.Module):
    """pixel_values [images, 3, side, side] -> image_features [images, tokens, width]"""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model.multi_modal_projector(chosen_layers(self.model, pixel_values))


class Llava(Family):
    model_type = "llava"

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        self.image_processor = AutoImageProcessor.from_pretrained(source, backend="pil")

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        if is_exported(folder):
            model = load_exported(folder)[0].to(dtype)
        else:
            model = LlavaForConditionalGeneration.from_pretrained(folder, dtype=dtype)
        return cls(model.eval(), AutoTokenizer.from_pretrained(folder), folder)

    @property
    def image_token(self) -> int:
        return self.model.config.image_token_id

    def image_ids(self, picture: Picture) -> list[int]:
        """Every image is resized to one size, so it has one number of tokens."""
        return [self.image_token] * self.model.config.image_seq_length

    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        return {"pixel_values": self.image_processor(image.convert("RGB"), return_tensors="pt")["pixel_values"][0]}

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        tower = self.model.model.vision_tower
        batch = torch.stack([one["pixel_values"] for one in pixels]).to(self.device, tower.dtype)
        return list(chosen_layers(self.model.model, batch))

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        return list(self.model.model.multi_modal_projector(torch.stack(seen)))

    def vision_graph(self) -> Graph:
        side = self.model.config.vision_config.image_size
        return Graph(VisionGraph(self.model.model), (torch.randn(2, 3, side, side),), {"pixel_values": {0: BATCH}}, {"image_features": {0: BATCH}})

    def processor_settings(self) -> dict:
        """transformers.js knows no strategy: it is told how many tokens there are beside the patches after all."""
        settings = {**super().processor_settings(), "patch_size": self.model.config.vision_config.patch_size}
        tower = self.model.config.vision_config
        extra = self.model.config.image_seq_length - (tower.image_size // tower.patch_size) ** 2
        return settings | {"processor_class": "LlavaProcessor", "num_additional_image_tokens": extra, "vision_feature_select_strategy": "full"}

    def export(self, folder: Path):
        """A student of the embedded pair keeps the pair's own layout and its faster decoder."""
        if is_exported(self.source) and self.prefix is None:
            settings = self.image_processor
            export_model(self.model.to("cpu", torch.float32), self.tokenizer.backend_tokenizer, folder, settings.image_mean[0], settings.image_std[0])
        else:
            super().export(folder)


def chosen_layers(model, pixel_values: torch.Tensor) -> torch.Tensor:
    """[images, patches, width]: what LLaVA's projector gets, from the layers of the tower that the config names."""
    config, tower = model.config, model.vision_tower
    layers = config.vision_feature_layer if isinstance(config.vision_feature_layer, list) else [config.vision_feature_layer]
    # Not the last hidden state, which some towers normalise once more.
    states = tower(pixel_values, output_hidden_states=True).hidden_states
    seen = torch.cat([states[layer] for layer in layers], -1)
    return seen[:, 1:] if config.vision_feature_select_strategy == "default" else seen
