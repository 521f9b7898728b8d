"""A run folder: what the server froze into it (run.yaml, examples/) and where everything else of the run goes."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import yaml

from ..failure import Unusable

SCHEMA = Path(__file__).parents[1] / "recipe.schema.json"


@dataclass(frozen=True)
class Example:
    """One line of examples/*.jsonl."""

    id: str
    messages: list[dict]
    images: list[str]
    target: str
    rejected: str | None = None
    answer_target: str | None = None
    answer_messages: list[dict] | None = None
    weight: float = 1.0
    choices: tuple[str, ...] = ()
    answer: int | None = None
    letter: str | None = None


@dataclass(frozen=True)
class RunFolder:
    path: Path
    recipe: dict
    train: list[Example]
    evaluation: list[Example]

    @property
    def events(self) -> Path:
        return self.path / "events.jsonl"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints"

    @property
    def features(self) -> Path:
        """Image features of frozen towers, which runs that lie side by side share: they are kept by content."""
        return self.path.parent / ".cache" / "features"

    @property
    def stop(self) -> Path:
        return self.path / "stop"

    @property
    def identity(self) -> str:
        """Of what decides the weights: a checkpoint of another recipe or of other examples has another."""
        kept = {name: self.recipe.get(name) for name in DECIDING}
        train = [(e.id, e.messages, e.images, e.target, e.rejected, e.answer_target, e.answer_messages, e.weight) for e in self.train]
        return hashlib.sha256(json.dumps([kept, train], sort_keys=True).encode()).hexdigest()


def features_limit() -> float:
    """Bytes of image features that runs side by side keep for each other, by RATIONALE_FEATURES_GB. @throws Unusable"""
    text = os.environ.get("RATIONALE_FEATURES_GB", "20")
    try:
        return float(text) * 1e9
    except ValueError:
        raise Unusable(f"RATIONALE_FEATURES_GB is a number of gigabytes, not {text}.") from None


# The parts of a recipe that decide the weights; evaluation, checkpoints and export may be changed between two starts.
DECIDING = ("student", "teacher", "objective", "adapter", "frozen", "optimiser", "schedule", "epochs", "batch", "accumulation", "precision", "lengths", "seed")


def read_run_folder(path: Path) -> RunFolder:
    """@throws Unusable"""
    if not (path / "run.yaml").is_file():
        raise Unusable(f"{path} is not a run folder: it holds no run.yaml.")
    try:
        recipe = yaml.safe_load((path / "run.yaml").read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unusable(f"{path / 'run.yaml'} is not YAML: {' '.join(str(error).split())}.") from error
    recipe = _validated(recipe, path / "run.yaml")
    train = read_examples(path / "examples" / "train.jsonl")
    if not train:
        raise Unusable(f"{path / 'examples' / 'train.jsonl'} holds no examples.")
    evaluation = path / "examples" / "evaluation.jsonl"
    return RunFolder(path, recipe, train, read_examples(evaluation) if evaluation.exists() else [])


def _validated(recipe, file: Path) -> dict:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(recipe))
    if error is not None:
        place = ".".join(map(str, error.absolute_path)) or "the recipe"
        raise Unusable(f"{file}: {place}: {error.message}.")
    return _filled(recipe, schema)


def _filled(recipe: dict, schema: dict) -> dict:
    """With the defaults of the keys that are missing; those that only some kinds have stay null."""
    for name, field in schema["properties"].items():
        if field.get("type") == "object":
            recipe[name] = _filled(recipe.get(name) or {}, field)
        elif "default" in field:
            may_be_null = {"type": "null"} in field.get("anyOf", [])
            recipe.setdefault(name, None if may_be_null else field["default"])
    return recipe


def read_examples(file: Path) -> list[Example]:
    """@throws Unusable"""
    if not file.is_file():
        raise Unusable(f"{file} is missing.")
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                value = json.loads(line)
                found.append(Example(**{name: value[name] for name in Example.__dataclass_fields__ if name in value}))
            except (ValueError, TypeError) as error:
                raise Unusable(f"{file}, line {number}, is not an example: {error}.") from error
    return found
