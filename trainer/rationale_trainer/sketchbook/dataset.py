"""The sample dataset in the repository: problems.json, pid_splits.json and images/<split>/<id>/image.png."""

import json
from pathlib import Path

from .draw import Seen, draw
from .scene import Scene
from .skills import SKILLS

RECORDS, SEED = 400, 7
SHARES = {"train": 0.25, "val": 0.15, "test": 0.6}


def sample(records: int = RECORDS, seed: int = SEED) -> list[tuple[Scene, str]]:
    """Scenes with their splits. Skills take turns within a split; no picture or full text occurs twice."""
    seen, chosen, skills = Seen(), [], list(SKILLS)
    draws = iter(range(seed * 1_000_000, (seed + 1) * 1_000_000))
    for split, share in SHARES.items():
        for i in range(round(records * share)):
            scene = next(scene for scene in (draw(s, skills[i % len(skills)]) for s in draws) if scene not in seen)
            seen.add(scene)
            chosen.append((scene, split))
    return chosen


def write_sample(folder: Path, records: int = RECORDS, seed: int = SEED):
    """Writes the dataset; the same arguments write the same bytes."""
    problems, splits = {}, {split: [] for split in SHARES}
    for number, (scene, split) in enumerate(sample(records, seed), start=1):
        problems[str(number)] = scene.record(split)
        splits[split].append(str(number))
        write_image(folder, scene, split, str(number))
    write_json(folder / "problems.json", problems)
    write_json(folder / "pid_splits.json", splits)


def write_image(folder: Path, scene: Scene, split: str, identifier: str):
    if scene.image is not None:
        path = folder / "images" / split / identifier / "image.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        scene.image.save(path, optimize=True)


def write_json(path: Path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=4, ensure_ascii=False) + "\n", encoding="utf-8")
