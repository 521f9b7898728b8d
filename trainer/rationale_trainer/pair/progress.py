"""Progress lines and checkpoints of a stage."""

import os
import time
from pathlib import Path

import torch

EVERY = 60  # seconds between progress lines and checkpoints
EVALUATE_EVERY = 300  # seconds between evaluations


class Checkpoint:
    """The state of named modules and optimisers at a step, in one file that is replaced whole."""

    def __init__(self, path: Path, parts: dict):
        self.path, self.parts = path, parts

    def load(self) -> int:
        """The step to go on from: 0 without a file."""
        if not self.path.exists():
            return 0
        states = torch.load(self.path, weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(states[name])
        return states["step"]

    def save(self, step: int):
        states = {name: part.state_dict() for name, part in self.parts.items()}
        part = self.path.with_suffix(".part")
        torch.save({"step": step, **states}, part)
        os.replace(part, self.path)


class Progress:
    """Means of what was counted since the last line, printed about once a minute with rate and time left."""

    def __init__(self, name: str, steps: int, batch: int, step: int):
        self.name, self.steps, self.batch, self.step = name, steps, batch, step
        self.begun = self.last = self.evaluated = time.monotonic()
        self.first = step
        self.sums: dict[str, list[float]] = {}

    def count(self, **numbers: float):
        for name, number in numbers.items():
            self.sums.setdefault(name, []).append(number)

    def due(self, step: int) -> bool:
        """Call once a step; prints and returns True when a minute has passed and at the end."""
        now = time.monotonic()
        if now - self.last < EVERY and step + 1 < self.steps:
            return False
        done = step + 1 - self.first
        rate = done / (now - self.begun)
        means = "  ".join(f"{name} {sum(values) / len(values):.4f}" for name, values in self.sums.items() if values)
        left = (self.steps - step - 1) / rate / 60
        print(f"{self.name}: step {step + 1}/{self.steps}  {rate * self.batch:.0f} records/s  {left:.1f} min left  {means}", flush=True)
        self.last = now
        self.sums.clear()
        return True

    def evaluate(self, step: int) -> bool:
        """True when an evaluation is due: every five minutes and at the end."""
        now = time.monotonic()
        if now - self.evaluated < EVALUATE_EVERY and step + 1 < self.steps:
            return False
        self.evaluated = now
        return True
