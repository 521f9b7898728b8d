"""Low-rank adapters (Hu et al. 2022, section 4.1: W + (alpha / rank) · B · A), by PEFT, in the text model alone.

PEFT takes module names from every part of a model, and vision towers use the same names as text models: a plain list of
names adapts the tower as well. The names are therefore anchored to the text model's path.
"""

import re

from peft import LoraConfig, LoraModel

from ...families.base import Family


def attach(family: Family, settings: dict, frozen: list[str]):
    named = rf"{re.escape(family.text)}\..*\.({'|'.join(map(re.escape, settings['modules']))})"
    config = LoraConfig(r=settings["rank"], lora_alpha=settings["alpha"], lora_dropout=settings["dropout"], target_modules=named)
    family.model.requires_grad_(False)
    # Names that the model does not have are a finding of preflight; PEFT would raise.
    if any(re.fullmatch(named, name) for name, _ in family.model.named_modules()):
        LoraModel(family.model, {"default": config}, "default")


def merge(family: Family):
    """Adds the products to the weights that they adapt and takes the adapters away."""
    from peft.tuners.lora import LoraLayer

    for name, module in list(family.model.named_modules()):
        if isinstance(module, LoraLayer):
            module.merge(safe_merge=True)
            family.model.set_submodule(name, module.get_base_layer())
    for stray in ("peft_config", "peft_type"):
        if hasattr(family.model, stray):
            delattr(family.model, stray)
