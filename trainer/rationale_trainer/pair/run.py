"""`pair`: makes the three models from nothing. Each stage is a forked process; what is done already is skipped."""

import multiprocessing
import os
import signal
import time
from multiprocessing.connection import wait
from pathlib import Path
from typing import Callable

import torch

from .configuration import FULL, SHORT
from .publish import publish
from .stages import Pair

# Stages of one phase run side by side, as many as there are cores. A stage is done when its last file is there.
PHASES = (
    {"draw": "draws/train/scenes.jsonl"},
    {"words": "tokenizer.json"},
    {"vision": "vision.pt", "teacher-binding": "teacher-binding.pt"},
    {"spelling": "spelling.pt"},
    {"features": "features-train.npy", "student-binding": "student-binding.pt"},
    {"teacher": "teacher.pt"},
    {"rationales": "rationales.jsonl", "student-start": "student-start.pt"},
    {"base": "base.pt", "student": "student.pt"},
    {"export": "export.done"},
)
EXPECTED = "an estimated two hours on two cores, a minute or two with --short"


def run_pair(out: Path, work: Path, short: bool, golden: Path | None = None):
    """Runs the phases in order; started again after a kill, it goes on where it stopped."""
    print(f"pair: {EXPECTED}. Files of the stages: {work}", flush=True)
    run_phases("pair", PHASES, work, lambda stage, processes: run_stage(stage, out, work, short, processes, golden))


def run_phases(name: str, phases: tuple[dict[str, str], ...], work: Path, run: Callable[[str, int], None], cores: int | None = None):
    """Runs every stage whose file is not in `work`, in a process of its own; ends this one with a sentence when a stage fails."""
    cores = cores or (len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    begun = time.monotonic()
    # Who ends this process ends its stages; they go on from their checkpoints.
    signal.signal(signal.SIGTERM, _end)
    context = multiprocessing.get_context("fork")
    for phase in phases:
        waiting = [stage for stage, file in phase.items() if not (work / file).exists()]
        if not waiting:
            continue
        print(f"{name}: {' and '.join(waiting)}, after {(time.monotonic() - begun) / 60:.1f} min, on {cores} cores", flush=True)
        failed = _side_by_side({stage: context.Process(target=run, args=(stage, max(1, cores // len(waiting)))) for stage in waiting}, cores)
        if failed:
            raise SystemExit(f"{name}: {' and '.join(failed)} failed")
    print(f"{name}: done, {(time.monotonic() - begun) / 60:.1f} min", flush=True)


def _side_by_side(processes: dict, most: int) -> list[str]:
    """Runs the processes in their order, `most` at once, until all are done or some failed; the names of those."""
    waiting, running = list(processes), []
    try:
        while waiting or running:
            while waiting and len(running) < most:
                running.append(waiting.pop(0))
                processes[running[-1]].start()
            wait([processes[name].sentinel for name in running])
            ended = [name for name in running if processes[name].exitcode is not None]
            failed = [name for name in ended if processes[name].exitcode]
            if failed:
                return failed
            running = [name for name in running if name not in ended]
        return []
    finally:
        for name in running:
            processes[name].terminate()


def _end(number, frame):
    raise SystemExit(128 + number)


def run_stage(stage: str, out: Path, work: Path, short: bool, processes: int, golden: Path | None = None):
    """One stage in this process; a training stage forks `processes` - 1 more."""
    torch.set_num_threads(1)
    configuration = SHORT if short else FULL
    pair = Pair(work, configuration, processes)
    stages = {
        "draw": pair.draw,
        "words": pair.learn_words,
        "vision": pair.vision,
        "spelling": pair.spelling,
        "teacher-binding": lambda: pair.binding("teacher-binding", configuration.teacher, configuration.teacher_binding),
        "student-binding": lambda: pair.binding("student-binding", configuration.student, configuration.student_binding),
        "features": pair.compute_features,
        "teacher": pair.teacher,
        "student-start": pair.student_start,
        "rationales": pair.rationales,
        "base": pair.base,
        "student": pair.student,
        "export": lambda: publish(pair, out, golden),
    }
    stages[stage]()
