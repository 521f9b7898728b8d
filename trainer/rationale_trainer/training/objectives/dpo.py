"""Direct preference optimisation on a right and a wrong rationale of one record: Rafailov et al. 2023, eq. (7).

    L = − log σ( β · [log π(y⁺)/π₀(y⁺) − log π(y⁻)/π₀(y⁻)] )

log π(y) is the sum over the text's tokens; π₀ is the student before training, whose sums are computed once.
"""

import torch
from torch.nn.functional import logsigmoid

from .base import Objective, Scales, Tokens


class DirectPreference(Objective):
    parts = ("target", "rejected")
    reference = True

    def loss(self, tokens: Tokens, scales: Scales, given: torch.Tensor) -> torch.Tensor:
        """`given`: log π₀ of each row."""
        ratio = tokens.sums(-tokens.losses(), len(given)) - given
        return -(logsigmoid(self.settings["beta"] * (ratio[0::2] - ratio[1::2])) * scales.example[0::2]).sum()
