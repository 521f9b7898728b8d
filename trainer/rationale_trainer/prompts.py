"""Prompt files (.prompty) rendered as the TypeScript side renders them: the same Jinja settings, the same trimming."""

import re
from functools import cache
from pathlib import Path

import yaml
from jinja2 import Environment, Template

from .tokens import LETTERS

ROLE = re.compile(r"^(system|user|assistant):[ \t]*$", re.MULTILINE)
IMAGE_LINE = re.compile(r"^!\[image\]\((.*)\)[ \t]*$", re.MULTILINE)
JINJA = Environment(trim_blocks=True, lstrip_blocks=True)

# The fields that each setting adds to question, choices, hint, image and task.
SETTINGS = {1: (), 2: ("lecture",), 3: ("lecture", "solution"), 4: ("solution",)}
SAMPLE_PROMPTS = Path(__file__).parents[2] / "samples" / "sketchbook" / "prompts"


@cache
def setting_prompt(setting: int) -> Template:
    return read_prompt(SAMPLE_PROMPTS / f"setting-{setting}.prompty")[1]


def read_prompt(path: Path) -> tuple[dict, Template]:
    """The front matter and the template of a prompt file."""
    front, body = _parts_of_file(path)
    return yaml.safe_load(front), JINJA.from_string(body)


def setting_templates() -> list[dict]:
    """The prompts of the four settings as `training.json` of a model folder names them."""
    names = {setting: f"setting-{setting}" for setting in SETTINGS}
    return [
        {"name": name, "setting": setting, "template": _parts_of_file(SAMPLE_PROMPTS / f"{name}.prompty")[1]} for setting, name in names.items()
    ]


def _parts_of_file(path: Path) -> tuple[str, str]:
    """The front matter and the body of a prompt file."""
    _, front, body = re.split(r"^---[ \t]*\n", path.read_text(encoding="utf-8"), maxsplit=2, flags=re.MULTILINE)
    return front, body


def variables(record: dict, setting: int, image: str | None) -> dict:
    """What a template may use for a record: only the setting's fields, so that nothing leaks by accident."""
    kept = ("question", "choices", "hint", "task", "grade", "subject", "topic", "category", "skill", *SETTINGS[setting])
    return {
        **{name: record[name] for name in kept},
        "letters": list(LETTERS[: len(record["choices"])]),
        "image": image,
        "answer": record["answer"],
        "answer_letter": LETTERS[record["answer"]],
        "answer_text": record["choices"][record["answer"]],
    }


def render(template: Template, values: dict) -> list[dict]:
    """Chat messages: {"role", "content": parts}, a part being {"type": "text", "text"} or {"type": "image", "image": path}."""
    pieces = ROLE.split(template.render(values))
    return [{"role": role, "content": _parts(text)} for role, text in zip(pieces[1::2], pieces[2::2])]


def _parts(text: str) -> list[dict]:
    pieces = IMAGE_LINE.split(text)
    parts = []
    for i, piece in enumerate(pieces):
        if i % 2:
            parts.append({"type": "image", "image": piece})
        elif piece.strip():
            parts.append({"type": "text", "text": piece.strip()})
    return parts


def messages(record: dict, setting: int, image: str | None) -> list[dict]:
    return render(setting_prompt(setting), variables(record, setting, image))
