"""fp16, whose losses are scaled so that small gradients are not lost: steps that overflow are left out and counted.

Runs need a CUDA GPU, as Accelerate does. PyTorch's autocast and scaler also work on a CPU, which takes its place here.
"""

import json
import math
import signal
from pathlib import Path

import pytest
import torch
from accelerate import Accelerator
from processes import trained
from rationale_trainer.training import learner, train
from rationale_trainer.training.command import train_command
from rationale_trainer.training.events import read_events
from run_folders import make_run
from test_training_run import assert_equal_runs, events, weights

# So great that the first steps overflow, and growing so soon that later ones do.
SCALE, GROWTH = 2.0**20, 3


class OnCPU(Accelerator):
    def __init__(self, *arguments, **named):
        super().__init__(cpu=True)
        self.scaler = torch.amp.GradScaler("cpu", init_scale=SCALE, growth_interval=GROWTH)

    def autocast(self):
        return torch.autocast("cpu", torch.float16)


def on_cpu():
    train.make_accelerator = OnCPU


@pytest.fixture(scope="module")
def make(sample, untrained, tmp_path_factory):
    def made(**changes) -> Path:
        return make_run(tmp_path_factory.mktemp("run") / "run", sample, untrained, **{"epochs": 2, "examples": 24, "precision": "fp16", **changes})

    return made


@pytest.fixture(scope="module")
def whole(make):
    folder = make()
    assert trained(folder, prepare=on_cpu) == 0
    return folder


def test_steps_that_overflow_are_left_out_and_counted(whole):
    steps = events(whole, "step")
    assert [step["step"] for step in steps] == list(range(1, 13))
    left_out = [step["step"] for step in steps if step["gradient_norm"] is None]
    assert left_out[0] == 1 and 1 < len(left_out) < 9, left_out
    assert any(later - earlier > 1 for earlier, later in zip(left_out, left_out[1:])), "the scale grows until a step overflows again"
    # Every line is JSON to the letter, in which no number is infinite.
    for line in (whole / "events.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert all(torch.isfinite(value).all() for value in weights(whole).values())
    assert steps[-1]["loss"] < steps[0]["loss"]


def test_weights_stay_as_they_are_in_a_step_that_overflows(make, monkeypatch):
    on_cpu_only = make()
    monkeypatch.setattr(train, "make_accelerator", OnCPU)
    update, seen = learner.Learner.update, []

    def watched(self, step):
        before = [parameter.detach().clone() for parameter in self.parameters]
        norm, rate = update(self, step)
        moved = any(not torch.equal(one, other) for one, other in zip(before, self.parameters))
        seen.append((math.isfinite(norm), moved))
        return norm, rate

    monkeypatch.setattr(learner.Learner, "update", watched)
    assert train_command(on_cpu_only, check=False) == 0
    assert {True, False} == {finite for finite, _ in seen}
    assert all(finite == moved for finite, moved in seen)


def test_it_learns_as_single_precision_does(whole, make):
    """The same examples in the same order: the losses are near those of fp32, of as many steps as were not left out."""
    single = make(precision="fp32")
    assert trained(single) == 0
    first = [events(folder, "step")[0]["loss"] for folder in (whole, single)]
    assert first[0] == pytest.approx(first[1], rel=2e-3)
    last = [sum(step["loss"] for step in events(folder, "step")[-4:]) / 4 for folder in (whole, single)]
    assert last[0] == pytest.approx(last[1], rel=0.15)


def test_after_a_kill_the_curve_and_the_weights_are_the_same(whole, make):
    """The scale, and how long it has been so, are part of a checkpoint."""
    folder = make()
    assert trained(folder, kill=("torch", "save", 2), prepare=on_cpu) == -signal.SIGKILL
    assert trained(folder, kill=("torch", "save", 3), prepare=on_cpu) == -signal.SIGKILL
    assert trained(folder, prepare=on_cpu) == 0
    assert_equal_runs(whole, folder)
    norms = [{event["step"]: event["gradient_norm"] for event in read_events(one / "events.jsonl") if event["type"] == "step"} for one in (whole, folder)]
    assert norms[0] == norms[1]
