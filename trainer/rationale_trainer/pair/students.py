"""`students`: base and distilled student once more from other seeds, taught by a teacher that is made already.

A seed decides which records a student sees when, in which setting, and with which drill between them. All students start
from one drilled and aligned decoder, as those of the pair do. Records and steps are the pair's: with half of them (6,000
records, 1,500 steps of drill, 3,000 of training) the student's letter does not yet follow from its reasoning.
"""

from dataclasses import replace
from pathlib import Path
from typing import Callable

import torch

from .configuration import FULL, SHORT
from .publish import store
from .run import run_phases
from .stages import Pair

SHARED = (
    {"draw": "draws/train/scenes.jsonl", "teacher": "teacher.pt"},
    {"features": "features-train.npy", "student-binding": "student-binding.pt"},
    {"rationales": "rationales.jsonl", "student-start": "student-start.pt"},
)
OWN = ({"base": "base.pt", "student": "student.pt"}, {"export": "export.done"})


def run_students(teacher: Path, seeds: list[int], out: Path, work: Path, short: bool):
    """Writes OUT/seed-N-base and OUT/seed-N-student for each seed; started again after a kill, it goes on where it stopped."""
    print(f"students: an estimated half an hour for three seeds on two free cores. Files of the stages: {work}", flush=True)
    configuration = SHORT if short else FULL

    def shared(stage: str, processes: int):
        pair = Pair(work, configuration, processes)
        student, binding = configuration.student, configuration.student_binding
        _run(stage, {
            "draw": pair.draw,
            "teacher": lambda: pair.adopt(teacher),
            "features": pair.compute_features,
            "student-binding": lambda: pair.binding("student-binding", student, binding),
            "rationales": pair.rationales,
            "student-start": pair.student_start,
        })  # fmt: skip

    run_phases("students, all seeds", SHARED, work, shared)
    for seed in seeds:
        folder = work / f"seed-{seed}"

        def own(stage: str, processes: int):
            pair = Pair(folder, replace(configuration, seed=seed), processes, taught=work)

            def export():
                for name in ("base", "student"):
                    store(pair, name, out / f"seed-{seed}-{name}")
                (folder / "export.done").touch()

            _run(stage, {"base": pair.base, "student": pair.student, "export": export})

        run_phases(f"students, seed {seed}", OWN, folder, own)


def _run(stage: str, stages: dict[str, Callable[[], None]]):
    torch.set_num_threads(1)
    stages[stage]()
