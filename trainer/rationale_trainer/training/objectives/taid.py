"""Temporally adaptive interpolated distillation: Shing et al. 2025 (TAID), section 3 and algorithm 1.

    D = KL(p_t ‖ q),   p_t = softmax((1 − t) · z_q' + t · z_p)

The target slides from the student's own distribution (z_q', through which no gradient flows) to the teacher's while t
goes from where the recipe says (`alpha`; the paper begins at 0.4) to 1. It goes linearly at least, and faster while the
loss J falls:

    δ_n = (J_{n−1} − J_n) / (J_{n−1} + ε),   m_n = 0.99 · m_{n−1} + 0.01 · δ_n
    t_{n+1} = min(1, max(t_linear, t_n + 0.0005 · sigmoid(m_n) · (1 − t_n)))

Log-probabilities serve as logits: a constant per distribution does not change a softmax.
"""

import math

import torch
from torch.nn.functional import log_softmax

from .distributions import Distillation, kl

END, EPSILON = 1.0, 1e-15
# α and β of algorithm 1.
STRIDE, MOMENTUM = 5e-4, 0.99


class TAID(Distillation):
    def __init__(self, settings: dict):
        super().__init__(settings)
        self.steps = 1
        self.step, self.t, self.momentum, self.before = 0, settings["alpha"], 0.0, None

    def divergence(self, log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
        return kl(log_softmax((1 - self.t) * log_q.detach() + self.t * log_p, -1), log_q)

    def after_step(self, loss: float):
        self.step += 1
        if self.before is not None:
            change = (self.before - loss) / (self.before + EPSILON)
            self.momentum = MOMENTUM * self.momentum + (1 - MOMENTUM) * change
            stride = STRIDE / (1 + math.exp(-self.momentum)) * (1 - self.t)
            linear = self.settings["alpha"] + (END - self.settings["alpha"]) * self.step / self.steps
            self.t = min(END, max(linear, self.t + stride))
        self.before = loss

    def state(self) -> dict:
        return {"step": self.step, "t": self.t, "momentum": self.momentum, "before": self.before}

    def restore(self, state: dict):
        self.step, self.t, self.momentum, self.before = (state[name] for name in ("step", "t", "momentum", "before"))
