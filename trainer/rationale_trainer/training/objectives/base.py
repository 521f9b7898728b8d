"""What an objective is: which texts of an example the student writes, and the loss of what it thinks of their tokens."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch.nn.functional import cross_entropy


@dataclass(frozen=True)
class Tokens:
    """The learnt tokens of some rows, and the model's logits for each. A row is one text of one example.

    An example's texts follow each other: with two parts, rows 0 and 1 are the first example's.
    """

    logits: torch.Tensor  # float32 [tokens, words]
    targets: torch.Tensor  # int64 [tokens]
    rows: torch.Tensor  # int64 [tokens], the row of each

    def losses(self) -> torch.Tensor:
        """−log p of each token."""
        return cross_entropy(self.logits, self.targets, reduction="none")

    def sums(self, values: torch.Tensor, rows: int) -> torch.Tensor:
        """The sum over each row of a value of each token."""
        return values.new_zeros(rows).index_add(0, self.rows, values)


@dataclass(frozen=True)
class Scales:
    """What each row counts in a step's loss, which is a weighted mean over everything that the step holds.

    `token` multiplies a token of the row, `example` the row as a whole. The step's batches, and the processes that share
    it, only add up: the loss does not depend on how a step was cut.
    """

    token: torch.Tensor  # [rows]
    example: torch.Tensor  # [rows]


class Objective(ABC):
    # The texts of an example that are written, by field of Example, and what each part's mean counts.
    parts: ClassVar[tuple[str, ...]] = ("target",)
    # What of the teacher it needs: "distributions" (same tokenizer), "logits" (any tokenizer), or nothing.
    teacher: ClassVar[str | None] = None
    # Whether it needs the log-probabilities of its texts under the student as it was before training.
    reference: ClassVar[bool] = False

    def __init__(self, settings: dict):
        self.settings = settings

    @property
    def part_weights(self) -> tuple[float, ...]:
        return (1.0,) * len(self.parts)

    @abstractmethod
    def loss(self, tokens: Tokens, scales: Scales, given) -> torch.Tensor:
        """This batch's share of the step's loss. `given` is what `teacher` or `reference` asked for, else None."""

    def after_step(self, loss: float):
        """Told each step's loss."""

    def state(self) -> dict:
        """What a checkpoint keeps, beyond the settings."""
        return {}

    def restore(self, state: dict):
        """The counterpart of `state`."""
