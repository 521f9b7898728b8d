"""Distillation by the reverse Kullback–Leibler divergence, D = KL(q ‖ p): Gu et al. 2024 (MiniLLM), eq. (1).

The student keeps to what the teacher finds likely. Here on the target's tokens, not on texts that the student sampled.
"""

import torch

from .distributions import Distillation, kl


class ReverseKL(Distillation):
    def divergence(self, log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
        return kl(log_q, log_p)
