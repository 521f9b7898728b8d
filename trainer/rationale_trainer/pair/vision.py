"""The vision tower's two stages, on what the drawer knows about a picture. It stays frozen from then on.

First every fact is to be read from the class token and the mean of the patches, which trains fast. Then the tower
learns to spell: the n-th image token is to say which fact it is and what its value is. A decoder that finds its facts
one to a token, each value in the same direction wherever it stands, learns to read pictures many times sooner.
"""

import random
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from .configuration import Stage
from .draws import Draw
from .model import pixel_values, vision_features
from .optimiser import Optimiser
from .progress import Checkpoint, Progress
from .team import Team

ABSENT = -100


class Facts:
    """Numbers for facts ("skill.fact") and for values, which facts share."""

    def __init__(self, scenes):
        self.names: dict[str, int] = {}
        self.values: dict[str, int] = {}
        self.longest = max(len(scene["facts"]) for scene in scenes)
        for scene in scenes:
            for fact, value in scene["facts"].items():
                self.names.setdefault(f"{scene['key']}.{fact}", len(self.names))
                self.values.setdefault(str(value), len(self.values))

    def targets(self, scenes) -> torch.Tensor:
        """int64 [2, n, longest]: name and value of each scene's n-th fact, ABSENT past its last."""
        targets = torch.full((2, len(scenes), self.longest), ABSENT)
        for row, scene in enumerate(scenes):
            for place, (fact, value) in enumerate(scene["facts"].items()):
                targets[0, row, place] = self.names[f"{scene['key']}.{fact}"]
                targets[1, row, place] = self.values.get(str(value), ABSENT)
        return targets


class PooledHead(torch.nn.Module):
    """One softmax over the values for every fact, from the class token and the mean of the patches."""

    def __init__(self, width: int, facts: Facts):
        super().__init__()
        self.norm = torch.nn.LayerNorm(2 * width)
        self.output = torch.nn.Linear(2 * width, len(facts.names) * len(facts.values))
        self.shape = (len(facts.names), len(facts.values))

    def forward(self, features, targets):
        """Features [n, tokens, width], targets [2, n, longest] -> loss, and whether each fact is right."""
        pooled = torch.cat([features[:, 0], features[:, 1:].mean(1)], -1)
        logits = self.output(self.norm(pooled)).unflatten(-1, self.shape)
        names, values = targets
        known = values != ABSENT
        rows = torch.arange(len(features))[:, None].expand_as(names)[known]
        found, wanted = logits[rows, names[known]], values[known]
        return cross_entropy(found, wanted), found.argmax(-1) == wanted


class SpellingHead(torch.nn.Module):
    """Name and value of the n-th fact from the n-th image token after the class token, with one softmax for all places."""

    def __init__(self, width: int, facts: Facts):
        super().__init__()
        self.norm = torch.nn.LayerNorm(width)
        self.name = torch.nn.Linear(width, len(facts.names))
        self.value = torch.nn.Linear(width, len(facts.values))

    def forward(self, features, targets):
        """As PooledHead."""
        names, values = targets
        known = values != ABSENT
        spelled = self.norm(features[:, 1 : 1 + names.shape[1]][known])
        found, wanted = self.value(spelled), values[known]
        return cross_entropy(found, wanted) + cross_entropy(self.name(spelled), names[known]), found.argmax(-1) == wanted


HEADS = {"vision": PooledHead, "spelling": SpellingHead}


def train_tower(name: str, model, stage: Stage, draw: Draw, held_out: Draw, width: int, work: Path, processes: int):
    """Trains the vision tower of `model` with the head of that name and writes NAME.pt, the tower's state."""
    tower = model.model.vision_tower
    facts = Facts(draw.scenes)
    head = HEADS[name](width, facts)
    pictured = [i for i, scene in enumerate(draw.scenes) if scene["picture"] is not None]
    targets = facts.targets(draw.scenes)
    with Team(processes) as team:
        optimiser = Optimiser([tower, head], stage, team)
        checkpoint = Checkpoint(work / f"{name}.checkpoint", {"tower": tower, "head": head, "optimiser": optimiser})
        progress = Progress(name, stage.steps, stage.batch, checkpoint.load())
        model.train()
        for step in range(progress.step, stage.steps):
            batch = team.share(random.Random(f"{name} {step}").sample(pictured, stage.batch))
            loss, right = head(vision_features(model, pixel_values(draw.pictures(batch))), targets[:, batch])
            optimiser.step(loss, step)
            progress.count(loss=loss.item(), right=right.float().mean().item())
            if team.leads and progress.due(step):
                checkpoint.save(step + 1)
    print(f"{name}: facts right on held-out pictures {held_out_facts(model, head, facts, held_out):.3f}", flush=True)
    torch.save(tower.state_dict(), work / f"{name}.pt")


@torch.inference_mode()
def held_out_facts(model, head, facts: Facts, draw: Draw, group: int = 256) -> float:
    model.eval()
    pictured = [i for i, scene in enumerate(draw.scenes) if scene["picture"] is not None]
    right = []
    for start in range(0, len(pictured), group):
        part = pictured[start : start + group]
        targets = facts.targets([draw.scenes[i] for i in part])
        right.append(head(vision_features(model, pixel_values(draw.pictures(part))), targets)[1])
    return torch.cat(right).float().mean().item()


@torch.inference_mode()
def write_features(model, draw: Draw, path: Path, group: int = 256):
    """The tower's output for every picture of a draw: float16 [pictures, image tokens, width]."""
    part, features = path.with_suffix(".part"), None
    for start in range(0, len(draw.images), group):
        found = vision_features(model, pixel_values(draw.images[start : start + group].copy())).half().numpy()
        if features is None:
            features = np.lib.format.open_memmap(part, "w+", np.float16, (len(draw.images), *found.shape[1:]))
        features[start : start + group] = found
    features.flush()
    part.rename(path)
