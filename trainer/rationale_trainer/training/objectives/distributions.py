"""Distillation on the tokens of the target, from a teacher's distribution for each of them.

    L = (1 − w) · CE + w · T² · D(p, q)        Hinton et al. 2015, section 2

with p the teacher's and q the student's softmax at temperature T, and D the divergence that the files beside this one
give. T² keeps the gradient's size when T changes. The teacher has the student's tokenizer.

A teacher that is not in memory is given by its k greatest probabilities and the sum of the others. Then p and q are
distributions over k + 1 outcomes, of which the last is "any other token": D is never above that of the full ones.
"""

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch.nn.functional import log_softmax

from .base import Objective, Scales, Tokens


@dataclass(frozen=True)
class Given:
    """The teacher's log-probabilities at temperature T of each learnt token's place.

    [tokens, words]; or, with `words` [tokens, k] (the words that they are of), [tokens, k + 1].
    """

    log_p: torch.Tensor
    words: torch.Tensor | None = None


class Distillation(Objective):
    teacher = "distributions"

    @abstractmethod
    def divergence(self, log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
        """D of each row of two tensors of log-probabilities [tokens, outcomes]."""

    def loss(self, tokens: Tokens, scales: Scales, given: Given) -> torch.Tensor:
        weight, temperature = self.settings.get("weight", 1.0), self.settings["temperature"]
        log_q = student_log_probabilities(tokens.logits / temperature, given)
        mixed = (1 - weight) * tokens.losses() + weight * temperature**2 * self.divergence(given.log_p, log_q)
        return (mixed * scales.token[tokens.rows]).sum()


def student_log_probabilities(logits: torch.Tensor, given: Given) -> torch.Tensor:
    """Over the outcomes that the teacher's are over."""
    if given.words is None:
        # Models round their vocabularies up differently; words beyond the common ones do not occur.
        return log_softmax(logits[:, : given.log_p.shape[1]], -1)
    return top_and_rest(log_softmax(logits, -1), given.words)


def top_and_rest(log_q: torch.Tensor, words: torch.Tensor) -> torch.Tensor:
    """The log-probabilities of the words, and last that of all other words together."""
    rest = log_q.scatter(1, words, float("-inf")).logsumexp(-1, keepdim=True)
    return torch.cat([log_q.gather(1, words), rest], 1)


def kl(log_p: torch.Tensor, log_q: torch.Tensor) -> torch.Tensor:
    """KL(p ‖ q) = Σ p · (log p − log q) of each row; a p of 0 counts 0."""
    p = log_p.exp()
    return torch.where(p > 0, p * (log_p - log_q), 0.0).sum(-1)
