"""The last stage: exports the three models, measures what was stored, writes cards and goldens."""

import json
from pathlib import Path

import torch

from ..decoding import greedy
from ..export import export_model, load_exported
from ..goldens import MODELS, model_goldens, prompt_goldens, write_lines
from ..judging import Figures, figures
from ..prompts import setting_templates
from ..sketchbook.dataset import sample
from ..sketchbook.draw import pixels
from .card import card
from .decoder import embed
from .model import PIXEL_MEAN, PIXEL_STD, pixel_values, vision_features
from .sequences import Encoder
from .stages import LONGEST, Pair


def publish(pair: Pair, out: Path, golden: Path | None):
    for name in MODELS:
        publish_one(pair, name, out)
    if golden:
        tokens = pair.configuration.teacher.image_tokens
        write_lines(golden / "prompts-golden.jsonl", prompt_goldens(pair.tokenizer, tokens))
        write_lines(golden / "pair-golden.jsonl", model_goldens(out))
    (pair.work / "export.done").touch()


def store(pair: Pair, name: str, folder: Path):
    """A model's folder for the onnx provider, without a card."""
    architecture = pair.configuration.teacher if name == "teacher" else pair.configuration.student
    export_model(pair.model(architecture, name), pair.tokenizer, folder, PIXEL_MEAN, PIXEL_STD)
    write_training(folder)


def publish_one(pair: Pair, name: str, out: Path):
    store(pair, name, out / name)
    stored, _ = load_exported(out / name)
    results = {"held-out draw": held_out_figures(pair, stored), "test split of the sample": sample_figures(pair, stored)}
    for title, result in results.items():
        print(f"{name}: {title}  {result}", flush=True)
    (out / name / "README.md").write_text(card(name, pair, stored, results), encoding="utf-8")


def write_training(folder: Path):
    """`training.json`: the prompts that the model was trained with. Each record was shown in one of the four settings (`lessons.setting_of`)."""
    training = {"version": 1, "prompts": setting_templates()}
    (folder / "training.json").write_text(json.dumps(training, indent=2) + "\n", encoding="utf-8")


def held_out_figures(pair: Pair, model) -> Figures:
    scenes = pair.held_out.scenes
    return _figures(pair, model, scenes, pair.held_out.images)


def sample_figures(pair: Pair, model) -> Figures:
    """On the records of the repository's test split, drawn again."""
    rows, images = [], []
    for scene, split in sample():
        if split == "test":
            picture = None
            if scene.image is not None:
                picture = len(images)
                images.append(pixels(scene))
            rows.append({**scene.record(split), "key": scene.skill.key, "caption": scene.caption, "picture": picture})
    return _figures(pair, model, rows, images)


@torch.inference_mode()
def _figures(pair: Pair, model, scenes: list[dict], images) -> Figures:
    encoder = Encoder(pair.tokenizer, pair.configuration.teacher.image_tokens)
    features = [None if s["picture"] is None else vision_features(model, pixel_values(images[s["picture"]][None].copy()))[0] for s in scenes]
    prompts = [encoder.prompt(scene) for scene in scenes]
    rows = greedy(lambda ids, found: embed(model, ids, found), model, prompts, features, LONGEST)
    return figures(scenes, [pair.tokenizer.decode(row, skip_special_tokens=False) for row in rows])
