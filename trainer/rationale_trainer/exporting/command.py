"""`export CHECKPOINT-OR-RUN FOLDER`: a run's student, one of its checkpoints, or any model folder, for the onnx provider."""

import sys
from pathlib import Path

import torch
from transformers.utils import logging

from ..failure import Unusable
from ..families import load
from ..training.adapters import ADAPTERS
from ..training.checkpoints import checkpoints, read_state, read_weights
from ..training.export import training_json
from ..training.run_folder import Example, RunFolder, read_run_folder, read_examples
from ..training.student import load_student, put_weights
from .checked import export_checked

NEW_TOKENS = 64


def export_command(source: Path, folder: Path, kinds: list[str], verify: int | None, examples: Path | None) -> int:
    logging.disable_progress_bar()
    try:
        family, run = _student(source)
        kept = run.recipe["export"] if run else {}
        verify = kept.get("verify", 32) if verify is None else verify
        chosen = _examples(source, run, examples, verify)
        sequences = [family.encode(example.messages, example.images, None) for example in chosen]
        new_tokens = run.recipe["evaluation"]["new_tokens"] if run else NEW_TOKENS
        outcome = export_checked(family, folder, sequences, new_tokens, kinds or kept.get("quantise", []), training_json(run.recipe) if run else None)
    except Unusable as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{folder}: on {outcome.agreed} of {outcome.verified} records the same tokens as PyTorch" if outcome.verified else f"{folder}: not verified")
    for kind, count in outcome.flips.items():
        print(f"{folder}-{kind}: {count} of {outcome.verified} answers flipped, {outcome.changed[kind]} outputs not the same")
    return 0


def _student(source: Path) -> tuple:
    """The model with its adapter merged, and the run that it came from, if it came from one."""
    if (source / "run.yaml").is_file():
        run = read_run_folder(source)
        if (source / "model").is_dir():
            return load(source / "model"), run
        found = checkpoints(run.checkpoints)
        if not found:
            raise Unusable(f"{source} has neither a model nor a checkpoint yet.")
        return _from_checkpoint(run, found[-1]), run
    if (source / "weights.safetensors").is_file() and (source.parent.parent / "run.yaml").is_file():
        run = read_run_folder(source.parent.parent)
        return _from_checkpoint(run, source), run
    return load(source), None


def _from_checkpoint(run: RunFolder, checkpoint: Path):
    read_state(checkpoint, run.identity)
    family = load_student(run.recipe, torch.device("cpu"))
    put_weights(family, read_weights(checkpoint))
    ADAPTERS[run.recipe["adapter"]["kind"]].merge(family)
    family.model.eval()
    return family


def _examples(source: Path, run: RunFolder | None, file: Path | None, verify: int) -> list[Example]:
    if verify == 0:
        return []
    found = read_examples(file) if file else run.evaluation if run else []
    if not found:
        raise Unusable(f"{source} has no evaluation examples to verify the export on: name some with --examples, or pass --verify 0.")
    return found[:verify]
