"""What a family turns examples into: token ids whose every place has a kind, and batches of them."""

from dataclasses import dataclass, field
from functools import cached_property

import torch

# The kind of a token. Only TARGET is learnt; MASKED is text of the target's side that is given and not learnt.
PADDING, PROMPT, IMAGE, MASKED, TARGET = range(5)
KIND_NAMES = ("padding", "prompt", "image", "masked", "target")


@dataclass(frozen=True)
class Picture:
    """An image of an example. Its size is known from its header, before anything is decoded."""

    path: str
    width: int
    height: int


@dataclass(frozen=True)
class Sequence:
    """A prompt and what is to be written after it, as one model reads them."""

    ids: list[int]
    kinds: list[int]
    pictures: tuple[Picture, ...] = ()

    @cached_property
    def prompt(self) -> "Sequence":
        """Without what is to be written."""
        length = next((i for i, kind in enumerate(self.kinds) if kind in (TARGET, MASKED)), len(self.ids))
        return Sequence(self.ids[:length], self.kinds[:length], self.pictures)

    @property
    def target(self) -> list[int]:
        return [token for token, kind in zip(self.ids, self.kinds) if kind == TARGET]


@dataclass(frozen=True)
class Batch:
    """Sequences padded on the right to one length."""

    ids: torch.Tensor  # int64 [rows, length]
    kinds: torch.Tensor  # int64 [rows, length]
    pictures: tuple[tuple[Picture, ...], ...] = field(default=())  # of each row

    @property
    def mask(self) -> torch.Tensor:
        """1 where there is a token."""
        return (self.kinds != PADDING).long()

    @property
    def learnt(self) -> torch.Tensor:
        """bool [rows, length - 1]: the places whose next token is learnt, from which it is predicted."""
        return self.kinds[:, 1:] == TARGET

    @property
    def targets(self) -> torch.Tensor:
        """The learnt tokens of all rows, row by row."""
        return self.ids[:, 1:][self.learnt]

    @property
    def rows(self) -> torch.Tensor:
        """The row of each learnt token."""
        return self.learnt.nonzero()[:, 0]

    def to(self, device) -> "Batch":
        return Batch(self.ids.to(device), self.kinds.to(device), self.pictures)


def collate(sequences: list[Sequence], pad: int) -> Batch:
    longest = max(len(sequence.ids) for sequence in sequences)
    ids = torch.full((len(sequences), longest), pad)
    kinds = torch.full((len(sequences), longest), PADDING)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence.ids)] = torch.tensor(sequence.ids)
        kinds[row, : len(sequence.kinds)] = torch.tensor(sequence.kinds)
    return Batch(ids, kinds, tuple(sequence.pictures for sequence in sequences))
