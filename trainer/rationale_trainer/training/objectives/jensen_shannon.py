"""Distillation by the generalised Jensen–Shannon divergence: Agarwal et al. 2024 (GKD), section 2.

    D = β · KL(p ‖ m) + (1 − β) · KL(q ‖ m),   m = β · p + (1 − β) · q

With β = 1/2 it is the symmetric one, at most log 2.
"""

import math

import torch

from .distributions import Distillation, kl


class JensenShannon(Distillation):
    def divergence(self, log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
        beta = self.settings["beta"]
        log_m = torch.logaddexp(log_p + math.log(beta), log_q + math.log(1 - beta))
        return beta * kl(log_p, log_m) + (1 - beta) * kl(log_q, log_m)
