"""Universal logit distillation, for a teacher with another tokenizer: Boizard et al. 2024, eq. (3) and (4).

    L = (1 − w) · CE + w · mean over groups of Σ_r | p_(r) − q_(r) |

p_(1) ≥ p_(2) ≥ … are a distribution's probabilities in falling order: words need not correspond. Two tokenizers cut the
target in different places, so tokens are grouped at the cuts that they share, and a group's distribution is that of its
last token times the probabilities of the tokens before it (the chain rule). TRL's `ULDLoss` with `use_extended_uld` and
the merge strategy "bayesian" computes the same. The end token is left to the cross-entropy.
"""

from dataclasses import dataclass

import torch
from torch.nn.functional import pad, softmax

from .base import Objective, Scales, Tokens


@dataclass(frozen=True)
class Given:
    """The teacher's tokens of the same targets, and for each row the pairs of groups (places within the row's tokens)."""

    tokens: Tokens
    groups: list[list[tuple[list[int], list[int]]]]


class UniversalLogitDistillation(Objective):
    teacher = "logits"

    def loss(self, tokens: Tokens, scales: Scales, given: Given) -> torch.Tensor:
        weight, temperature = self.settings["weight"], self.settings["temperature"]
        total = ((1 - weight) * tokens.losses() * scales.token[tokens.rows]).sum()
        q, p = softmax(tokens.logits / temperature, -1), softmax(given.tokens.logits / temperature, -1)
        for row, pairs in enumerate(given.groups):
            if pairs:
                own, others = tokens.rows == row, given.tokens.rows == row
                student = merged(q[own], tokens.targets[own], [group for group, _ in pairs])
                teacher = merged(p[others], given.tokens.targets[others], [group for _, group in pairs])
                total = total + weight * scales.example[row] * distance(student, teacher)
        return total


def distance(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """The mean over groups of the sorted distributions' absolute differences; the smaller vocabulary is filled with zeros."""
    words = max(student.shape[-1], teacher.shape[-1])
    student, teacher = (pad(one.sort(-1, descending=True).values, (0, words - one.shape[-1])) for one in (student, teacher))
    return (student - teacher).abs().sum(-1).mean()


def merged(probabilities: torch.Tensor, targets: torch.Tensor, groups: list[list[int]]) -> torch.Tensor:
    """[groups, words]: the last token's distribution times the probabilities of the group's tokens before it."""
    own = probabilities.gather(1, targets[:, None])[:, 0].clamp_min(1e-8)
    return torch.stack([probabilities[group[-1]] * own[group[:-1]].prod() for group in groups])


def aligned(student_ends: list[int], teacher_ends: list[int]) -> list[tuple[list[int], list[int]]]:
    """Pairs of groups of tokens that end at the same byte, from where each token ends; what is left over at the end is dropped."""
    pairs, own, others = [], [], []
    student, teacher = list(enumerate(student_ends)), list(enumerate(teacher_ends))
    while student and teacher:
        own_end, other_end = student[0][1], teacher[0][1]
        if own_end <= other_end:
            own.append(student.pop(0)[0])
        if other_end <= own_end:
            others.append(teacher.pop(0)[0])
        if own_end == other_end:
            pairs.append((own, others))
            own, others = [], []
    return pairs
