"""Supervised fine-tuning on the target: svrd, eq. (1).

    L(θ) = − Σ_i log P_θ(t_i | q, t_<i)

over the target's tokens t_i after question and image q, end token included; all else is masked. The sum is divided by
the number of target tokens in the step (with weights: Σ w · loss / Σ w), so that the learning rate means the same for
any batch and length.
"""

import torch

from .base import Objective, Scales, Tokens


class SupervisedFineTuning(Objective):
    def loss(self, tokens: Tokens, scales: Scales, given) -> torch.Tensor:
        return (tokens.losses() * scales.token[tokens.rows]).sum()
