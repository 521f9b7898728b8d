"""What happens between two tokens: who is finished is told at once, and the others are watched."""

import time

import torch
from transformers import StoppingCriteria

# Seconds between two looks at what is written so far.
LOOK_EVERY = 0.1


class Listening(StoppingCriteria):
    """Ends each row by itself: at an end token, at a text that ends answers, or at its own limit.

    `on_finished(row, tokens, reason)` is told of each row once; `on_step(written)` of what the others have written.
    """

    def __init__(self, start: int, limits: list[int], ends: list[int], stops: list[str], decode, on_finished, on_step):
        self.start, self.limits, self.ends, self.stops, self.decode = start, limits, set(ends), stops, decode
        self.on_finished, self.on_step = on_finished, on_step
        self.running = set(range(len(limits)))
        self._looked = 0.0

    def __call__(self, input_ids: torch.Tensor, scores, **_) -> torch.Tensor:
        written = input_ids[:, self.start :].tolist()
        for row in sorted(self.running):
            reason = self._reason(row, written[row])
            if reason:
                self.running.discard(row)
                self.on_finished(row, written[row], reason)
        now = time.monotonic()
        if self.running and now - self._looked >= LOOK_EVERY:
            self._looked = now
            self.on_step({row: written[row] for row in self.running})
        return torch.tensor([row not in self.running for row in range(len(written))], device=input_ids.device)

    def _reason(self, row: int, tokens: list[int]) -> str | None:
        if tokens[-1] in self.ends:
            return "stop"
        # A text that ends answers may begin in any of the last tokens.
        if self.stops and any(stop in self.decode(tokens[-_longest(self.stops) :]) for stop in self.stops):
            return "stop"
        return "length" if len(tokens) >= self.limits[row] else None


def _longest(stops: list[str]) -> int:
    """Of so many tokens a text consists at most: each has at least one byte."""
    return max(len(stop.encode()) for stop in stops)
