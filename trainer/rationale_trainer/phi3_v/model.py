"""Phi-3.5-vision: a CLIP vision model, a projector of two layers and a Phi-3 text model.

The config is flat, as it is published; published folders name CLIP's size by its repository, and `vision_config` says it
here. Weights have LLaVA's names while a model is loaded, and their published ones in files.
"""

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForImageTextToText, CLIPVisionConfig, CLIPVisionModel, Phi3Config, Phi3Model, PreTrainedModel
from transformers.conversion_mapping import register_checkpoint_conversion_mapping
from transformers.core_model_loading import WeightRenaming
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.phi3.modeling_phi3 import Phi3RotaryEmbedding

from ..composed import ComposedModel

CLIP = {
    "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16, "image_size": 336, "patch_size": 14,
    "projection_dim": 768, "hidden_act": "quick_gelu",
}  # fmt: skip
# The layer whose output is looked at, without the class token's.
LAYER = -2


class Phi3VConfig(Phi3Config):
    model_type = "phi3_v"
    sub_configs = {"vision_config": CLIPVisionConfig}

    vision_config: dict | CLIPVisionConfig | None = None

    def __post_init__(self, **kwargs):
        vision = self.vision_config or CLIP
        self.vision_config = CLIPVisionConfig(**vision) if isinstance(vision, dict) else vision
        super().__post_init__(**kwargs)


class Projector(nn.Module):
    """Four patches in a square become one token; `line_break` ends each line of them, `picture_break` stands before the whole."""

    def __init__(self, config: Phi3VConfig):
        super().__init__()
        seen, width = 4 * config.vision_config.hidden_size, config.hidden_size
        self.fc1, self.fc2 = nn.Linear(seen, width), nn.Linear(width, width)
        self.line_break = nn.Parameter(torch.zeros(1, 1, 1, seen))
        self.picture_break = nn.Parameter(torch.zeros(1, 1, seen))

    def forward(self, tiles: torch.Tensor, rows, columns, count: int) -> torch.Tensor:
        """[count, width] of one picture. `tiles` [1 + rows · columns or more, patches, width]: the whole, then its crops row by row."""
        side = int(tiles.shape[1] ** 0.5)
        edge = side // 2
        squares = tiles.reshape(-1, edge, 2, edge, 2, tiles.shape[-1]).transpose(2, 3).reshape(-1, 4 * tiles.shape[-1])
        # The breaks stand behind all squares; each token says whose place among them it takes.
        places = token_places(edge, rows, columns, torch.arange(count, device=tiles.device), squares.shape[0])
        parts = torch.cat([squares, self.line_break.reshape(1, -1), self.picture_break.reshape(1, -1)])
        return self.fc2(nn.functional.gelu(self.fc1(parts[places])))


def token_count(edge: int, rows, columns):
    """Tokens of a picture whose tiles are `edge` tokens wide."""
    return (rows * columns + 1) * edge**2 + (rows + 1) * edge + 1


def token_places(edge: int, rows, columns, tokens: torch.Tensor, squares: int) -> torch.Tensor:
    """For each token the square that it shows, of the tiles' squares one after the other; behind them are line break and picture break."""
    width = columns * edge + 1
    crops = rows * edge * width
    # Behind the crops, and the break at `crops`, the whole is laid out like a picture of one crop.
    whole = tokens - crops - 1
    y, x = tokens // width, tokens % width
    of_crops = torch.where(x == width - 1, squares, ((1 + y // edge * columns + x // edge) * edge + y % edge) * edge + x % edge)
    y, x = whole // (edge + 1), whole % (edge + 1)
    of_whole = torch.where(x == edge, squares, y * edge + x)
    return torch.where(tokens < crops, of_crops, torch.where(tokens == crops, squares + 1, of_whole))


# transformers knows by such a name what to compute anew when a model is loaded.
class Phi3VRotaryEmbedding(Phi3RotaryEmbedding):
    """Phi-3's own, which writes what it has chosen into itself: that cannot be exported."""

    @torch.no_grad()
    def forward(self, x, position_ids):
        turns = self.original_inv_freq.to(x.device)
        if self.rope_type == "longrope":
            near = self.config.rope_parameters["original_max_position_embeddings"]
            far, _ = ROPE_INIT_FUNCTIONS[self.rope_type](self.config, x.device, seq_len=near + 1)
            turns = torch.where(position_ids.max() >= near, far, turns)
        angles = position_ids[..., None].float() * turns.float()
        angles = torch.cat([angles, angles], -1)
        return (angles.cos() * self.attention_scaling).to(x.dtype), (angles.sin() * self.attention_scaling).to(x.dtype)


class Phi3VModel(PreTrainedModel):
    config_class = Phi3VConfig
    _supports_sdpa = True

    def __init__(self, config: Phi3VConfig):
        super().__init__(config)
        self.vision_tower = CLIPVisionModel(config.vision_config)
        self.multi_modal_projector = Projector(config)
        self.language_model = Phi3Model(config)
        self.language_model.rotary_emb = Phi3VRotaryEmbedding(config)
        self.post_init()

    def get_input_embeddings(self):
        return self.language_model.embed_tokens

    def seen(self, tiles: torch.Tensor) -> torch.Tensor:
        """[tiles, patches, width]"""
        return self.vision_tower(tiles, output_hidden_states=True).hidden_states[LAYER][:, 1:]

    def project(self, seen: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
        edge = self.config.vision_config.image_size // self.config.vision_config.patch_size // 2
        return self.multi_modal_projector(seen, rows, columns, token_count(edge, rows, columns))

    def forward(self, input_ids=None, inputs_embeds=None, pixel_values=None, image_sizes=None, **others):
        """`pixel_values` [pictures, tiles, 3, side, side], filled up with anything; `image_sizes` [pictures, 2]: height and width of the crops laid out.

        Ids below zero are the pictures' places.
        """
        if inputs_embeds is None:
            inputs_embeds = self.get_input_embeddings()(input_ids.clamp(min=0))
        if pixel_values is not None:
            grids = (image_sizes // self.config.vision_config.image_size).tolist()
            features = torch.cat([self.project(self.seen(tiles), *grid) for tiles, grid in zip(pixel_values, grids)])
            places = (input_ids < 0)[..., None].expand_as(inputs_embeds)
            inputs_embeds = inputs_embeds.masked_scatter(places, features.to(inputs_embeds.dtype))
        return self.language_model(inputs_embeds=inputs_embeds, **others)


class Phi3VForCausalLM(ComposedModel):
    config_class = Phi3VConfig

    def __init__(self, config: Phi3VConfig):
        super().__init__(config)
        self.model = Phi3VModel(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.post_init()

    def forward(
        self, input_ids=None, attention_mask=None, position_ids=None, past_key_values=None, inputs_embeds=None, pixel_values=None, image_sizes=None,
        labels=None, use_cache=None, logits_to_keep=0, return_dict=True,
    ):  # fmt: skip
        return self.answer(
            labels, logits_to_keep, input_ids=input_ids, inputs_embeds=inputs_embeds, pixel_values=pixel_values, image_sizes=image_sizes,
            attention_mask=attention_mask, position_ids=position_ids, past_key_values=past_key_values, use_cache=use_cache,
        )  # fmt: skip

    def prepare_inputs_for_generation(self, input_ids, past_key_values=None, is_first_iteration=False, **kwargs):
        """As Phi-3's: where positions begin to mean something else, everything is read anew."""
        near = self.config.original_max_position_embeddings
        is_anew = past_key_values is not None and not is_first_iteration and past_key_values.get_seq_length() <= near < input_ids.shape[1]
        if is_anew:
            past_key_values, kwargs["next_sequence_length"] = None, None
        is_first = is_first_iteration or is_anew
        return super().prepare_inputs_for_generation(input_ids, past_key_values=past_key_values, is_first_iteration=is_first, **kwargs)


EMBEDDING = "model.vision_embed_tokens"
# From what a published name begins with to what it begins with here.
NAMES = {
    f"{EMBEDDING}.img_processor.vision_model": "model.vision_tower",
    f"{EMBEDDING}.img_projection.0": "model.multi_modal_projector.fc1",
    f"{EMBEDDING}.img_projection.2": "model.multi_modal_projector.fc2",
    f"{EMBEDDING}.sub_GN": "model.multi_modal_projector.line_break",
    f"{EMBEDDING}.glb_GN": "model.multi_modal_projector.picture_break",
    "model.embed_tokens": "model.language_model.embed_tokens",
    "model.layers": "model.language_model.layers",
    "model.norm": "model.language_model.norm",
}

register_checkpoint_conversion_mapping(Phi3VConfig.model_type, [WeightRenaming(rf"^{published}", here) for published, here in NAMES.items()])
AutoConfig.register(Phi3VConfig.model_type, Phi3VConfig)
AutoModelForImageTextToText.register(Phi3VConfig, Phi3VForCausalLM)
