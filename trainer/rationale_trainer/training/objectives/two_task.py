"""Answer and rationale as two tasks: Hsieh et al. 2023 (Distilling step-by-step), eq. (3) and (4).

    L = L_answer + λ · L_rationale

Each is the mean of −log P over its own target's tokens, and λ is the recipe's `weight`. The answer is asked for by the
example's `answer_messages` where it has them (Hsieh et al. tell the tasks apart by a word before the question).
"""

import torch

from .base import Objective, Scales, Tokens


class TwoTask(Objective):
    parts = ("answer_target", "target")

    @property
    def part_weights(self) -> tuple[float, ...]:
        return 1.0, self.settings["weight"]

    def loss(self, tokens: Tokens, scales: Scales, given) -> torch.Tensor:
        return (tokens.losses() * scales.token[tokens.rows]).sum()
