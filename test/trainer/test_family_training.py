"""Every family learns through the real loop, and nothing learns that is frozen."""

from types import SimpleNamespace

import pytest
import torch
from PIL import Image
from rationale_trainer.families import load
from rationale_trainer.tiny import write_tiny
from rationale_trainer.training.command import train_command
from rationale_trainer.training.events import read_events
from rationale_trainer.training.run_folder import read_run_folder
from rationale_trainer.worker.load import load as worker_load
from run_folders import make_run
from safetensors.torch import load_file

LORA = {"kind": "lora", "rank": 4, "alpha": 8, "dropout": 0.0, "modules": ["q_proj", "v_proj"]}
FAMILIES = ("llava", "llava-next", "llava-onevision", "qwen2-vl", "qwen2.5-vl", "paligemma", "idefics3", "smolvlm", "mllama", "moondream", "phi3-v")


def trained(folder, sample, name, rate=3e-3, **changes):
    """(the student's folder, the run's losses, the run's folder)"""
    write_tiny(name, folder / "student")
    optimiser, lengths = {"kind": "adamw", "learning_rate": rate, "weight_decay": 0.0}, {"prompt": 2000, "target": 2000}
    settings = {"epochs": 8, "examples": 6, "evaluation": 1, "batch": 3, "optimiser": optimiser, "lengths": lengths, **changes}
    run = make_run(folder / "run", sample, folder / "student", **settings)
    assert train_command(run, check=False) == 0
    losses = [event["loss"] for event in read_events(run / "events.jsonl") if event["type"] == "step"]
    assert len(losses) == 16
    return folder / "student", losses, run


def changed(student, run) -> set[str]:
    """The names of the weights that are not what they were."""
    before, after = load_file(student / "model.safetensors"), load_file(run / "model" / "model.safetensors")
    assert before.keys() == after.keys()
    return {name for name in before if not torch.equal(before[name], after[name])}


@pytest.mark.parametrize("name", FAMILIES)
def test_the_text_model_learns_and_the_frozen_tower_does_not(name, sample, tmp_path):
    student, losses, run = trained(tmp_path, sample, name)
    assert sum(losses[-4:]) < 0.8 * sum(losses[:4]), losses
    vision = load(student).vision
    names = changed(student, run)
    assert any("layers.0" in one for one in names)
    inside = [one for one in names if one.startswith(f"{vision}.") or one.startswith("visual.") or ".img_processor." in one]
    assert all("merger" in one for one in inside), inside


@pytest.mark.parametrize("name", ["qwen2-vl", "paligemma", "mllama", "idefics3"])
def test_lora_changes_the_text_models_projections_alone(name, sample, tmp_path):
    student, losses, run = trained(tmp_path, sample, name, rate=1e-2, adapter=LORA)
    assert sum(losses[-4:]) < sum(losses[:4])
    names = changed(student, run)
    assert names and all(one.endswith(("q_proj.weight", "v_proj.weight")) for one in names)
    assert not [one for one in names if "vision" in one or "visual" in one]


@pytest.mark.parametrize("name", ["qwen2-vl", "paligemma", "mllama", "moondream", "phi3-v"])
def test_prefix_tuning_changes_no_weight(name, sample, tmp_path):
    student, losses, run = trained(tmp_path, sample, name, rate=5e-2, adapter={"kind": "prefix", "tokens": 5})
    assert sum(losses[-4:]) < sum(losses[:4])
    assert not changed(student, run) and (run / "model" / "prefix.safetensors").is_file()
    # With Python, the run's model answers as the trainer's own decoding does with the prefix, and not as the student did.
    [example] = read_run_folder(run).evaluation
    following = iter(example.images)
    parts = [[{**part, "path": next(following)} if part["type"] == "image" else part for part in one["content"]] for one in example.messages]
    asked = [{"key": "0", "messages": [{**one, "content": content} for one, content in zip(example.messages, parts)]}]
    outputs = []
    for folder in (run / "model", student):
        heard = []
        channel = SimpleNamespace(send=lambda kind, **content: heard.extend(content.get("predictions", [])))
        worker_load(str(folder), "cpu", [], False).generate(asked, {"maxNewTokens": 8, "temperature": 0}, channel, False, [])
        family = load(folder)
        sequence = family.encode(example.messages, example.images, None)
        with torch.inference_mode():
            features = [family.project(family.see([family.pixels(Image.open(one.path))]), [one])[0] for one in sequence.pictures]
        [tokens] = family.generate([sequence], [features], 8)
        assert [(one.get("error"), one["output"]) for one in heard] == [(None, family.decode(tokens))]
        outputs.append(tokens)
    assert outputs[0] != outputs[1]
