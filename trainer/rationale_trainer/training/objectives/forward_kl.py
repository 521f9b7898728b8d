"""Distillation by the forward Kullback–Leibler divergence, D = KL(p ‖ q): Hinton et al. 2015, section 2.

The student covers all that the teacher finds likely.
"""

import torch

from .distributions import Distillation, kl


class ForwardKL(Distillation):
    def divergence(self, log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
        return kl(log_p, log_q)
