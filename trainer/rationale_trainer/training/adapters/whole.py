"""No adapter: the model's own weights learn, but for the parts that the recipe freezes."""

from ...families.base import Family


def parts(family: Family) -> dict[str, list]:
    """The modules behind each name that a recipe's `frozen` may hold."""
    module = family.model.get_submodule
    return {
        "vision": [module(family.vision)],
        "projector": [module(family.projector)],
        "text": [module(family.text), family.model.get_output_embeddings()],
        "embeddings": [family.model.get_input_embeddings()],
    }


def attach(family: Family, settings: dict, frozen: list[str]):
    family.model.requires_grad_(True)
    named = parts(family)
    # A projector inside the tower (Qwen2-VL's merger) learns though the tower is frozen, unless it is named too.
    for part in sorted(frozen, key=lambda name: name == "projector"):
        for module in named[part]:
            module.requires_grad_(False)
            if part == "vision" and "projector" not in frozen and family.projector.startswith(f"{family.vision}."):
                family.model.get_submodule(family.projector).requires_grad_(True)


def merge(family: Family):
    """There is nothing to merge."""
