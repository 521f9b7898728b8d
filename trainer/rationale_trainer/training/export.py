"""The finished student as the onnx provider loads it, with the prompt that it was trained on beside it."""

import json
import os
import shutil

from ..families.base import Family
from .events import Events
from .run_folder import RunFolder


def export_run(run: RunFolder, family: Family, events: Events):
    folder, partial = run.path / "onnx", run.path / ".onnx.partial"
    shutil.rmtree(partial, ignore_errors=True)
    family.export(partial)
    (partial / "training.json").write_text(json.dumps(training_json(run.recipe), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)
    events.write("exported", folder="onnx")


def training_json(recipe: dict) -> dict:
    prompt = recipe["prompt"]
    named = {name: prompt[name] for name in ("name", "setting", "template") if name in prompt} if isinstance(prompt, dict) else {"name": prompt}
    return {"version": 1, "prompts": [named], "recipe": recipe}
