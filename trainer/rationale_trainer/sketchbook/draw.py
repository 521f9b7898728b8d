"""Drawing many scenes by seed, and keeping draws apart."""

import hashlib
from random import Random

import numpy as np

from .scene import Scene
from .skills import SKILLS


def draw(seed: int, skill: str | None = None) -> Scene:
    """The scene of a seed; without a skill, one is picked by the table's weights."""
    random = Random(f"sketchbook {seed}")
    if skill is None:
        skill = random.choices(list(SKILLS), [weight for _, weight in SKILLS.values()])[0]
    return SKILLS[skill][0](random)


def pixels(scene: Scene) -> np.ndarray:
    """uint8 [96, 96, 3], exactly what a reader of the PNG file sees."""
    return np.asarray(scene.image.convert("RGB"))


class Seen:
    """The pictures and full texts already used, by hash. Seeds alone keep nothing apart: scenes with few states recur."""

    def __init__(self):
        self.hashes: set[bytes] = set()

    def keys(self, scene: Scene) -> list[bytes]:
        keys = [hashlib.blake2b("\0".join(scene.full_text).encode(), digest_size=12).digest()]
        if scene.image is not None:
            keys.append(hashlib.blake2b(pixels(scene).tobytes(), digest_size=12).digest())
        return keys

    def __contains__(self, scene: Scene) -> bool:
        return any(key in self.hashes for key in self.keys(scene))

    def add(self, scene: Scene):
        self.hashes.update(self.keys(scene))
