"""Holding outputs to a grammar: its automaton comes compiled from the server, in bytes, and is stepped through in tokens.

It is what `server/src/inference/onnx/host/constrain/` does in the model host; both are given the same automata.
"""

import math
from functools import lru_cache

import numpy as np
import torch
from transformers import LogitsProcessor

from ..failure import Unusable

DEAD, ENDED = -1, -2
# States whose tokens are kept: within a text each allows nearly the whole vocabulary.
KEPT = 64


class Lexicon:
    """A model's tokens by how they are spelt."""

    def __init__(self, spelling: list[bytes], special: dict[int, str]):
        self.special = special
        self.lengths = np.array([len(one) for one in spelling], np.int32)
        self.longest = int(self.lengths.max(initial=0))
        self.bytes = np.zeros((len(spelling), self.longest), np.uint8)
        for token, one in enumerate(spelling):
            self.bytes[token, : len(one)] = np.frombuffer(one, np.uint8)
        self.by_bytes: dict[bytes, int] = {}
        for token, one in enumerate(spelling):
            if one and (token not in special or one not in self.by_bytes):
                self.by_bytes[one] = token

    def behind(self, state: int, steps: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """For each token the state behind it."""
        states = np.where(self.lengths > 0, state, DEAD).astype(np.int32)
        alive = np.flatnonzero(self.lengths > 0)
        for column in range(self.longest):
            alive = alive[self.lengths[alive] > column]
            states[alive] = steps[states[alive], classes[self.bytes[alive, column]]]
            alive = alive[states[alive] != DEAD]
        return states


class Hold:
    """A grammar in a model's tokens: which may come next, and how many it takes to an end."""

    def __init__(self, compiled: dict, lexicon: Lexicon, ends: list[int]):
        """@throws Unusable when the model's tokens cannot spell what the grammar asks for"""
        self.lexicon, self.ends = lexicon, [token for token in ends if token < len(lexicon.lengths)]
        self.classes, self.steps = np.array(compiled["classes"], np.int32), np.array(compiled["steps"], np.int32)
        self.accepting, self.ways_out = set(compiled["ends"]), compiled["waysOut"]
        texts = compiled["texts"]
        # A special token is no text, except where the format itself names it, as stage tags may be.
        self.unusable = set(ends) | {token for token, name in lexicon.special.items() if not any(name in text for text in texts)}
        self._to_end: dict[int, float] = {ENDED: 0}
        self.allowed = lru_cache(KEPT)(self._allowed)
        if not self.ends:
            raise Unusable("The model's files name no token that ends an answer, so no output can be held to a format.")
        unspelt = next((text for text in texts if not self._can_spell(text.encode())), None)
        if unspelt is not None or self.to_end(0) == math.inf:
            what = f'"{unspelt if unspelt is not None else "…".join(texts)}"'
            raise Unusable(f"The model's tokens cannot spell {what}, so its output cannot be held to this format.")

    def behind(self, state: int, token: int) -> int:
        """The state behind a token; what is not allowed comes behind an answer's end only."""
        tokens, states, _ = self.allowed(state)
        place = int(np.searchsorted(tokens, token))
        return int(states[place]) if place < len(tokens) and tokens[place] == token else ENDED

    def to_end(self, state: int) -> float:
        """How many tokens it takes from a state to an end, the end token not counted; infinite where it is not known."""
        if state not in self._to_end:
            states, text = [state], bytearray()
            while (byte := self.ways_out[states[-1]]) is not None:
                states.append(int(self.steps[states[-1], self.classes[byte]]))
                text.append(byte)
            self._to_end[states[-1]] = 0 if states[-1] in self.accepting else math.inf
            for i in reversed(range(len(text))):
                lengths = self._beginnings(bytes(text[i:]))
                self._to_end[states[i]] = 1 + min((self._to_end[states[i + length]] for length in lengths), default=math.inf)
        return self._to_end[state]

    def _allowed(self, state: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What may come in a state, by rising token: the tokens, the state behind each, and how many it then takes to an end."""
        behind = self.lexicon.behind(state, self.steps, self.classes)
        behind[[token for token in self.unusable if token < len(behind)]] = DEAD
        if state in self.accepting:
            behind[self.ends] = ENDED
        known, places = np.unique(behind, return_inverse=True)
        left = np.array([math.inf if one == DEAD else self.to_end(int(one)) for one in known])[places]
        tokens = np.flatnonzero(np.isfinite(left))
        return tokens, behind[tokens], left[tokens]

    def _beginnings(self, text: bytes) -> list[int]:
        """Lengths of the beginnings of a text that are a token each."""
        tokens = ((length, self.lexicon.by_bytes.get(text[:length])) for length in range(1, min(len(text), self.lexicon.longest) + 1))
        return [length for length, token in tokens if token is not None and token not in self.unusable]

    def _can_spell(self, text: bytes) -> bool:
        reached = {0}
        for i in range(len(text)):
            if i in reached:
                reached |= {i + length for length in self._beginnings(text[i:])}
        return len(text) in reached


class HeldRow:
    """One answer while it is written.

    When only as many tokens are left as it takes to an end, it is led there, so that there is an answer to read; the
    model still chooses whatever is left to choose, the letter above all.
    """

    def __init__(self, hold: Hold, limit: int):
        self.hold, self.state, self.left = hold, 0, limit
        # The limit has kept it from going on as it would have.
        self.is_cut = False

    def took(self, token: int):
        if self.state != ENDED:
            self.state = self.hold.behind(self.state, token)

    def held(self, scores: torch.Tensor) -> torch.Tensor:
        """The scores of the tokens that may come next; the others have none."""
        if self.state == ENDED:
            return scores
        tokens, _, left = self.hold.allowed(self.state)
        self.left -= 1
        if left.max() > self.left:
            near = left <= self.left if left.min() <= self.left else left == left.min()
            likeliest = int(scores[torch.from_numpy(tokens).to(scores.device)].argmax())
            self.is_cut = self.is_cut or not near[likeliest]
            tokens = tokens[near]
        places = torch.from_numpy(tokens).to(scores.device)
        return torch.full_like(scores, -torch.inf).index_copy(0, places, scores[places])


class Holding(LogitsProcessor):
    """Leaves each row of a batch the tokens that its grammar allows; a row of None is free."""

    def __init__(self, rows: list[HeldRow | None]):
        self.rows, self._has_begun = rows, False

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if self._has_begun:
            for row, token in zip(self.rows, input_ids[:, -1].tolist()):
                if row is not None:
                    row.took(token)
        self._has_begun = True
        return torch.stack([one if row is None else row.held(one) for row, one in zip(self.rows, scores)])


class Holds:
    """What a model's outputs can be held to: each grammar is worked out once, the tokens' spelling with the first."""

    def __init__(self, spelling, special: dict[int, str], ends: list[int]):
        """`spelling()`: how the tokens are spelt"""
        self._spelling, self._special, self._ends = spelling, special, ends
        self._lexicon: Lexicon | None = None
        self._known: list[tuple[list, Hold]] = []

    def learn(self, compiled: list[dict]):
        """Takes grammars as the server compiled them. @throws Unusable when the model cannot be held to one"""
        for one in compiled:
            if self._found(one["grammar"]) is None:
                self._lexicon = self._lexicon or Lexicon(self._spelling(), self._special)
                self._known.append((one["grammar"], Hold(one, self._lexicon, self._ends)))

    def of(self, grammar: list | None) -> Hold | None:
        return None if grammar is None else self._found(grammar)

    def _found(self, grammar: list) -> Hold | None:
        return next((hold for known, hold in self._known if known == grammar), None)
