"""An export that is only there when it has been checked: the same greedy tokens as PyTorch, record by record."""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image

from ..failure import Unusable
from ..families.sequences import Sequence
from ..training.collapse import last_letter
from .quantise import KINDS, quantise, suffixes
from .student import ExportedStudent


@dataclass(frozen=True)
class Outcome:
    """`flips`: of the verified records, how many answer with another letter, by kind; `changed`: how many write anything else."""

    verified: int
    agreed: int
    flips: dict[str, int]
    changed: dict[str, int]


def export_checked(family, folder: Path, sequences: list[Sequence], new_tokens: int, kinds: Iterable[str] = (), training: dict | None = None) -> Outcome:
    """Writes `folder`, and FOLDER-KIND for each smaller kind. `sequences`: prompts whose outputs are compared.

    @throws Unusable, in one sentence, when the export writes other tokens; then nothing is written
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise Unusable(f"There is no way to quantise called {unknown[0]}; there are {', '.join(KINDS)}.")
    whole = _partial(folder)
    family.export(whole)
    if training:
        (whole / "training.json").write_text(json.dumps(training, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    expected = _pytorch(family, sequences, new_tokens)
    found = _outputs(family, whole, sequences, new_tokens)
    different = [i for i, (one, other) in enumerate(zip(expected, found)) if one != other]
    if different:
        shutil.rmtree(whole)
        raise Unusable(
            f"The exported model does not write what PyTorch writes on {len(different)} of {len(sequences)} records "
            f"(the first is number {different[0] + 1}), so nothing was exported."
        )  # fmt: skip
    flips, changed, made = {}, {}, {folder: whole}
    for kind in kinds:
        smaller = folder.with_name(f"{folder.name}-{kind}")
        made[smaller] = _partial(smaller)
        quantise(whole, made[smaller], kind)
        outputs = _outputs(family, made[smaller], sequences, new_tokens)
        letters = [(last_letter(family.decode(one)), last_letter(family.decode(other))) for one, other in zip(expected, outputs)]
        flips[kind] = sum(one != other for one, other in letters)
        changed[kind] = sum(one != other for one, other in zip(expected, outputs))
    for final, partial in made.items():
        shutil.rmtree(final, ignore_errors=True)
        os.replace(partial, final)
    return Outcome(len(sequences), len(sequences), flips, changed)


def _partial(folder: Path) -> Path:
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    return partial


@torch.inference_mode()
def _pytorch(family, sequences: list[Sequence], new_tokens: int) -> list[list[int]]:
    features = []
    for sequence in sequences:
        pixels = []
        for picture in sequence.pictures:
            with Image.open(picture.path) as image:
                pixels.append(family.pixels(image))
        features.append(family.project(family.see(pixels), list(sequence.pictures)) if pixels else [])
    return family.generate(sequences, features, new_tokens)


def _outputs(family, folder: Path, sequences: list[Sequence], new_tokens: int) -> list[list[int]]:
    student = ExportedStudent(family, folder, suffixes(folder), torch.get_num_threads())
    return [student.tokens(sequence, new_tokens) for sequence in sequences]
