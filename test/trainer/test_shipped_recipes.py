"""Every recipe of the two studies goes through the command line: checked, and trained for some steps with a tiny student of its architecture."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml
from rationale_trainer.tiny import write_tiny
from rationale_trainer.training.events import read_events

# The study of adapters has two students; each trains with both adapters and both targets here.
STUDENTS = {
    "svrd": "moondream",
    "scienceqa-lora-gold": "qwen2-vl",
    "scienceqa-lora-teacher": "paligemma",
    "scienceqa-prefix-gold": "paligemma",
    "scienceqa-prefix-teacher": "qwen2-vl",
}
RECORDS = 6
# The recipe's numbers stay; only how much is read and written is made small.
SMALLER = [(r"(  split: train\n)(?:(  filter: .*\n)  limit: \d+)?", rf"\1\2  limit: {RECORDS}\n"), (r"records: \d+", "records: 2"), (r"new_tokens: \d+", "new_tokens: 8")]


def test_every_shipped_recipe_is_tried(root):
    assert {path.name.removesuffix(".recipe.yaml") for path in (root / "samples" / "scienceqa").glob("*.recipe.yaml")} == set(STUDENTS)


@pytest.mark.parametrize("name", STUDENTS)
def test_a_shipped_recipe_trains_a_tiny_student(name, root, sample, tmp_path):
    shutil.copytree(sample, tmp_path / "data", ignore=shutil.ignore_patterns("models", "recipes", "outputs"))
    data = tmp_path / "data"
    write_tiny(STUDENTS[name], tmp_path / "student")
    text = (root / "samples" / "scienceqa" / f"{name}.recipe.yaml").read_text(encoding="utf-8")
    for pattern, smaller in [(r"(?m)^student: .*$", f"student: {tmp_path / 'student'}"), *SMALLER]:
        text, count = re.subn(pattern, smaller, text)
        assert count == 1, pattern
    recipe = yaml.safe_load(text)
    if "teacher" in recipe:
        outputs = data / recipe["teacher"]["outputs"]
        outputs.parent.mkdir()
        shutil.copy(sample / "outputs" / "teacher.jsonl", outputs)
    file = data / f"{name}.recipe.yaml"
    file.write_text(f"{text}export: {{ onnx: false }}\n", encoding="utf-8")
    command = [str(root / "node_modules" / "node" / "bin" / "node"), str(root / "server" / "src" / "cli" / "main.ts"), "train", str(file), "--python", sys.executable]
    environment = {**os.environ, "RATIONALE_STORE": str(tmp_path / "store.sqlite"), "OMP_NUM_THREADS": "1"}
    run = subprocess.run(command, cwd=data, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    [folder] = [path.parent for path in data.rglob("events.jsonl")]
    events = read_events(folder / "events.jsonl")
    [preflight] = [event for event in events if event["type"] == "preflight"]
    assert not [finding for finding in preflight["findings"] if finding["severity"] == "error"], preflight["findings"]
    size = recipe["batch"] * recipe["accumulation"]
    examples = sum(1 for _ in (folder / "examples" / "train.jsonl").open())
    assert 0 < examples <= RECORDS
    steps = [event for event in events if event["type"] == "step"]
    assert len(steps) == recipe["epochs"] * -(-examples // size)
    assert events[-1]["type"] == "finished" and (folder / "model" / "model.safetensors").is_file()
    # The others' rates are too small to show in so few steps; that prefixes learn is in test_family_training.py.
    if recipe["adapter"]["kind"] == "lora":
        assert steps[-1]["loss"] < steps[0]["loss"]
