"""The model that learns, with its adapter, on its device; and the folder that it becomes."""

import os
import shutil
from pathlib import Path

import torch

from ..families import load
from ..families.base import Family
from ..hub import model_folder
from .adapters import ADAPTERS, trainable


def load_student(recipe: dict, device: torch.device) -> Family:
    # New weights (adapters, prefixes) depend on the seed alone.
    torch.manual_seed(recipe["seed"])
    family = load(model_folder(recipe["student"]), torch.bfloat16 if recipe["precision"] == "bf16" else torch.float32)
    ADAPTERS[recipe["adapter"]["kind"]].attach(family, recipe["adapter"], recipe["frozen"])
    # What learns is kept in single precision: steps of a small learning rate are lost in bfloat16.
    for parameter in trainable(family).values():
        parameter.data = parameter.data.float()
    family.model.to(device)
    if family.prefix is not None:
        family.prefix.to(device)
    return family


def weights(family: Family) -> dict[str, torch.Tensor]:
    return {name: parameter.detach().cpu().contiguous() for name, parameter in trainable(family).items()}


@torch.no_grad()
def put_weights(family: Family, stored: dict[str, torch.Tensor]):
    for name, parameter in trainable(family).items():
        parameter.copy_(stored[name])


def save_merged(family: Family, recipe: dict, folder: Path):
    """Writes the finished model to a folder that is whole when it exists. The student's adapter is merged by it."""
    ADAPTERS[recipe["adapter"]["kind"]].merge(family)
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    family.save(partial)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)
