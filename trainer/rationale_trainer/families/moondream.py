"""Moondream 2 of 2024: a picture whole, and from May on in crops beside it, as one square of tokens."""

import json
from pathlib import Path
from typing import Self

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn.functional import interpolate
from transformers import AutoTokenizer, GenerationConfig

from ..exporting.graphs import Graph
from ..failure import FamilyError
from ..moondream.model import MoondreamConfig, MoondreamForConditionalGeneration
from ..moondream.weights import from_published, is_published
from .base import Family
from .sequences import Picture

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %} {{ message['content'][0]['text'] }}\n\n{% else %}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>\n\n{% endif %}{% endfor %}"
    "Question:{% for part in message['content'] %}{% if part['type'] == 'text' %} {{ part['text'] }}{% endif %}{% endfor %}\n\nAnswer:{% endif %}{% endfor %}"
)
# A picture whose longer edge is shorter than so many of its 378 px squares is seen whole alone.
CROPPED_FROM = 512 / 378
SHAPES = ((1, 1), (1, 2), (2, 1), (2, 2))  # rows and columns of crops


class VisionGraph(torch.nn.Module):
    """pixel_values [tiles, 3, side, side], sources [patches, 4] -> image_features [1, patches, width]

    `sources`: beside each patch of the whole, the mean of which four of all tiles' patches; its own four times without crops.
    """

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values, sources):
        encoded = self.model.vision_tower(pixel_values).last_hidden_state
        beside = encoded.flatten(0, 1)[sources].mean(1)
        seen = torch.cat([encoded[0], beside], -1) if self.model.config.crops else encoded[0] + 0 * beside
        return self.model.multi_modal_projector(seen)[None]


class Moondream(Family):
    model_type = "moondream1"

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        self.tokenizer.chat_template = self.tokenizer.chat_template or TEMPLATE

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        # Published tokenizers have no such token; the embeddings have spare places for it.
        tokenizer.add_special_tokens({"additional_special_tokens": ["<image>"]}, replace_extra_special_tokens=False)
        image_token = tokenizer.convert_tokens_to_ids("<image>")
        files = sorted(folder.glob("*.safetensors"))
        if not files:
            raise FamilyError(f"{folder} holds no weights (*.safetensors).")
        weights = {name: tensor for file in files for name, tensor in load_file(file).items()}
        if is_published(weights):
            model = _published(json.loads((folder / "config.json").read_text()), weights, image_token).to(dtype)
            end = tokenizer.eos_token_id
            model.generation_config = GenerationConfig(bos_token_id=end, eos_token_id=end, pad_token_id=end)
        else:
            model = MoondreamForConditionalGeneration.from_pretrained(folder, dtype=dtype)
        return cls(model.eval(), tokenizer, folder)

    @property
    def image_token(self) -> int:
        return self.model.config.image_token_index

    @property
    def side(self) -> int:
        return self.model.config.vision_config.image_size

    def image_ids(self, picture: Picture) -> list[int]:
        return [self.image_token] * (self.side // self.model.config.vision_config.patch_size) ** 2

    def crops(self, picture: Picture) -> tuple[int, int]:
        """Rows and columns of crops; none when the picture is seen whole alone."""
        width, height = picture.width, picture.height
        if not self.model.config.crops or max(width, height) < CROPPED_FROM * self.side:
            return 0, 0
        side = self.side
        shape = min(SHAPES, key=lambda shape: (abs(shape[1] / shape[0] - width / height), abs(shape[0] * side - width) + abs(shape[1] * side - height)))
        return (0, 0) if shape == (1, 1) else shape

    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        """[1 + crops, 3, side, side]"""
        rows, columns = self.crops(Picture("", *image.size))
        side = self.side
        resized = image.convert("RGB").resize((side * max(columns, 1), side * max(rows, 1)), Image.Resampling.BICUBIC)
        levels = torch.from_numpy(np.asarray(resized, dtype=np.float32) / 255).permute(2, 0, 1)
        levels = (levels - 0.5) / 0.5
        whole = interpolate(levels[None], (side, side), mode="bilinear")
        tiles = levels.reshape(3, rows, side, columns, side).permute(1, 3, 0, 2, 4).reshape(-1, 3, side, side) if rows else levels[:0].reshape(0, 3, side, side)
        return {"pixel_values": torch.cat([whole, tiles])}

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        tower = self.model.model.vision_tower
        tiles = torch.cat([one["pixel_values"] for one in pixels]).to(self.device, tower.dtype)
        return list(tower(tiles).last_hidden_state.split([len(one["pixel_values"]) for one in pixels]))

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        model = self.model.model
        return list(model.multi_modal_projector(torch.stack([model.seen(one, *self.crops(picture)) for one, picture in zip(seen, pictures)])))

    def vision_graph(self) -> Graph:
        patches = self.side // self.model.config.vision_config.patch_size
        example = (torch.randn(3, 3, self.side, self.side), _sources(patches, 1, 2))
        return Graph(VisionGraph(self.model.model), example, {"pixel_values": {0: "num_tiles"}, "sources": {}}, {"image_features": {}})

    def vision_feeds(self, pixels: dict[str, torch.Tensor], picture: Picture) -> dict[str, torch.Tensor]:
        patches = self.side // self.model.config.vision_config.patch_size
        return {"pixel_values": pixels["pixel_values"], "sources": _sources(patches, *self.crops(picture))}

    def generate_inputs(self, ids: torch.Tensor, images: list[Image.Image]) -> dict[str, torch.Tensor]:
        tiles = [self.pixels(image)["pixel_values"] for image in images]
        return {"pixel_values": torch.cat(tiles), "crop_grids": torch.tensor([self.crops(Picture("", *image.size)) for image in images])}

    def image_settings(self) -> dict:
        half = [0.5, 0.5, 0.5]
        return {
            "image_processor_type": "SiglipImageProcessor", "processor_class": "MoondreamProcessor", "do_resize": True, "resample": 3,
            "size": {"height": self.side, "width": self.side}, "do_rescale": True, "rescale_factor": 1 / 255,
            "do_normalize": True, "image_mean": half, "image_std": half,
        }  # fmt: skip


def _sources(side: int, rows: int, columns: int) -> torch.Tensor:
    """For each patch of a picture `side` patches wide: the four places that the crops show there, among all tiles' patches."""
    down, across = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    if rows * columns == 0:
        return (down * side + across).flatten()[:, None].repeat(1, 4)
    found = []
    for i in range(4):
        y, x = down * rows + (i // 2) % rows, across * columns + (i % 2) % columns
        crop = 1 + (y // side) * columns + x // side
        found.append((crop * side + y % side) * side + x % side)
    return torch.stack(found, -1).flatten(0, 1)


def _published(config: dict, weights: dict[str, torch.Tensor], image_token: int) -> MoondreamForConditionalGeneration:
    """The model of a published folder, whose config.json says little: the rest is what every revision of 2024 has."""
    text = {"rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}, **(config.get("text_config") or config.get("phi_config") or {})}
    text = {name: value for name, value in text.items() if name not in ("model_type", "rope_theta", "rope_scaling", "partial_rotary_factor")}
    vision = {"hidden_size": 1152, "intermediate_size": 4304, "num_hidden_layers": 27, "num_attention_heads": 16, "image_size": 378, "patch_size": 14}
    vision |= {"vision_use_head": False, "layer_norm_eps": 1e-5} | config.get("vision_config", {})
    found = from_published(weights, vision["patch_size"])
    crops = found["model.multi_modal_projector.fc1.weight"].shape[1] == 2 * vision["hidden_size"]
    model = MoondreamForConditionalGeneration(MoondreamConfig(text, vision, image_token, crops))
    model.load_state_dict(found)
    return model
