"""Image features during training: computed once where the tower is frozen, else in every step, so that it can learn."""

from pathlib import Path

import torch
from PIL import Image

from ..families.base import Family
from ..families.sequences import Batch, Picture
from .stored import Stored, digest, file_digest, silent, weights_digest

# Images through the tower at once, when features are computed beforehand.
TOGETHER = 16


class Vision:
    """The features of a batch's pictures for one model."""

    def __init__(self, family: Family, folder: Path, accelerator, tell=silent):
        self.family = family
        self.frozen = not _learns(family, family.vision)
        # A frozen projector's output is kept too; one that learns is applied in every step.
        self.projected = self.frozen and not _learns(family, family.projector)
        self.stored = Stored(folder, accelerator, tell)
        self.model = ""

    def fill(self, pictures: list[Picture], keep: bool = True):
        """Computes the features of frozen towers."""
        if self.frozen and pictures:
            module = self.family.model
            parts = [self.family.vision] + [self.family.projector] * self.projected
            self.model = digest(*(weights_digest(module.get_submodule(part)) for part in parts), str(self.family.model.dtype))
            by_key = {self._key(picture): picture for picture in pictures}
            self.stored.fill(list(by_key), lambda keys: self._compute([by_key[key] for key in keys]), keep)

    def features(self, batch: Batch) -> list[torch.Tensor]:
        """Of every picture of the batch, row by row."""
        pictures = [picture for row in batch.pictures for picture in row]
        if not pictures:
            return []
        if not self.frozen:
            return self.fresh(pictures)
        kept = [self.kept(picture).to(batch.ids.device, non_blocking=True) for picture in pictures]
        return kept if self.projected else self.family.project(kept, pictures)

    def kept(self, picture: Picture) -> torch.Tensor:
        return self.stored[self._key(picture)]

    def fresh(self, pictures: list[Picture]) -> list[torch.Tensor]:
        """Computed now, whatever is kept."""
        return self.family.project(self.family.see([self._pixels(picture) for picture in pictures]), pictures)

    def _key(self, picture: Picture) -> str:
        return digest(file_digest(picture.path), self.model)

    @torch.no_grad()
    def _compute(self, pictures: list[Picture]) -> list[torch.Tensor]:
        found = []
        for start in range(0, len(pictures), TOGETHER):
            some = pictures[start : start + TOGETHER]
            seen = self.family.see([self._pixels(picture) for picture in some])
            found += self.family.project(seen, some) if self.projected else seen
        return [one.clone() for one in found]

    def _pixels(self, picture: Picture) -> dict[str, torch.Tensor]:
        with Image.open(picture.path) as image:
            return self.family.pixels(image)


def _learns(family: Family, part: str) -> bool:
    return any(parameter.requires_grad for parameter in family.model.get_submodule(part).parameters())
