"""A learnt prefix (families/prefix.py) before prompts that `generate` reads: a cache that is filled already.

`generate` takes its cache for what it has read of the ids. So before the prompt's ids stand as many that nobody looks up.
"""

from pathlib import Path

import torch
from transformers import DynamicCache, PaliGemmaForConditionalGeneration

from ..failure import Unusable
from ..families import FAMILIES
from ..families.prefix import FILE, Prefix, load_prefix
from .batches import ALONG_TOKENS
from .placing import Place


def prefix_of(folder: Path, kind: str, where: Place) -> Prefix | None:
    """The prefix of a folder, if it has one. @throws Unusable when the model cannot be run with it"""
    prefix = load_prefix(folder)
    if prefix is None:
        return None
    if kind not in FAMILIES:
        raise Unusable(f"{folder} has a learnt prefix ({FILE}), with which no model of type {kind} is run.")
    if where.device_map == "auto":
        raise Unusable(f"{folder} has a learnt prefix ({FILE}), with which a model is not spread over several GPUs: choose cpu.")
    return prefix.to(where.device_map, where.dtype).requires_grad_(False)


def prefixed(prefix: Prefix | None, inputs: dict[str, torch.Tensor]) -> dict:
    """What `generate` takes for a batch of prompts."""
    if prefix is None:
        return inputs
    found = {name: _before(prefix.tokens, tensor, int(name == "attention_mask")) if name in ALONG_TOKENS else tensor for name, tensor in inputs.items()}
    return {**found, "past_key_values": prefix.fill(DynamicCache(), len(inputs["input_ids"]))}


def _before(count: int, tensor: torch.Tensor, filling: int) -> torch.Tensor:
    return torch.cat([tensor.new_full((tensor.shape[0], count, *tensor.shape[2:]), filling), tensor], 1)


class PrefixedPaliGemma(PaliGemmaForConditionalGeneration):
    """A prompt is read both ways, which transformers takes back for one that stands behind something."""

    def prepare_inputs_for_generation(self, input_ids, attention_mask=None, is_first_iteration=False, **kwargs):
        inputs = super().prepare_inputs_for_generation(input_ids, attention_mask=attention_mask, is_first_iteration=is_first_iteration, **kwargs)
        if is_first_iteration:
            # Absent where nothing is padded.
            there = torch.ones_like(input_ids) if attention_mask is None else attention_mask
            added = torch.where(there > 0, 0.0, torch.finfo(self.dtype).min).to(self.dtype)
            inputs["attention_mask"] = added[:, None, None].expand(-1, 1, inputs["input_ids"].shape[1], -1)
        return inputs
