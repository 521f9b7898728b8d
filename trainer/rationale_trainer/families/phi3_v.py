"""Phi-3-vision and Phi-3.5-vision: a picture cut into crops, laid out as one picture line by line, and once whole."""

import json
import math
import re
from pathlib import Path
from typing import Self

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import interpolate
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoTokenizer

from ..exporting.graphs import PHI3_V, Graph
from ..phi3_v.model import Phi3VForCausalLM, token_count
from ..failure import FamilyError
from .base import Family
from .sequences import Picture

IMAGE, END = "<|image|>", "<|end|>"
MARK = re.compile(r"<\|image_\d+\|>")
CLIP_MEAN, CLIP_STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]


class VisionGraph(torch.nn.Module):
    """pixel_values [1, tiles, 3, side, side], image_sizes [1, 2] -> image_features [tokens, width]"""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values, image_sizes):
        tower = self.model.config.vision_config
        rows, columns = (image_sizes[0] // tower.image_size).unbind()
        count = token_count(tower.image_size // tower.patch_size // 2, rows, columns).item()
        torch._check(count > 1)
        return self.model.multi_modal_projector(self.model.seen(pixel_values[0]), rows, columns, count)


class EmbedGraph(torch.nn.Module):
    """input_ids [rows, length], image_features [tokens, width] -> inputs_embeds: features in the places of ids below zero, in their order."""

    def __init__(self, embeddings: torch.nn.Module):
        super().__init__()
        self.embeddings = embeddings

    def forward(self, input_ids, image_features):
        embedded = self.embeddings(input_ids.clamp(min=0))
        places = input_ids < 0
        order = places.flatten().long().cumsum(0).reshape(input_ids.shape) - 1
        # One more, so that there is something to look up where there are no features.
        features = torch.cat([image_features, torch.zeros_like(embedded[0, :1])])
        return torch.where(places[..., None], features[torch.where(places, order, -1)], embedded)


class Phi3V(Family):
    model_type = "phi3_v"

    def __init__(self, model, tokenizer, source: Path):
        super().__init__(model, tokenizer, source)
        path = source / "preprocessor_config.json"
        self.settings = json.loads(path.read_text(encoding="utf-8"))
        if not self.settings.get("num_crops"):
            raise FamilyError(f"{path} does not say into how many crops a picture is cut (num_crops).")

    @classmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        # Published folders ask for an attention that needs a GPU.
        model = Phi3VForCausalLM.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa")
        family = cls(model.eval(), AutoTokenizer.from_pretrained(folder), folder)
        model.generation_config.eos_token_id = family.ends
        return family

    @property
    def image_token(self) -> int:
        return self.tokenizer.convert_tokens_to_ids(IMAGE)

    @property
    def side(self) -> int:
        return self.model.config.vision_config.image_size

    @property
    def edge(self) -> int:
        """Tokens along an edge of a crop: four patches are one."""
        return self.side // self.model.config.vision_config.patch_size // 2

    @property
    def ends(self) -> list[int]:
        """The template ends turns with a token of its own, which published folders may not name."""
        return list(dict.fromkeys([self.tokenizer.convert_tokens_to_ids(END), *super().ends]))

    def room(self, length: int) -> float:
        """Up to where positions begin to mean something else, from which on everything would have to be read anew."""
        near = self.model.config.original_max_position_embeddings - (self.prefix.tokens if self.prefix else 0)
        return near - length if length < near else math.inf

    def prompt_text(self, messages: list[dict]) -> str:
        """The template takes contents as text, in which marks stand for images."""
        images = iter(range(1, 1 + sum(part["type"] == "image" for one in messages for part in one["content"])))

        def text(part: dict) -> str:
            return f"<|image_{next(images)}|>\n" if part["type"] == "image" else part["text"]

        return super().prompt_text([{**one, "content": "".join(map(text, one["content"]))} for one in messages])

    def text_ids(self, text: str) -> list[int]:
        """As published: what stands between marks is cut into tokens as a text of its own, with what begins one."""
        pieces = [self.tokenizer.encode(piece) for piece in MARK.split(text)]
        return pieces[0] + [token for piece in pieces[1:] for token in (self.image_token, *piece)]

    def image_ids(self, picture: Picture) -> list[int]:
        return [self.image_token] * token_count(self.edge, *self.crops(picture))

    def crops(self, picture: Picture) -> tuple[int, int]:
        """Rows and columns of a picture's crops."""
        height, width = self._inner(picture)
        return math.ceil(height / self.side), math.ceil(width / self.side)

    def _inner(self, picture: Picture) -> tuple[int, int]:
        """Height and width to which a picture is resized, within its crops: as many as are allowed along its longer edge."""
        ratio = max(picture.width, picture.height) / min(picture.width, picture.height)
        along = 1
        while (along + 1) * math.ceil((along + 1) / ratio) <= self.settings["num_crops"]:
            along += 1
        longer = along * self.side
        shorter = max(1, int(longer / ratio))
        return (longer, shorter) if picture.width < picture.height else (shorter, longer)

    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        """[1 + crops, 3, side, side]"""
        picture = Picture("", *image.size)
        (height, width), (rows, columns), side = self._inner(picture), self.crops(picture), self.side
        resized = image.convert("RGB")
        is_tall = picture.width < picture.height
        if is_tall:
            resized, (height, width), (rows, columns) = resized.transpose(Image.Transpose.TRANSPOSE), (width, height), (columns, rows)
        resized = resized.resize((width, height), Image.Resampling.BILINEAR)
        large = Image.new("RGB", (columns * side, rows * side), (255, 255, 255))
        large.paste(resized, (0, (rows * side - height) // 2))
        if is_tall:
            large, (rows, columns) = large.transpose(Image.Transpose.TRANSPOSE), (columns, rows)
        mean, std = (torch.tensor(self.settings.get(name, usual))[:, None, None] for name, usual in (("image_mean", CLIP_MEAN), ("image_std", CLIP_STD)))
        levels = (torch.from_numpy(np.asarray(large, dtype=np.float32) / 255).permute(2, 0, 1) - mean) / std
        whole = interpolate(levels[None], (side, side), mode="bicubic")
        crops = levels.reshape(3, rows, side, columns, side).permute(1, 3, 0, 2, 4).reshape(-1, 3, side, side)
        return {"pixel_values": torch.cat([whole, crops])}

    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        tiles = torch.cat([one["pixel_values"] for one in pixels]).to(self.device, self.model.model.vision_tower.dtype)
        return list(self.model.model.seen(tiles).split([len(one["pixel_values"]) for one in pixels]))

    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        return [self.model.model.project(one, *self.crops(picture)) for one, picture in zip(seen, pictures)]

    graph_names = PHI3_V

    def vision_graph(self) -> Graph:
        example = (torch.randn(1, 4, 3, self.side, self.side), torch.tensor([[self.side, 2 * self.side]]))
        return Graph(VisionGraph(self.model.model), example, {"pixel_values": {1: "max_num_crops"}, "image_sizes": {}}, {"image_features": {0: "num_image_tokens"}})

    def embed_graph(self) -> Graph:
        example = (torch.tensor([[1, 2, -1], [-1, -1, 3]]), torch.randn(3, self.model.config.hidden_size))
        place = {0: "batch_size", 1: "sequence_length"}
        inputs = {"input_ids": place, "image_features": {0: "num_image_tokens"}}
        return Graph(EmbedGraph(self.model.get_input_embeddings()), example, inputs, {"inputs_embeds": place})

    def vision_feeds(self, pixels: dict[str, torch.Tensor], picture: Picture) -> dict[str, torch.Tensor]:
        sizes = torch.tensor([[edge * self.side for edge in self.crops(picture)]])
        return {"pixel_values": pixels["pixel_values"][None], "image_sizes": sizes}

    def generate_inputs(self, ids: torch.Tensor, images: list[Image.Image]) -> dict[str, torch.Tensor]:
        feeds = [self.vision_feeds(self.pixels(image), Picture("", *image.size)) for image in images]
        joined = {"pixel_values": pad_sequence([one["pixel_values"][0] for one in feeds], batch_first=True), "image_sizes": torch.cat([one["image_sizes"] for one in feeds])}
        # Which token stands for an image is no business of the model's.
        return joined | {"input_ids": ids.where(ids != self.image_token, -1)}

    def vision_features(self, outputs: dict[str, torch.Tensor], picture: Picture) -> torch.Tensor:
        return outputs["image_features"]

    def image_settings(self) -> dict:
        return {
            **self.settings, "image_processor_type": "Phi3VImageProcessor", "processor_class": "Phi3VProcessor",
            "num_img_tokens": self.edge**2,
            "image_mean": self.settings.get("image_mean", CLIP_MEAN), "image_std": self.settings.get("image_std", CLIP_STD),
        }  # fmt: skip
