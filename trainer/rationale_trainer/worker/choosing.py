"""Which token comes next: the likeliest, or one drawn by the record's own chance."""

import hashlib

import numpy as np
import torch
from transformers import LogitsProcessor


def seed_of(decoding: dict, prompt: list[int], sample: int) -> int | None:
    """Of the draws of one sample of a prompt, which depend on nothing else; None when nothing is drawn."""
    if decoding["temperature"] == 0:
        return None
    text = f"{decoding.get('seed', 0)} {sample} {' '.join(map(str, prompt))}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")


class Choosing(LogitsProcessor):
    """Chooses a token in each row, so that whoever takes the likeliest takes it, and keeps the logarithm of its probability."""

    def __init__(self, decoding: dict, seeds: list[int | None]):
        self.temperature, self.top_p = decoding["temperature"], decoding.get("topP", 1)
        self.chances = [np.random.RandomState(seed) for seed in seeds] if self.temperature > 0 else []
        # [step][row]
        self.logarithms: list[torch.Tensor] = []

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        chosen = self._drawn(scores) if self.chances else scores.argmax(-1)
        logarithms = scores.float().log_softmax(-1).gather(-1, chosen[:, None])[:, 0]
        self.logarithms.append(logarithms)
        if not self.chances:
            return scores
        return torch.full_like(scores, -torch.inf).scatter(-1, chosen[:, None], 0.0)

    def _drawn(self, scores: torch.Tensor) -> torch.Tensor:
        # MPS has no double precision.
        exact = scores.cpu().double() if scores.device.type == "mps" else scores.double()
        likely, tokens = (exact / self.temperature).softmax(-1).sort(dim=-1, descending=True, stable=True)
        sums = likely.cumsum(-1)
        # The likeliest tokens that together have the probability, at least one.
        inside = (sums - likely) < self.top_p
        total = (likely * inside).sum(-1, keepdim=True)
        marks = torch.tensor([[chance.random_sample()] for chance in self.chances], dtype=sums.dtype, device=sums.device) * total
        places = torch.minimum((sums <= marks).sum(-1, keepdim=True), inside.sum(-1, keepdim=True) - 1)
        return tokens.gather(-1, places)[:, 0].to(scores.device)
