"""Several processes share a run: the losses are those of one, up to rounding."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from processes import trained
from rationale_trainer.training.events import read_events
from run_folders import make_run
from safetensors.torch import load_file

LAUNCHERS = {
    "torchrun": ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m"],
    "accelerate": ["-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0", "-m"],
}


def launched(root, launcher: str, folder: Path):
    environment = {**os.environ, "PYTHONPATH": str(root / "trainer")}
    return subprocess.run([sys.executable, *LAUNCHERS[launcher], "rationale_trainer", "train", str(folder)], env=environment, capture_output=True, text=True, timeout=120)


def losses(folder: Path) -> list[float]:
    return [event["loss"] for event in read_events(folder / "events.jsonl") if event["type"] == "step"]


@pytest.mark.parametrize("launcher", LAUNCHERS)
def test_two_processes_learn_what_one_learns(root, sample, untrained, tmp_path, launcher):
    # Batches of 3 among 2 processes, and a last one of a single example: shares differ, one is empty.
    made = {"examples": 13, "evaluation": 5, "epochs": 2, "batch": 3, "accumulation": 2}
    one, two = (make_run(tmp_path / name, sample, untrained, **made) for name in ("one", "two"))
    assert trained(one) == 0
    ended = launched(root, launcher, two)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert losses(two) == pytest.approx(losses(one), rel=1e-4)
    first, second = (load_file(folder / "model" / "model.safetensors") for folder in (one, two))
    assert all(torch.allclose(first[name], second[name], atol=2e-3) for name in first)
    evaluations = [[event for event in read_events(folder / "events.jsonl") if event["type"] == "evaluation"] for folder in (one, two)]
    assert [event["loss"] for event in evaluations[1]] == pytest.approx([event["loss"] for event in evaluations[0]], rel=1e-3)
    assert (two / evaluations[1][0]["file"]).read_text() == (one / evaluations[0][0]["file"]).read_text()
