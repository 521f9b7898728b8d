"""Prefix tuning: the model stays as it is, and only the keys and values before every sequence learn (families/prefix.py)."""

import torch

from ...families.base import Family, FamilyError
from ...families.prefix import Prefix

# Standard deviation at the start.
START = 0.02


def attach(family: Family, settings: dict, frozen: list[str]):
    if not family.takes_prefix:
        raise FamilyError(f"Models of type {family.model_type} cannot be tuned by a prefix (adapter.kind): their layers do not all read the tokens before; use lora.")
    family.model.requires_grad_(False)
    text = family.text_config
    width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    shape = (text.num_hidden_layers, 2, text.num_key_value_heads, settings["tokens"], width)
    family.prefix = Prefix(torch.randn(shape) * START).to(family.device)


def merge(family: Family):
    """A prefix is no weight of the model: it is saved beside it (`Family.save`)."""
