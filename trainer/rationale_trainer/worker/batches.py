"""Prompts of several records in one batch."""

import torch

# Have a place for each token of the prompt, along their second dimension; everything else is of the pictures.
ALONG_TOKENS = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids", "image_embeds_position_mask", "cross_attention_mask")


def joined(rows: list[dict[str, torch.Tensor]], pad: int) -> dict[str, torch.Tensor]:
    """One batch of batches of one: texts padded on the left, pictures' smaller dimensions filled up with zeros."""
    return {name: _joined([row[name] for row in rows], pad if name == "input_ids" else 0, name in ALONG_TOKENS) for name in rows[0]}


def _joined(tensors: list[torch.Tensor], filling: int, on_the_left: bool) -> torch.Tensor:
    sizes = [max(one.shape[i] for one in tensors) for i in range(1, tensors[0].dim())]
    padded = []
    for one in tensors:
        lacks = [(0, size - one.shape[i + 1]) for i, size in enumerate(sizes)]
        if on_the_left and lacks:
            lacks[0] = (lacks[0][1], 0)
        flat = [count for pair in reversed(lacks) for count in pair]
        padded.append(torch.nn.functional.pad(one, flat, value=filling) if any(flat) else one)
    return torch.cat(padded)
