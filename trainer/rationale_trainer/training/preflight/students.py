"""Checks on the student: what of it learns, and that its images have as many places as features."""

import torch
from typing import Iterator

from ..adapters import trainable
from ..learner import Learner
from .finding import Finding

# Images of different sizes that are looked at.
SIZES = 4


def nothing_trainable(learner: Learner) -> Iterator[Finding]:
    if not learner.parameters:
        frozen = ", ".join(learner.recipe["frozen"])
        yield Finding("nothing-trainable", "error", f"Nothing would learn: adapter {learner.recipe['adapter']['kind']}, frozen {frozen}. Take a part off frozen, or choose an adapter.")


def frozen_part_trained(learner: Learner) -> Iterator[Finding]:
    """A part that is named as frozen has parameters that learn: an adapter that reaches into it, for one."""
    family = learner.family
    paths = {"vision": family.vision, "projector": family.projector}
    for part in learner.recipe["frozen"]:
        inside = [name for name in trainable(family) if part in paths and name.startswith(f"{paths[part]}.")]
        # A projector that lies inside the tower is named on its own.
        inside = [name for name in inside if part == "projector" or not name.startswith(f"{family.projector}.")]
        if inside:
            yield Finding("frozen-part-trained", "error", f"The {part} part is frozen, but {len(inside)} of its parameters learn ({inside[0]} is the first): name only layers of the text model in adapter.modules.")


def module_not_found(learner: Learner) -> Iterator[Finding]:
    """A module that the adapter names is not in the text model."""
    adapter = learner.recipe["adapter"]
    if adapter["kind"] == "lora":
        text = learner.family.model.get_submodule(learner.family.text)
        linear = [path for path, module in text.named_modules() if isinstance(module, torch.nn.Linear) and "lora_" not in path]
        there = ", ".join(sorted({path.removesuffix(".base_layer").split(".")[-1] for path in linear}))
        for name in adapter["modules"]:
            if not any(f".{name}.lora_" in parameter for parameter in trainable(learner.family)):
                yield Finding("module-not-found", "error", f"The text model has no linear layer {name} (adapter.modules); it has {there}.")


@torch.no_grad()
def image_token_count(learner: Learner) -> Iterator[Finding]:
    """The prompt has as many image tokens as the vision tower gives features."""
    family, seen = learner.family, set()
    for example, texts in zip(learner.run.train, learner.texts):
        pictures = texts[0].pictures
        sizes = tuple((picture.width, picture.height) for picture in pictures)
        if not pictures or sizes in seen or len(seen) == SIZES:
            continue
        seen.add(sizes)
        places = texts[0].ids.count(family.image_token)
        # As in a step: what learns is in single precision, whatever the rest is in.
        with learner.accelerator.autocast():
            features = family.places(learner.vision.fresh(list(pictures)))
        if places != features:
            yield Finding("image-token-count", "error", f"The prompt has {places} image tokens, the vision tower gives {features} features: config.json and the image processor of {family.source} do not fit together.", example.id)
            return
