"""Moondream 2: a SigLIP vision model, a projector of two layers and a Phi text model, with the names that LLaVA has."""

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForImageTextToText, PhiConfig, PhiModel, PreTrainedConfig, PreTrainedModel
from transformers import SiglipVisionConfig, SiglipVisionModel

from ..composed import ComposedModel


class MoondreamConfig(PreTrainedConfig):
    """`crops`: revisions from 2024-05-20 on see a large picture in crops too, beside the whole."""

    model_type = "moondream1"
    sub_configs = {"text_config": PhiConfig, "vision_config": SiglipVisionConfig}

    def __init__(self, text_config=None, vision_config=None, image_token_index: int = 50295, crops: bool = True, **others):
        self.text_config = PhiConfig(**text_config) if isinstance(text_config, dict) else text_config or PhiConfig()
        self.vision_config = SiglipVisionConfig(**vision_config) if isinstance(vision_config, dict) else vision_config or SiglipVisionConfig()
        self.image_token_index, self.crops = image_token_index, crops
        super().__init__(**{"tie_word_embeddings": False, **others})


class Projector(nn.Module):
    def __init__(self, config: MoondreamConfig):
        super().__init__()
        width = config.text_config.hidden_size
        self.fc1 = nn.Linear(config.vision_config.hidden_size * (1 + config.crops), 4 * width)
        self.fc2 = nn.Linear(4 * width, width)

    def forward(self, features):
        return self.fc2(nn.functional.gelu(self.fc1(features), approximate="tanh"))


class MoondreamModel(PreTrainedModel):
    config_class = MoondreamConfig
    _supports_sdpa = True

    def __init__(self, config: MoondreamConfig):
        super().__init__(config)
        self.vision_tower = SiglipVisionModel(config.vision_config)
        self.multi_modal_projector = Projector(config)
        self.language_model = PhiModel(config.text_config)
        self.post_init()

    def get_input_embeddings(self):
        return self.language_model.embed_tokens

    def picture_features(self, tiles: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
        """[tokens, width] of one picture; `tiles` [1 + rows · columns, 3, side, side]: the whole, then its crops row by row."""
        return self.multi_modal_projector(self.seen(self.vision_tower(tiles).last_hidden_state, rows, columns))

    def seen(self, encoded: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
        """The whole's patches, and beside each what the crops show there: the mean over the patches that it covers."""
        if not self.config.crops:
            return encoded[0]
        if rows * columns == 0:
            return torch.cat([encoded[0], encoded[0]], -1)
        side = self.config.vision_config.image_size // self.config.vision_config.patch_size
        crops = encoded[1:].reshape(rows, columns, side, side, -1).permute(4, 0, 2, 1, 3)
        crops = crops.reshape(-1, rows * side, columns * side)
        crops = nn.functional.adaptive_avg_pool2d(crops, (side, side)).flatten(1).T
        return torch.cat([encoded[0], crops], -1)

    def forward(self, input_ids=None, inputs_embeds=None, pixel_values=None, crop_grids=None, **others):
        """`pixel_values`: the tiles of all pictures one after the other; `crop_grids` [pictures, 2]: rows and columns of each."""
        if inputs_embeds is None:
            inputs_embeds = self.get_input_embeddings()(input_ids)
        if pixel_values is not None:
            grids = [[0, 0]] * len(pixel_values) if crop_grids is None else crop_grids.tolist()
            pieces = pixel_values.split([1 + rows * columns for rows, columns in grids])
            features = torch.cat([self.picture_features(tiles, *grid) for tiles, grid in zip(pieces, grids)])
            places = (input_ids == self.config.image_token_index)[..., None].expand_as(inputs_embeds)
            inputs_embeds = inputs_embeds.masked_scatter(places, features.to(inputs_embeds.dtype))
        return self.language_model(inputs_embeds=inputs_embeds, **others)


class MoondreamForConditionalGeneration(ComposedModel):
    config_class = MoondreamConfig

    def __init__(self, config: MoondreamConfig):
        super().__init__(config)
        self.model = MoondreamModel(config)
        self.lm_head = nn.Linear(config.text_config.hidden_size, config.text_config.vocab_size)
        self.post_init()

    def forward(
        self, input_ids=None, attention_mask=None, position_ids=None, past_key_values=None, inputs_embeds=None, pixel_values=None, crop_grids=None,
        labels=None, use_cache=None, logits_to_keep=0, return_dict=True,
    ):  # fmt: skip
        return self.answer(
            labels, logits_to_keep, input_ids=input_ids, inputs_embeds=inputs_embeds, pixel_values=pixel_values, crop_grids=crop_grids,
            attention_mask=attention_mask, position_ids=position_ids, past_key_values=past_key_values, use_cache=use_cache,
        )  # fmt: skip


AutoConfig.register(MoondreamConfig.model_type, MoondreamConfig)
AutoModelForImageTextToText.register(MoondreamConfig, MoondreamForConditionalGeneration)
