"""Reinforcement distillation on a right and a wrong rationale of one record: Xu et al. 2025 (REDI), section 3.

    L = − log π(y⁺) / |y⁺| + α · log π(y⁻) / |y⁻|

No reference model; α < 1 keeps the push away from the wrong one from undoing the pull to the right one. It is the
second of two stages: the student was fine-tuned on right rationales before.
"""

import torch

from .base import Objective, Scales, Tokens


class ReinforcementDistillation(Objective):
    parts = ("target", "rejected")

    def loss(self, tokens: Tokens, scales: Scales, given) -> torch.Tensor:
        rows = len(scales.example)
        lengths = tokens.sums(torch.ones_like(tokens.losses()), rows)
        means = tokens.sums(tokens.losses(), rows) / lengths
        return ((means[0::2] - self.settings["alpha"] * means[1::2]) * scales.example[0::2]).sum()
