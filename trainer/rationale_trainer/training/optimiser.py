"""The optimiser and its learning rate at each step."""

import math

import torch


def make_optimiser(recipe: dict, parameters: list[torch.nn.Parameter]) -> torch.optim.Optimizer:
    """AdamW decays weights apart from the gradient (Loshchilov and Hutter 2019, algorithm 2), Adam within it (Kingma and Ba 2015)."""
    kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[recipe["kind"]]
    return kind(parameters, lr=recipe["learning_rate"], betas=tuple(recipe["betas"]), weight_decay=recipe["weight_decay"], fused=True)


def learning_rate(optimiser: dict, schedule: dict, step: int, steps: int) -> float:
    """Of a step counted from 0: linear warm-up, then constant, or down to 0 at the end, linearly or along a cosine."""
    peak, warmup = optimiser["learning_rate"], schedule["warmup"]
    if step < warmup:
        return peak * (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return peak * {"constant": 1.0, "linear": 1 - done, "cosine": 0.5 * (1 + math.cos(math.pi * done))}[schedule["kind"]]
