"""`export` leaves a folder that writes PyTorch's tokens, or none, and says what smaller weights change."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from rationale_trainer.exporting.checked import export_checked
from rationale_trainer.exporting.quantise import suffixes
from rationale_trainer.exporting.student import ExportedStudent
from rationale_trainer.failure import Unusable
from rationale_trainer.families import load
from rationale_trainer.tiny import write_tiny

KINDS = ("fp16", "int8", "q4")


def export(root, *arguments):
    command = [sys.executable, "-m", "rationale_trainer", "export", *map(str, arguments)]
    return subprocess.run(command, env={"PYTHONPATH": str(root / "trainer"), "OMP_NUM_THREADS": "1", "PATH": ""}, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model, and examples with pictures to verify it on."""
    folder = tmp_path_factory.mktemp("export")
    write_tiny("paligemma", folder / "model")
    lines = []
    for i in range(4):
        path = folder / f"{i}.png"
        Image.fromarray(np.random.RandomState(i).randint(0, 255, (40, 40, 3)).astype("uint8")).save(path)
        content = [{"type": "image"}, {"type": "text", "text": f"what colour is square {i}?"}]
        lines.append({"id": str(i), "messages": [{"role": "user", "content": content}], "images": [str(path)], "target": "red"})
    (folder / "examples.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture(scope="module")
def sequences(folder):
    family = load(folder / "model")
    lines = [json.loads(line) for line in (folder / "examples.jsonl").read_text().splitlines()]
    return family, [family.encode(line["messages"], line["images"], None) for line in lines]


@pytest.fixture(scope="module")
def exported(root, folder):
    run = export(root, folder / "model", folder / "out", "--quantise", ",".join(KINDS), "--verify", 3, "--examples", folder / "examples.jsonl")
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def test_it_says_on_how_many_records_it_agrees_and_what_smaller_weights_change(exported, folder):
    assert exported[0] == f"{folder / 'out'}: on 3 of 3 records the same tokens as PyTorch"
    assert len(exported) == 4
    for kind, line in zip(KINDS, exported[1:]):
        assert line.startswith(f"{folder / 'out'}-{kind}: ") and "of 3 answers flipped" in line
    assert not [path for path in folder.iterdir() if path.name.endswith(".partial")]


@pytest.mark.parametrize("kind", KINDS)
def test_a_smaller_copy_is_smaller_and_runs(kind, exported, folder, sequences):
    whole, smaller = (sum(file.stat().st_size for file in (path / "onnx").iterdir()) for path in (folder / "out", folder / f"out-{kind}"))
    assert smaller < whole
    family, prompts = sequences
    student = ExportedStudent(family, folder / f"out-{kind}", suffixes(folder / f"out-{kind}"))
    assert all(isinstance(token, int) for token in student.tokens(prompts[0], 5))


def test_half_precision_begins_the_same(exported, folder, sequences):
    family, prompts = sequences
    whole, half = (ExportedStudent(family, path, suffixes(path)) for path in (folder / "out", folder / "out-fp16"))
    assert [half.tokens(prompt, 1) for prompt in prompts] == [whole.tokens(prompt, 1) for prompt in prompts]


def test_an_export_that_writes_other_tokens_is_not_there(folder, sequences, tmp_path):
    family, prompts = sequences
    write_tiny("paligemma", tmp_path / "other", seed=1)
    other = load(tmp_path / "other")

    class Swapped:
        def __getattr__(self, name):
            return getattr(other if name == "export" else family, name)

    with pytest.raises(Unusable, match=r"does not write what PyTorch writes on \d of 4 records \(the first is number 1\), so nothing was exported"):
        export_checked(Swapped(), tmp_path / "out", prompts, 12)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["model", "never"], "has no evaluation examples to verify the export on: name some with --examples, or pass --verify 0."),
        (["model", "never", "--verify", "0", "--quantise", "int3"], "There is no way to quantise called int3; there are fp16, int8, q4."),
        (["none", "never", "--verify", "0"], "holds no config.json: it is not a model folder."),
    ],
)
def test_what_cannot_be_exported_is_said_in_a_sentence(root, folder, arguments, sentence):
    source, target, *others = arguments
    run = export(root, folder / source, folder / target, *others)
    assert run.returncode == 2 and run.stderr.strip().endswith(sentence), run.stderr
    assert not (folder / "never").exists()
