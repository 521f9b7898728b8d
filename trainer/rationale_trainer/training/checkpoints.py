"""Checkpoints: a folder each, written under another name and renamed when it is whole."""

import json
import os
import shutil
from pathlib import Path

import torch
from accelerate.utils import gather_object
from safetensors.torch import load_file, save_file

from ..failure import Unusable

# A checkpoint that holds a file of this name is never removed to make room.
PIN = "pinned"


def save_checkpoint(folder: Path, step: int, keep: int, weights: dict, optimiser, scaler, state: dict, accelerator) -> Path:
    """`state` is what JSON can hold."""
    final = folder / f"step-{step:06d}"
    chance = gather_object([_random_state()])
    if accelerator.is_main_process and not final.exists():
        partial = folder / f".step-{step:06d}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            save_file(weights, partial / "weights.safetensors")
            torch.save({"optimiser": optimiser.state_dict(), "scaler": scaler.state_dict() if scaler else None, "chance": chance}, partial / "state.pt")
            (partial / "state.json").write_text(json.dumps({"step": step, **state}), encoding="utf-8")
            for file in partial.iterdir():
                with file.open("rb") as opened:
                    os.fsync(opened.fileno())
            os.replace(partial, final)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        for old in [path for path in checkpoints(folder) if not (path / PIN).exists()][:-keep]:
            shutil.rmtree(old)
    accelerator.wait_for_everyone()
    return final


def checkpoints(folder: Path) -> list[Path]:
    """The whole ones, oldest first."""
    return sorted(folder.glob("step-*"))


def read_state(checkpoint: Path, identity: str) -> dict:
    """@throws Unusable when the checkpoint was made by another recipe or from other examples"""
    state = json.loads((checkpoint / "state.json").read_text(encoding="utf-8"))
    if state["identity"] != identity:
        raise Unusable(f"{checkpoint} was made with another recipe or other examples: start a new run folder, or put run.yaml and examples/ back as they were.")
    return state


def read_weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    return load_file(checkpoint / "weights.safetensors")


def restore(checkpoint: Path, optimiser, scaler, process: int):
    stored = torch.load(checkpoint / "state.pt", map_location="cpu", weights_only=True)
    optimiser.load_state_dict(stored["optimiser"])
    if scaler and stored["scaler"]:
        scaler.load_state_dict(stored["scaler"])
    if process < len(stored["chance"]):
        _put_random_state(stored["chance"][process])


def _random_state() -> dict:
    state = {"cpu": torch.get_rng_state()}
    return state | ({"cuda": torch.cuda.get_rng_state()} if torch.cuda.is_available() else {})


def _put_random_state(state: dict):
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])
