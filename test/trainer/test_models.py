"""The committed models still write what the goldens say, in PyTorch and in ONNX Runtime, and fit the repository."""

import json
from collections import defaultdict

import numpy as np
import pytest
from onnx_greedy import OnnxModel
from rationale_trainer.generate import Runner, image_path
from rationale_trainer.judging import concluded
from rationale_trainer.pair.publish import write_training

MODELS = ("teacher", "base", "student")


@pytest.fixture(scope="module")
def goldens(root):
    lines = defaultdict(list)
    for line in (root / "test" / "cases" / "pair-golden.jsonl").open(encoding="utf-8"):
        line = json.loads(line)
        lines[line["model"]].append(line)
    return lines


@pytest.fixture(scope="module")
def records(sample):
    return json.loads((sample / "problems.json").read_text(encoding="utf-8"))


def prepared(runner, sample, records, line):
    record = records[line["id"]]
    path = image_path(sample / "problems.json", line["id"], record)
    assert runner.prompt(record, 1, record["image"]) == line["input_ids"]
    return runner.pixels(path) if path else None


@pytest.mark.parametrize("name", MODELS)
def test_huggingface_generate_writes_the_goldens(name, sample, records, goldens):
    runner = Runner(sample / "models" / name)
    assert len(goldens[f"sketchbook-{name}"]) == 24
    for line in goldens[f"sketchbook-{name}"]:
        pixels = prepared(runner, sample, records, line)
        tokens = runner.tokens([line["input_ids"]], [] if pixels is None else [pixels])[0]
        assert tokens == line["tokens"]
        assert runner.text(tokens) == line["output"]


@pytest.mark.parametrize("name", MODELS)
def test_onnx_runtime_writes_the_goldens(name, sample, records, goldens):
    runner, model = Runner(sample / "models" / name), OnnxModel(sample / "models" / name)
    for line in goldens[f"sketchbook-{name}"][:8]:
        pixels = prepared(runner, sample, records, line)
        batch = None if pixels is None else pixels.numpy()[None]
        tokens = model.greedy(np.array([line["input_ids"]]), batch, runner.model.config.image_token_id, len(line["tokens"]) + 1)[0]
        assert tokens == line["tokens"]


def test_the_goldens_show_right_and_wrong_answers(records, goldens):
    right = {name: sum(concluded(line["output"], records[line["id"]]) == records[line["id"]]["answer"] for line in lines) for name, lines in goldens.items()}
    assert right["sketchbook-base"] < right["sketchbook-teacher"]


@pytest.mark.parametrize("name", MODELS)
def test_the_models_say_with_which_prompts_they_were_trained(name, sample, tmp_path):
    write_training(tmp_path)
    assert (sample / "models" / name / "training.json").read_text(encoding="utf-8") == (tmp_path / "training.json").read_text(encoding="utf-8")


def test_the_models_fit_the_repository(sample):
    files = [path for path in (sample / "models").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 15 * 1024 * 1024
