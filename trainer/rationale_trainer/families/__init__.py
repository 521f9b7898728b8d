"""The table of model families, by the `model_type` of config.json."""

import json
from importlib import import_module
from pathlib import Path

import torch

from ..failure import FamilyError
from .base import Family

# Modules are imported when a model needs them.
FAMILIES = {
    "llava": ("llava", "Llava"),
    "llava_next": ("llava_next", "LlavaNext"),
    "llava_onevision": ("llava_next", "LlavaOnevision"),
    "qwen2_vl": ("qwen2_vl", "Qwen2VL"),
    "qwen2_5_vl": ("qwen2_5_vl", "Qwen2_5_VL"),
    "paligemma": ("paligemma", "PaliGemma"),
    "idefics3": ("idefics3", "Idefics3"),
    "smolvlm": ("idefics3", "SmolVLM"),
    "mllama": ("mllama", "Mllama"),
    "moondream1": ("moondream", "Moondream"),
    "phi3_v": ("phi3_v", "Phi3V"),
}


def load(folder: Path, dtype: torch.dtype = torch.float32) -> Family:
    """The model of a folder. @throws FamilyError"""
    config = folder / "config.json"
    if not config.is_file():
        raise FamilyError(f"{folder} holds no config.json: it is not a model folder.")
    try:
        kind = json.loads(config.read_text(encoding="utf-8")).get("model_type")
    except (ValueError, AttributeError) as error:
        raise FamilyError(f"{config} is not a model's configuration: {error}.") from error
    if kind not in FAMILIES:
        raise FamilyError(f"{folder} is a model of type {kind}, which cannot be trained here; the types are {', '.join(sorted(FAMILIES))}.")
    module, name = FAMILIES[kind]
    try:
        return getattr(import_module(f".{module}", __name__), name).load(folder, dtype)
    except (OSError, KeyError) as error:
        raise FamilyError(f"The model in {folder} cannot be loaded: {str(error).splitlines()[0]}") from error
