"""Which examples each step sees: a function of seed, epoch and step alone, so that a resumed run goes on exactly."""

import math
import random

# Steps whose examples are sorted by length together: enough to leave little padding, few enough to stay random.
BUCKET = 16


class Plan:
    """Every epoch sees every example once; its last step may be smaller. A step holds `batch · accumulation` examples."""

    def __init__(self, lengths: list[int], batch: int, accumulation: int, epochs: int, seed: int):
        self.lengths, self.batch, self.seed = lengths, batch, seed
        self.together = batch * accumulation
        self.steps_an_epoch = math.ceil(len(lengths) / self.together)
        self.steps = self.steps_an_epoch * epochs
        self._epoch, self._order = -1, []

    def step(self, number: int) -> list[list[int]]:
        """The batches of a step (counted from 0), each a list of example indices of similar length."""
        epoch, within = divmod(number, self.steps_an_epoch)
        if epoch != self._epoch:
            self._epoch, self._order = epoch, self._epoch_order(epoch)
        chosen = self._order[within]
        return [chosen[start : start + self.batch] for start in range(0, len(chosen), self.batch)]

    def longest(self) -> list[int]:
        """The batch that needs the most memory."""
        return sorted(range(len(self.lengths)), key=lambda i: -self.lengths[i])[: self.batch]

    def _epoch_order(self, epoch: int) -> list[list[int]]:
        chance = random.Random(f"{self.seed} {epoch}")
        order = list(range(len(self.lengths)))
        chance.shuffle(order)
        steps = []
        for start in range(0, len(order), BUCKET * self.together):
            bucket = sorted(order[start : start + BUCKET * self.together], key=lambda i: (self.lengths[i], i))
            steps += [bucket[first : first + self.together] for first in range(0, len(bucket), self.together)]
        chance.shuffle(steps)
        return steps
