"""`students`: base and distilled student from other seeds, taught by a teacher that is made already.

A seed decides how a decoder starts, its drill, which records its students see when, in which setting, and with which
drill between them. Seeds share what the teacher brings: words, vision tower, rationales. Base and distilled student of
a seed start from the same decoder, drilled on letters from nearby and then from afar.
"""

from dataclasses import replace
from pathlib import Path

import torch

from .configuration import SHORT_STUDENTS, STUDENTS
from .publish import store
from .run import run_phases
from .stages import Pair


def run_students(teacher: Path, seeds: list[int], out: Path, work: Path, short: bool):
    """Writes OUT/seed-N-base and OUT/seed-N-student for each seed; started again after a kill, it goes on where it stopped."""
    print(f"students: an estimated quarter of an hour for three seeds on two free cores. Files of the stages: {work}", flush=True)
    configuration = SHORT_STUDENTS if short else STUDENTS

    def run(stage: str, processes: int):
        torch.set_num_threads(1)
        shared = Pair(work, configuration, processes)
        stages = {"draw": shared.draw, "teacher": lambda: shared.adopt(teacher), "features": shared.compute_features, "rationales": shared.rationales}
        for seed in seeds:
            stages |= _stages(seed, Pair(work, replace(configuration, seed=seed), processes), out)
        stages[stage]()

    run_phases("students", _phases(seeds), work, run)


def _phases(seeds: list[int]) -> tuple[dict[str, str], ...]:
    """What takes longest comes first in a phase."""

    def of_seeds(*names: str, file="{}.pt") -> dict[str, str]:
        stages = [f"seed-{seed}-{name}" for name in names for seed in seeds]
        return {stage: file.format(stage) for stage in stages}

    return (
        {"draw": "draws/train/scenes.jsonl", "teacher": "teacher.pt"},
        {"features": "features-train.npy"},
        {"rationales": "rationales.jsonl", **of_seeds("binding")},
        of_seeds("reach"),
        of_seeds("student", "base"),
        of_seeds("export", file="{}.done"),
    )


def _stages(seed: int, pair: Pair, out: Path) -> dict:
    binding, reach, base, student, export = (f"seed-{seed}-{name}" for name in ("binding", "reach", "base", "student", "export"))
    architecture, drill = pair.configuration.student, pair.configuration.student_binding

    def store_both():
        for name in (base, student):
            store(pair, name, out / name)
        (pair.work / f"{export}.done").touch()

    return {
        binding: lambda: pair.binding(binding, architecture, drill),
        reach: lambda: pair.reach(reach, start=binding),
        base: lambda: pair.base(base, start=reach),
        student: lambda: pair.student(student, start=reach),
        export: store_both,
    }
