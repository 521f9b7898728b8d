"""Run folders for the tests, made from the sample dataset as the server makes them from a recipe."""

import copy
import json
from pathlib import Path

import yaml
from rationale_trainer.generate import image_path
from rationale_trainer.prompts import SAMPLE_PROMPTS, messages
from rationale_trainer.tokens import LETTERS

RECIPE = {
    "data": {"dataset": "problems.json", "split": "train"},
    "target": "solution-answer",
    "objective": {"kind": "sft"},
    "adapter": {"kind": "none"},
    "frozen": ["vision"],
    "optimiser": {"kind": "adamw", "learning_rate": 2e-3, "betas": [0.9, 0.999], "weight_decay": 0.0, "clip": 1.0},
    "schedule": {"kind": "constant", "warmup": 0},
    "epochs": 1,
    "batch": 4,
    "accumulation": 1,
    "precision": "fp32",
    "lengths": {"prompt": 256, "target": 256},
    "seed": 0,
    "evaluation": {"split": "val", "records": 4, "every": 100, "new_tokens": 24, "stop_on_collapse": False},
    "checkpoint": {"every": 3, "keep": 2},
    "export": {"onnx": False, "quantise": [], "verify": 0},
}


def make_run(folder: Path, sample: Path, student: Path, examples: int = 24, evaluation: int = 4, **changes) -> Path:
    """`changes` replace the recipe's values; those of mappings are merged."""
    recipe = copy.deepcopy(RECIPE) | {"student": str(student)}
    for name, value in changes.items():
        recipe[name] = {**recipe[name], **value} if isinstance(value, dict) and isinstance(recipe.get(name), dict) else value
    template = (SAMPLE_PROMPTS / "setting-1.prompty").read_text(encoding="utf-8").split("---\n", 2)[2]
    recipe["prompt"] = {"name": "setting-1", "setting": 1, "format": "stages", "template": template, "text": ""}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    write_examples(folder, "train", [example(sample, *record) for record in records(sample, "train")[:examples]])
    write_examples(folder, "evaluation", [example(sample, *record) for record in records(sample, "val")[:evaluation]])
    return folder


def records(sample: Path, split: str) -> list[tuple[str, dict]]:
    problems = json.loads((sample / "problems.json").read_text(encoding="utf-8"))
    return [(key, record) for key, record in problems.items() if record["split"] == split]


def example(sample: Path, identifier: str, record: dict) -> dict:
    path = image_path(sample / "problems.json", identifier, record)
    said = messages(record, 1, record["image"])
    parts = [[{k: v for k, v in part.items() if k != "image"} for part in message["content"]] for message in said]
    letter = LETTERS[record["answer"]]
    wrong = LETTERS[(record["answer"] + 1) % len(record["choices"])]
    return {
        "id": identifier,
        "messages": [{"role": message["role"], "content": content} for message, content in zip(said, parts)],
        "images": [str(path.resolve())] if path else [],
        "target": f"<REASONING>{record['solution']}</REASONING><CONCLUSION>{letter}</CONCLUSION>",
        "rejected": f"<REASONING>{record['solution']}</REASONING><CONCLUSION>{wrong}</CONCLUSION>",
        "answer_target": f"<CONCLUSION>{letter}</CONCLUSION>",
        "weight": 1.0,
        "choices": record["choices"],
        "answer": record["answer"],
        "letter": letter,
    }


def write_examples(folder: Path, name: str, lines: list[dict]):
    (folder / "examples").mkdir(exist_ok=True)
    (folder / "examples" / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
