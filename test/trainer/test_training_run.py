"""A run goes through, and goes on after a kill at any moment as if nothing had happened."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
import yaml
from accelerate import Accelerator
from rationale_trainer.export import load_exported
from rationale_trainer.families import load
from rationale_trainer.training.command import train_command
from rationale_trainer.training.events import read_events
from rationale_trainer.training.run_folder import read_run_folder
from rationale_trainer.training.vision import Vision
from processes import trained
from run_folders import make_run
from safetensors.torch import load_file

ADAPTERS = {
    "none": {"adapter": {"kind": "none"}},
    "lora": {"adapter": {"kind": "lora", "rank": 4, "alpha": 8, "dropout": 0.1, "modules": ["q_proj", "v_proj"]}},
    "prefix": {"adapter": {"kind": "prefix", "tokens": 5}},
}


def events(folder: Path, kind: str) -> list[dict]:
    return [event for event in read_events(folder / "events.jsonl") if event["type"] == kind]


def curve(folder: Path) -> dict[int, float]:
    """The loss of each step; steps that were done again must have had the same."""
    found = {}
    for event in events(folder, "step"):
        assert found.setdefault(event["step"], event["loss"]) == event["loss"]
    return found


def weights(folder: Path) -> dict[str, torch.Tensor]:
    found = load_file(folder / "model" / "model.safetensors")
    prefix = folder / "model" / "prefix.safetensors"
    return found | (load_file(prefix) if prefix.exists() else {})


def assert_equal_runs(one: Path, other: Path):
    assert curve(one) == curve(other)
    first, second = weights(one), weights(other)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.fixture(scope="module")
def make(sample, untrained, tmp_path_factory):
    def made(**changes) -> Path:
        return make_run(tmp_path_factory.mktemp("run") / "run", sample, untrained, **{"epochs": 2, "examples": 18, **changes})

    return made


@pytest.fixture(scope="module", params=ADAPTERS)
def whole(request, make):
    """(changes, a run of them that nothing disturbed)"""
    changes = ADAPTERS[request.param]
    folder = make(**changes)
    assert train_command(folder, check=False) == 0
    return changes, folder


def test_a_run_leaves_what_the_contract_says(whole):
    changes, folder = whole
    kinds = [event["type"] for event in read_events(folder / "events.jsonl") if event["type"] != "progress"]
    assert events(folder, "progress")[0]["what"] == "features"
    assert kinds[:3] == ["preflight", "started", "evaluation"] and kinds[-1] == "finished"
    assert [event["step"] for event in events(folder, "step")] == list(range(1, 11))
    assert [event["step"] for event in events(folder, "checkpoint")] == [3, 6, 9, 10]
    assert sorted(path.name for path in (folder / "checkpoints").iterdir()) == ["step-000009", "step-000010"]
    assert set(events(folder, "step")[0]) == {
        "v", "time", "type", "step", "epoch", "loss", "learning_rate", "gradient_norm", "tokens", "seconds", "memory_bytes"
    }  # fmt: skip
    started = events(folder, "started")[0]
    assert started["steps"] == 10 and started["examples"] == 18 and started["resumed_from"] is None
    assert 0 < started["trainable"] < started["total"]
    samples = [json.loads(line) for line in (folder / events(folder, "evaluation")[-1]["file"]).open()]
    assert len(samples) == 4 and set(samples[0]) == {"id", "output", "tokens"}
    environment = json.loads((folder / "environment.json").read_text())
    assert environment["packages"]["torch"] == torch.__version__ and environment["git"] is None or "commit" in environment["git"]
    assert list((folder / "tensorboard").glob("events.out.tfevents.*"))
    assert curve(folder)[10] < curve(folder)[1]


def test_the_final_model_is_the_one_that_was_trained(whole, make):
    """Merged adapters give the outputs that the adapted student gave at the last evaluation."""
    changes, folder = whole
    family = load(folder / "model")
    vision = Vision(family, folder / "unused", Accelerator())
    vision.frozen = False
    for example, line in zip(read_run_folder(folder).evaluation, (folder / "samples" / "step-000010.jsonl").open()):
        sequence = family.encode(example.messages, example.images, None)
        with torch.inference_mode():
            tokens = family.generate([sequence], [vision.features(family.collate([sequence]))], 24)
        assert family.decode(tokens[0]) == json.loads(line)["output"]
    assert not any("lora" in name for name in weights(folder))


@pytest.mark.parametrize("module, name, calls", [("os", "replace", (1, 4, 5)), ("torch", "save", (2,)), ("os", "write", (7, 13))])
def test_after_a_kill_the_curve_and_the_weights_are_the_same(whole, make, module, name, calls):
    """Before a checkpoint gets its name, in the middle of writing one, between a step and its event."""
    changes, undisturbed = whole
    folder = make(**changes)
    for call in calls:
        assert trained(folder, kill=(module, name, call)) == -signal.SIGKILL
    assert trained(folder) == 0
    assert_equal_runs(undisturbed, folder)
    assert not list((folder / "checkpoints").glob(".*"))


def command(root, folder, *options):
    environment = {**os.environ, "PYTHONPATH": str(root / "trainer"), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-m", "rationale_trainer", "train", str(folder), *options], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(folder: Path, type: str, count: int):
    """Until the run has written so many events of a type."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        file = folder / "events.jsonl"
        if file.exists() and file.read_text().count(f'"type": "{type}"') >= count:
            return
        time.sleep(0.01)
    raise AssertionError(f"no event {type} came")


@pytest.mark.parametrize("whole", ["lora"], indirect=True)
def test_the_command_survives_kill_9_and_ends_well_on_sigterm_and_a_stop_file(root, whole, make):
    changes, undisturbed = whole
    folder = make(**changes)
    process = command(root, folder)
    wait_for(folder, "step", 4)
    process.kill()
    process.wait()
    process = command(root, folder)
    wait_for(folder, "started", 2)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate()
    ended = read_events(folder / "events.jsonl")[-1]
    if ended["type"] != "finished":
        assert ended["type"] == "stopped" and process.returncode == 0, errors
        assert (folder / "checkpoints" / f"step-{ended['step']:06d}").is_dir()
    (folder / "stop").touch()
    assert train_command(folder, check=False) == 0
    ended = read_events(folder / "events.jsonl")[-1]
    if ended["type"] != "finished":
        assert ended["type"] == "stopped" and not (folder / "stop").exists()
    assert train_command(folder, check=False) == 0
    assert_equal_runs(undisturbed, folder)


def test_a_finished_run_is_not_trained_again(whole):
    _, folder = whole
    before = (folder / "events.jsonl").read_text()
    assert train_command(folder, check=False) == 0
    assert (folder / "events.jsonl").read_text() == before


def test_a_checkpoint_of_another_recipe_is_refused(make, capsys):
    folder = make(epochs=1)
    assert train_command(folder, check=False) == 0
    (folder / "model").rename(folder / "elsewhere")
    recipe = yaml.safe_load((folder / "run.yaml").read_text())
    recipe["optimiser"]["learning_rate"] = 1e-4
    (folder / "run.yaml").write_text(yaml.safe_dump(recipe))
    assert train_command(folder, check=False) == 2
    assert "made with another recipe or other examples" in capsys.readouterr().err


def test_a_pinned_checkpoint_is_kept(make):
    folder = make(epochs=1, checkpoint={"every": 1, "keep": 1})
    assert trained(folder, kill=("os", "replace", 7)) == -signal.SIGKILL
    pinned = sorted((folder / "checkpoints").glob("step-*"))[-1]
    (pinned / "pinned").touch()
    assert train_command(folder, check=False) == 0
    assert [path.name for path in sorted((folder / "checkpoints").glob("step-*"))] == [pinned.name, "step-000005"]


def test_the_exported_student_is_the_trained_one_and_names_its_prompt(make):
    folder = make(epochs=1, export={"onnx": True})
    assert train_command(folder, check=False) == 0
    assert events(folder, "exported")[0]["folder"] == "onnx"
    training = json.loads((folder / "onnx" / "training.json").read_text())
    assert training["prompts"][0]["name"] == "setting-1" and "Question:" in training["prompts"][0]["template"]
    exported, trained = dict(load_exported(folder / "onnx")[0].named_parameters()), weights(folder)
    for name, value in trained.items():
        if name in exported:
            torch.testing.assert_close(exported[name], value.half().float())
