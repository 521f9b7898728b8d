"""AdamW along a stage's schedule. (Muon was tried on the vision stage: no faster per step at this size, dearer per second.)"""

import math

import torch

from .configuration import Stage
from .team import Team

WEIGHT_DECAY = 0.05
CLIP = 1.0


class Optimiser:
    """Steps the trainable parameters of some modules; matrices decay, vectors do not."""

    def __init__(self, modules, stage: Stage, team: Team):
        self.stage, self.team = stage, team
        unique = {id(p): p for module in modules for p in module.parameters() if p.requires_grad}
        self.parameters = list(unique.values())
        groups = [
            {"params": [p for p in self.parameters if p.ndim >= 2], "weight_decay": WEIGHT_DECAY},
            {"params": [p for p in self.parameters if p.ndim < 2], "weight_decay": 0.0},
        ]
        self.adamw = torch.optim.AdamW(groups, stage.rate, betas=(0.9, 0.98), fused=True)

    def step(self, loss: torch.Tensor, number: int):
        """One update; `number` counts from 0."""
        stage = self.stage
        cosine = 0.5 * (1 + math.cos(math.pi * number / stage.steps))
        rate = stage.rate * min(1, (number + 1) / stage.warmup) * (stage.floor + (1 - stage.floor) * cosine)
        for group in self.adamw.param_groups:
            group["lr"] = rate
        self.adamw.zero_grad(set_to_none=True)
        loss.backward()
        self.team.average_gradients(self.parameters)
        torch.nn.utils.clip_grad_norm_(self.parameters, CLIP)
        self.adamw.step()

    def state_dict(self):
        return self.adamw.state_dict()

    def load_state_dict(self, state):
        self.adamw.load_state_dict(state)
