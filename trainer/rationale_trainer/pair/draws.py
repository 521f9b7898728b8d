"""The training and held-out draws, kept on disk: scenes as JSON lines, pictures as one uint8 array."""

import json
import signal
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from ..sketchbook.canvas import SIZE
from ..sketchbook.dataset import sample
from ..sketchbook.draw import Seen, draw, pixels
from ..sketchbook.skills import SKILLS
from .configuration import Configuration

HELD_OUT_SEED = 500_000_000
TRAIN_SEED = 1_000_000_000
CHUNK = 250


class Draw:
    """`scenes[i]` is a dict (a record plus summary, caption, reasoning, facts, key); `image(i)` its picture or None."""

    def __init__(self, folder: Path):
        self.scenes = [json.loads(line) for line in (folder / "scenes.jsonl").open()]
        self.images = np.load(folder / "images.npy", mmap_mode="r")

    def __len__(self):
        return len(self.scenes)

    def pictures(self, indices) -> np.ndarray:
        """uint8 [n, 96, 96, 3] of scenes that have one."""
        return self.images[[self.scenes[i]["picture"] for i in indices]]


def make_draws(folder: Path, configuration: Configuration):
    """Draws train/ and held-out/ unless they are there. Neither shares a picture or a full text with the other or the sample."""
    if (folder / "train" / "scenes.jsonl").exists():
        return
    seen = Seen()
    for scene, _ in sample():
        seen.add(scene)
    held_out, seed, skills = [], HELD_OUT_SEED, list(SKILLS)
    while len(held_out) < configuration.held_out_records:
        scene = draw(seed, skills[len(held_out) % len(skills)])
        seed += 1
        if scene not in seen:
            held_out.append(scene)
    for scene in held_out:
        seen.add(scene)
    _write(folder / "held-out", held_out)

    train, start = [], TRAIN_SEED
    # Workers are asked to end: terminated while it starts, one can miss the signal and be waited for without end.
    with Pool(2, signal.signal, (signal.SIGTERM, signal.SIG_DFL)) as pool:
        while (missing := configuration.train_records - len(train)) > 0:
            end = start + -(-missing // CHUNK) * CHUNK
            for scenes in pool.imap(_chunk, range(start, end, CHUNK)):
                train += [scene for scene in scenes if scene not in seen]
            start = end
        pool.close()
        pool.join()
    _write(folder / "train", train[: configuration.train_records])


def _chunk(start: int):
    return [draw(seed) for seed in range(start, start + CHUNK)]


def _write(folder: Path, scenes):
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [scene for scene in scenes if scene.image is not None]
    images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, (len(drawn), SIZE, SIZE, 3))
    for i, scene in enumerate(drawn):
        images[i] = pixels(scene)
    images.flush()
    place = {id(scene): i for i, scene in enumerate(drawn)}
    part = folder / "scenes.part"
    with part.open("w") as file:
        for scene in scenes:
            extra = {"key": scene.skill.key, "summary": scene.summary, "caption": scene.caption, "reasoning": scene.reasoning}
            row = {**scene.record("train"), **extra, "facts": scene.facts, "picture": place.get(id(scene))}
            file.write(json.dumps(row) + "\n")
    part.rename(folder / "scenes.jsonl")
