"""LLaVA: a CLIP or SigLIP tower, a two-layer projector, and a text model that reads features in place of image tokens."""

from pathlib import Path
from typing import Self

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, LlavaForConditionalGeneration

from ..export import export_model, is_exported, load_exported
from .base import Family
from .sequences import Picture


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
        config = self.model.config
        batch = torch.stack([one["pixel_values"] for one in pixels]).to(self.device, self.model.model.vision_tower.dtype)
        layers = config.vision_feature_layer if isinstance(config.vision_feature_layer, list) else [config.vision_feature_layer]
        if layers == [-1]:
            states = [self.model.model.vision_tower(batch).last_hidden_state]
        else:
            states = self.model.model.vision_tower(batch, output_hidden_states=True).hidden_states
            states = [states[layer] for layer in layers]
        seen = torch.cat(states, -1)
        return list(seen[:, 1:] if config.vision_feature_select_strategy == "default" else seen)

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        return list(self.model.model.multi_modal_projector(torch.stack(seen)))

    def export(self, folder: Path):
        settings = self.image_processor
        export_model(self.model, self.tokenizer.backend_tokenizer, folder, settings.image_mean[0], settings.image_std[0])
