"""Golden files that the tests of both languages read: rendered prompts, and what the stored models write."""

import json
from pathlib import Path

from tokenizers import Tokenizer

from .chat import chat_text, prompt_ids
from .generate import Runner, image_path
from .prompts import SAMPLE_PROMPTS, SETTINGS, read_prompt, render, variables

SAMPLE = SAMPLE_PROMPTS.parent
PROMPT_RECORDS, SVRD_RECORDS, MODEL_RECORDS = 12, 2, 24
MODELS = ("teacher", "base", "student")


def test_records() -> list[tuple[str, dict]]:
    """The sample's test split in order: skills take turns in it, so that a few records show most of them."""
    records = json.loads((SAMPLE / "problems.json").read_text(encoding="utf-8"))
    return [(identifier, record) for identifier, record in records.items() if record["split"] == "test"]


def prompt_goldens(tokenizer: Tokenizer, image_tokens: int) -> list[dict]:
    """Messages, their text after the chat template and token ids; images by their path from the dataset's folder."""
    # The last sixteen are one of each skill, text-only ones among them.
    chosen = test_records()[-PROMPT_RECORDS:]
    files = [(f"setting-{setting}", setting, chosen) for setting in SETTINGS]
    files += [(name, 1, chosen[:SVRD_RECORDS] + chosen[-1:]) for name in ("svrd-student", "svrd-teacher")]
    lines = []
    for name, setting, records in files:
        _, template = read_prompt(SAMPLE_PROMPTS / f"{name}.prompty")
        for identifier, record in records:
            path = image_path(SAMPLE / "problems.json", identifier, record)
            image = path.relative_to(SAMPLE).as_posix() if path else None
            messages = render(template, variables(record, setting, image))
            line = {"prompt": f"{name}.prompty", "record": identifier, "setting": setting, "messages": messages}
            lines.append(line | {"text": chat_text(messages), "input_ids": prompt_ids(tokenizer, messages, image_tokens)})
    return lines


def model_goldens(models: Path) -> list[dict]:
    """What Hugging Face generate writes with the stored weights in setting 1, one record at a time."""
    lines = []
    for name in MODELS:
        runner = Runner(models / name)
        for identifier, record in test_records()[:MODEL_RECORDS]:
            image = image_path(SAMPLE / "problems.json", identifier, record)
            ids = runner.prompt(record, 1, record["image"])
            tokens = runner.tokens([ids], [runner.pixels(image)] if image else [])[0]
            line = {"model": f"sketchbook-{name}", "id": identifier, "input_ids": ids, "tokens": tokens}
            lines.append(line | {"output": runner.text(tokens)})
    return lines


def write_lines(path: Path, lines: list[dict]):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
