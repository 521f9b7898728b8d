"""Prefix tuning: the model stays as it is, and only the keys and values before every sequence learn (families/prefix.py)."""

import torch

from ...families.base import Family
from ...families.prefix import Prefix

# Standard deviation at the start.
START = 0.02


def attach(family: Family, settings: dict, frozen: list[str]):
    family.model.requires_grad_(False)
    text, layers = family.text_config, family.attending_layers
    width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    shape = (len(layers), 2, text.num_key_value_heads, settings["tokens"], width)
    family.prefix = Prefix(torch.randn(shape) * START, layers).to(family.device)


def merge(family: Family):
    """A prefix is no weight of the model: it is saved beside it (`Family.save`)."""
