"""The finished student as the onnx provider loads it, with the prompt that it was trained on beside it."""

from ..exporting.checked import export_checked
from ..families.base import Family
from .events import Events
from .run_folder import RunFolder


def export_run(run: RunFolder, family: Family, events: Events):
    """@throws Unusable when the export does not write what PyTorch writes"""
    settings = run.recipe["export"]
    sequences = [family.encode(example.messages, example.images, None) for example in run.evaluation[: settings["verify"]]]
    outcome = export_checked(family, run.path / "onnx", sequences, run.recipe["evaluation"]["new_tokens"], settings["quantise"], training_json(run.recipe))
    events.write("exported", folder="onnx", verified=outcome.verified, agreed=outcome.agreed, flips=outcome.flips)


def training_json(recipe: dict) -> dict:
    prompt = recipe["prompt"]
    named = {name: prompt[name] for name in ("name", "setting", "template") if name in prompt} if isinstance(prompt, dict) else {"name": prompt}
    return {"version": 1, "prompts": [named], "recipe": recipe}
