"""Each check finds the fault that it is for, and nothing in what is right."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, LoraModel
from rationale_trainer.families.llava import Llava
from rationale_trainer.families.sequences import Sequence
from rationale_trainer.training.adapters import ADAPTERS, Adapter
from rationale_trainer.training.command import train_command
from rationale_trainer.training.events import read_events
from rationale_trainer.training.learner import Learner
from rationale_trainer.training.stored import weights_digest
from run_folders import example, make_run, records, write_examples

LORA = {"adapter": {"kind": "lora", "rank": 4, "alpha": 8, "dropout": 0.0, "modules": ["q_proj", "v_proj"]}}


@pytest.fixture
def run(sample, untrained, tmp_path):
    def made(**changes) -> Path:
        return make_run(tmp_path / "run", sample, **{"student": untrained, "examples": 8, **changes})

    return made


def change_examples(folder: Path, change):
    """`change` gets the examples, and alters them or returns others."""
    file = folder / "examples" / "train.jsonl"
    lines = [json.loads(line) for line in file.open()]
    write_examples(folder, "train", change(lines) or lines)
    return folder


def student(untrained: Path, folder: Path, file: str, **changes) -> Path:
    """A copy of the student with other values in one of its JSON files."""
    shutil.copytree(untrained, folder)
    values = json.loads((folder / file).read_text()) | changes
    (folder / file).write_text(json.dumps(values))
    return folder


def checked(folder: Path) -> dict:
    """The findings of --check by code. What is wrong is said on stderr too, and ends with status 2."""
    status = train_command(folder, check=True)
    event = [event for event in read_events(folder / "events.jsonl") if event["type"] == "preflight"][-1]
    errors = [finding for finding in event["findings"] if finding["severity"] == "error"]
    assert status == (2 if errors else 0)
    assert (event["cost"] is None) == bool(errors)
    assert not (folder / "model").exists() and not (folder / "checkpoints").exists()
    return {finding["code"]: finding for finding in event["findings"]}


@pytest.mark.parametrize("changes", [{}, LORA, {"adapter": {"kind": "prefix", "tokens": 4}}, {"frozen": []}])
def test_what_is_right_has_no_findings_and_a_cost(run, changes, capsys):
    folder = run(**changes)
    assert checked(folder) == {}
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    cost = printed[-1]["cost"]
    assert printed == read_events(folder / "events.jsonl")
    assert cost["steps"] == 2 and cost["tokens"] > 0 and cost["memory_bytes"] > 0 and cost["seconds"] > 0
    assert not (folder / "features").exists(), "a check leaves nothing but the event and the batch"


def test_the_batch_says_what_each_token_is(run):
    folder = run(objective={"kind": "two-task", "weight": 0.5})
    checked(folder)
    rows = json.loads((folder / "batch.json").read_text())["rows"]
    assert [row["part"] for row in rows] == ["answer_target", "target"] * 4
    for row in rows:
        kinds = [token["kind"] for token in row["tokens"]]
        assert [token["supervised"] for token in row["tokens"]] == [kind == "target" for kind in kinds]
        assert row["tokens"][kinds.index("target")]["text"] in ("<CONCLUSION>", "<REASONING>")
        written = [token["text"] for token in row["tokens"] if token["supervised"]]
        assert written[-1] == "</s>"
    kinds = {token["kind"] for row in rows for token in row["tokens"]}
    assert kinds == {"image", "prompt", "target", "padding"}


def test_the_real_step_leaves_nothing(run, monkeypatch):
    before = []
    step = Learner.step_gradients

    def watched(self, batches):
        before.append((weights_digest(self.family.model), torch.get_rng_state(), self))
        return step(self, batches)

    monkeypatch.setattr(Learner, "step_gradients", watched)
    checked(run(**LORA))
    digest, chance, learner = before[0]
    assert weights_digest(learner.family.model) == digest and torch.equal(torch.get_rng_state(), chance)
    assert all(parameter.grad is None for parameter in learner.parameters) and not learner.optimiser.state


def test_nothing_trainable(run):
    assert "nothing-trainable" in checked(run(frozen=["vision", "projector", "text", "embeddings"]))


def test_an_adapter_that_reaches_into_the_frozen_tower(run, monkeypatch):
    def everywhere(family, settings, frozen):
        family.model.requires_grad_(False)
        LoraModel(family.model, {"default": LoraConfig(target_modules=settings["modules"])}, "default")

    monkeypatch.setitem(ADAPTERS, "lora", Adapter(everywhere, ADAPTERS["lora"].merge))
    finding = checked(run(**LORA))["frozen-part-trained"]
    assert "vision_tower" in finding["message"]


@pytest.mark.parametrize("modules", [["q_proj", "w_proj"], ["w_proj"]])
def test_a_module_that_is_not_there(run, modules):
    assert "w_proj" in checked(run(adapter={**LORA["adapter"], "modules": modules}))["module-not-found"]["message"]


def test_a_text_that_the_objective_needs(run):
    folder = change_examples(run(objective={"kind": "dpo", "beta": 0.1}), lambda lines: [lines[1].pop("rejected")] and None)
    finding = checked(folder)["missing-text"]
    assert "1 of 8 examples have no rejected" in finding["message"] and finding["example"]


def test_labels_that_are_not_the_target(run, monkeypatch):
    encode = Llava.encode

    def shifted(self, messages, images, target):
        whole = encode(self, messages, images, target)
        return Sequence(whole.ids, whole.kinds[1:] + whole.kinds[-1:], whole.pictures)

    monkeypatch.setattr(Llava, "encode", shifted)
    assert "labels-differ" in checked(run())


def test_image_tokens_in_a_target(run):
    assert "image-supervised" in checked(change_examples(run(), lambda lines: lines[0].update(target="<image> B")))


def test_padding_in_a_target(run):
    assert "prompt-supervised" in checked(change_examples(run(), lambda lines: lines[0].update(target="<pad>" * 3 + lines[0]["letter"])))


def test_a_prompt_that_is_learnt(run, monkeypatch):
    encode = Llava.encode

    def everything(self, messages, images, target):
        whole = encode(self, messages, images, target)
        return Sequence(whole.ids, [4] * len(whole.ids), whole.pictures)

    monkeypatch.setattr(Llava, "encode", everything)
    assert {"labels-differ", "prompt-supervised", "image-supervised"} <= set(checked(run()))


def test_an_end_token_at_which_nobody_stops(run, untrained, tmp_path):
    folder = student(untrained, tmp_path / "student", "generation_config.json", eos_token_id=7)
    finding = checked(run(student=folder))["end-not-supervised"]
    assert "</s>" in finding["message"]


def test_an_end_token_that_is_not_learnt(run, monkeypatch):
    encode = Llava.encode

    def endless(self, messages, images, target):
        whole = encode(self, messages, images, target)
        return whole if target is None else Sequence(whole.ids[:-1], whole.kinds[:-1], whole.pictures)

    monkeypatch.setattr(Llava, "encode", endless)
    assert "end-not-supervised" in checked(run())


def test_texts_that_do_not_fit(run):
    findings = checked(run(lengths={"prompt": 40, "target": 8}))
    assert "raise lengths.target" in findings["target-too-long"]["message"]
    assert "raise lengths.prompt" in findings["prompt-too-long"]["message"]
    long = change_examples(run(lengths={"target": 2000}), lambda lines: lines[2].update(target="far " * 600 + lines[2]["letter"]))
    assert "512 positions" in checked(long)["model-too-short"]["message"]


def test_a_target_in_the_prompt(run):
    def tell(lines):
        for line in lines[:4]:
            line["messages"][0]["content"].append({"type": "text", "text": "Solution: " + line["target"].split("<REASONING>")[1].split("</REASONING>")[0]})

    finding = checked(change_examples(run(), tell))["target-in-prompt"]
    assert finding["severity"] == "error" and finding["message"].startswith("4 of 8 examples")


def test_a_target_without_an_answer(run):
    def cut(lines):
        for line in lines:
            line["target"] = "<REASONING>Look closely at the picture.</REASONING>"

    assert checked(change_examples(run(), cut))["answer-not-in-target"]["severity"] == "error"


def test_a_few_such_targets_are_a_warning(run):
    folder = run(examples=24)
    assert checked(change_examples(folder, lambda lines: lines[0].update(target="Look closely.")))["answer-not-in-target"]["severity"] == "warning"


def test_examples_of_another_prompt(run):
    def ask_otherwise(lines):
        lines[0]["messages"] = [{"role": "user", "content": [{"type": "text", "text": "(0) magnets. Which?"}]}]
        lines[0]["images"] = []

    finding = checked(change_examples(run(), ask_otherwise))["template-differs"]
    assert "1 of 8 examples" in finding["message"] and "setting-1" in finding["message"]


def test_image_tokens_that_are_not_as_many_as_features(run, untrained, tmp_path):
    folder = student(untrained, tmp_path / "student", "config.json", image_seq_length=4)
    message = checked(run(student=folder))["image-token-count"]["message"]
    assert "has 4 image tokens, the vision tower gives 5 features" in message


def test_a_batch_that_memory_does_not_hold(run, monkeypatch):
    # PyTorch's own allocator refuses.
    monkeypatch.setattr(Learner, "step_gradients", lambda self, batches: torch.empty(10**15))
    assert "lower batch" in checked(run())["not-enough-memory"]["message"]


def test_examples_that_teach_nothing(run):
    assert "weight 0" in checked(change_examples(run(), lambda lines: lines[3].update(weight=0.0)))["steps-differ"]["message"]


def test_a_small_student_and_few_long_rationales(run):
    def lengthen(lines):
        for line in lines:
            line["target"] = "and so " * 170 + line["letter"]

    assert "rationales of 344 tokens" in checked(change_examples(run(lengths={"target": 400}), lengthen))["small-student"]["message"]


def test_questions_that_are_asked_in_the_evaluation(run, sample):
    folder = run()
    asked = example(sample, *records(sample, "train")[0])
    asked["messages"][0]["content"][-1]["text"] = asked["messages"][0]["content"][-1]["text"].replace("Task:", "The task:")
    write_examples(folder, "evaluation", [asked | {"id": "twin"}])
    finding = checked(folder)["near-duplicate"]
    assert finding["severity"] == "warning" and "twin" in finding["message"]


def test_a_broken_torchvision_is_found_before_transformers_breaks(root, run, tmp_path):
    broken = tmp_path / "site"
    (broken / "torchvision").mkdir(parents=True)
    (broken / "torchvision" / "__init__.py").write_text('raise RuntimeError("operator torchvision::nms does not exist")\n')
    (broken / "torchvision-0.28.0.dist-info").mkdir()
    (broken / "torchvision-0.28.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: torchvision\nVersion: 0.28.0\n")
    environment = {**os.environ, "PYTHONPATH": f"{root / 'trainer'}{os.pathsep}{broken}"}
    ended = subprocess.run([sys.executable, "-m", "rationale_trainer", "train", str(run()), "--check"], env=environment, capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr.startswith("torchvision cannot be imported (RuntimeError: operator torchvision::nms does not exist)")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda folder: (folder / "run.yaml").unlink(), "holds no run.yaml"),
        (lambda folder: (folder / "run.yaml").write_text("student: [unclosed"), "is not YAML"),
        (lambda folder: (folder / "run.yaml").write_text("student: x\ntarget: poem\n"), "target: 'poem' is not one of"),
        (lambda folder: (folder / "examples" / "train.jsonl").write_text('{"id": "1"}\n'), "line 1, is not an example"),
        (lambda folder: (folder / "examples" / "train.jsonl").write_text(""), "holds no examples"),
        (lambda folder: change_examples(folder, lambda lines: lines[0].update(images=["/none.png"])), "cannot be read"),
    ],
)
def test_a_folder_that_cannot_be_used(run, change, message, capsys):
    folder = run()
    change(folder)
    assert train_command(folder, check=True) == 2
    said = capsys.readouterr().err
    assert message in said and len(said.splitlines()) == 1


@pytest.mark.parametrize("name, message", [("/none/model", "no model folder"), ("nobody/nothing", "not in the model cache, and HF_HUB_OFFLINE is set")])
def test_a_student_that_is_not_here(run, name, message, capsys, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert train_command(run(student=name), check=True) == 2
    said = capsys.readouterr().err
    assert message in said and len(said.splitlines()) == 1
