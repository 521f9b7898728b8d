"""Mllama, the model of Llama 3.2 Vision and LLaVA-CoT: some layers of the text model look at the picture's tiles."""

from pathlib import Path
from typing import Self

import torch
from PIL import Image
from transformers import AutoTokenizer, MllamaForConditionalGeneration, MllamaImageProcessorPil
from transformers.models.mllama.image_processing_pil_mllama import get_optimal_tiled_canvas
from transformers.models.mllama.modeling_mllama import _prepare_cross_attention_mask
from transformers.models.mllama.processing_mllama import convert_sparse_cross_attention_mask_to_dense, get_cross_attention_token_mask

from .base import Family
from .sequences import Batch, Picture


class Mllama(Family):
    model_type = "mllama"
    vision = "model.vision_model"

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        self.image_processor = MllamaImageProcessorPil.from_pretrained(source)

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        model = MllamaForConditionalGeneration.from_pretrained(folder, dtype=dtype)
        return cls(model.eval(), AutoTokenizer.from_pretrained(folder), folder)

    @property
    def image_token(self) -> int:
        return self.model.config.image_token_index

    @property
    def attending_layers(self) -> list[int]:
        """The others look at pictures alone."""
        return [layer for layer in super().attending_layers if layer not in self.text_config.cross_attention_layers]

    def image_ids(self, picture: Picture) -> list[int]:
        """One token marks where the picture stands; nothing is put in its place."""
        return [self.image_token]

    def tiles(self, picture: Picture) -> int:
        """Tiles that a picture fills; it is given as many as any picture may have."""
        settings = self.image_processor
        height, width = get_optimal_tiled_canvas(picture.height, picture.width, settings.max_image_tiles, settings.size["height"])
        return height * width // settings.size["height"] ** 2

    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        prepared = self.image_processor(image.convert("RGB"), return_tensors="pt")
        return {name: prepared[name][0] for name in ("pixel_values", "aspect_ratio_ids", "aspect_ratio_mask")}

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        tower = self.model.model.vision_model
        inputs = {name: torch.stack([one[name] for one in pixels]).to(self.device) for name in pixels[0]}
        inputs["pixel_values"] = inputs["pixel_values"].to(tower.dtype)
        return list(tower(**inputs).last_hidden_state[:, 0])

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        """[tiles · patches, width] of each picture, the empty tiles too."""
        return list(self.model.model.multi_modal_projector(torch.stack(seen)).flatten(1, 2))

    def places(self, features: list[torch.Tensor]) -> int:
        return len(features)

    def embed(self, batch: Batch, features: list[torch.Tensor]) -> torch.Tensor:
        return self.model.get_input_embeddings()(batch.ids)

    def extras(self, batch: Batch, features: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """What the layers that look see, and which tokens see which tiles of it."""
        if not features:
            return {}
        most = max(len(pictures) for pictures in batch.pictures)
        size = len(features[0])
        # A row without a picture sees zeros, to which those layers answer nothing: they have no biases.
        states = features[0].new_zeros(len(batch.ids), most * size, features[0].shape[1])
        following = iter(features)
        for row, pictures in enumerate(batch.pictures):
            for i in range(len(pictures)):
                states[row, i * size : (i + 1) * size] = next(following)
        return {"cross_attention_states": states, **self._masks(batch)}

    def following(self, batch: Batch, features: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        return {name: mask[:, :, -1:] for name, mask in self._masks(batch).items()} if features else {}

    def _masks(self, batch: Batch) -> dict[str, torch.Tensor]:
        spans = [get_cross_attention_token_mask(ids, self.image_token) for ids in batch.ids.tolist()]
        tiles = [[self.tiles(picture) for picture in pictures] for pictures in batch.pictures]
        seen = convert_sparse_cross_attention_mask_to_dense(spans, tiles, self.image_processor.max_image_tiles, batch.ids.shape[1])
        mask, rows = _prepare_cross_attention_mask(torch.from_numpy(seen), self.model.model.vision_model.num_patches, self.model.dtype)
        return {"cross_attention_mask": mask.to(self.device), "full_text_row_masked_out_mask": rows.to(self.device)}

    def read(self, embedded: torch.Tensor, **arguments) -> torch.Tensor:
        return self.model.model.language_model(inputs_embeds=embedded, **arguments).last_hidden_state
