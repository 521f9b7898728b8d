"""The onnx provider on weights that are stored otherwise: outside the graphs in several files, as large models have them, and smaller."""

import json
import re
import shutil
import subprocess

import onnx
import pytest
from onnx.external_data_helper import set_external_data
from rationale_trainer.exporting.quantise import quantise
from rationale_trainer.generate import image_path
from rationale_trainer.prompts import messages

GRAPHS = ("vision_encoder", "embed_tokens", "decoder_model_merged")
# Those that CPUs are faster with.
SMALLER = ("int8", "q4")
RECORDS = 24
NEW_TOKENS = 120


@pytest.fixture(scope="module")
def student(sample):
    folder = sample / "models" / "student"
    if not (folder / "config.json").exists():
        pytest.skip("the embedded pair is not there; `npm run pair` makes it")
    return folder


@pytest.fixture(scope="module")
def answers(root, sample, student, tmp_path_factory):
    """What the provider answers to the same records with each way of storing, by the way's name."""
    parent = tmp_path_factory.mktemp("stored")
    shutil.copytree(student, parent / "split")
    split(parent / "split", files=3)
    for kind in SMALLER:
        quantise(student, parent / kind, kind)
    folders = {"whole": student, **{name: parent / name for name in ("split", *SMALLER)}}
    dataset = sample / "problems.json"
    records = [(key, record) for key, record in json.loads(dataset.read_text(encoding="utf-8")).items() if record["split"] == "test"][:RECORDS]
    prompts = [prompt(dataset, key, record) for key, record in records]
    request = {str(folder): {"newTokens": NEW_TOKENS, "prompts": prompts} for folder in folders.values()}
    node = root / "node_modules" / "node" / "bin" / "node"
    run = subprocess.run([str(node), "test/trainer/run_models.ts"], input=json.dumps(request), cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    found = {name: {} for name in folders}
    names = {str(folder): name for name, folder in folders.items()}
    for line in map(json.loads, run.stdout.splitlines()):
        assert line.get("error") is None, line
        found[names[line["folder"]]][line["key"]] = line["output"]
    return found


def prompt(dataset, key, record):
    text = [part["text"] for message in messages(record, 1, None) for part in message["content"] if part["type"] == "text"]
    path = image_path(dataset, key, record)
    return {"key": key, "text": "".join(text), "image": path and str(path)}


def split(folder, files):
    """Puts the weights of each graph into so many files beside it, as repositories of transformers.js name them."""
    for name in GRAPHS:
        path = folder / "onnx" / f"{name}.onnx"
        model = onnx.load(path)
        ends = [bytearray() for _ in range(files)]
        for i, weights in enumerate(one for one in model.graph.initializer if one.HasField("raw_data") and len(one.raw_data) > 64):
            end = ends[i % files]
            place = f"{path.name}_data" + (f"_{i % files}" if i % files else "")
            set_external_data(weights, place, offset=len(end), length=len(weights.raw_data))
            end += weights.raw_data
            weights.ClearField("raw_data")
        for i, end in enumerate(ends):
            (path.parent / (f"{path.name}_data" + (f"_{i}" if i else ""))).write_bytes(end)
        path.write_bytes(model.SerializeToString())
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["transformers.js_config"] = {"use_external_data_format": {f"{name}.onnx": files for name in GRAPHS}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")


def letters(outputs):
    return {key: re.findall(r"<CONCLUSION>([A-E])</CONCLUSION>", output) for key, output in outputs.items()}


def test_weights_in_several_files_are_the_same_weights(answers):
    assert len(answers["whole"]) == RECORDS
    assert answers["split"] == answers["whole"]


@pytest.mark.parametrize("kind", SMALLER)
def test_smaller_weights_answer_much_as_the_whole_ones(kind, answers):
    """Loaded, run in batches, and sane: nearly all outputs end with a letter, mostly the same."""
    whole, smaller = letters(answers["whole"]), letters(answers[kind])
    assert answers[kind] != answers["whole"], "the weights should be others"
    assert sum(len(found) == 1 for found in smaller.values()) >= RECORDS * 0.9
    assert sum(smaller[key] == whole[key] for key in whole) >= RECORDS * 0.75


def test_a_file_of_the_weights_that_is_missing_is_named(root, answers, student, tmp_path):
    shutil.copytree(student, tmp_path / "cut")
    split(tmp_path / "cut", files=3)
    (tmp_path / "cut" / "onnx" / "decoder_model_merged.onnx_data_2").unlink()
    request = {str(tmp_path / "cut"): {"newTokens": 1, "prompts": []}}
    node = root / "node_modules" / "node" / "bin" / "node"
    run = subprocess.run([str(node), "test/trainer/run_models.ts"], input=json.dumps(request), cwd=root, capture_output=True, text=True)
    assert "the file onnx/decoder_model_merged.onnx_data_2 is missing" in run.stderr
