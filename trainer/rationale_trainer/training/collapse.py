"""Signs that a student has stopped answering, seen in its raw outputs alone."""

import re
from collections import Counter

TAG = re.compile(r"<[^<>]{1,40}>")
LETTER = re.compile(r"\b[A-Z]\b")
# The share of outputs that must show a sign, how many outputs a sign needs, and how often a loop goes round.
SHARE, FEWEST, ROUNDS = 0.5, 4, 4
# One letter alone is a sign when nearly every output ends with it though the right letters differ.
ONE_LETTER = 0.95


def collapse(outputs: list[str], letters: list[str | None]) -> tuple[str, str] | None:
    """The kind of collapse and a sentence about it. `letters` are the right ones."""
    if len(outputs) < FEWEST:
        return None
    n = len(outputs)
    empty = sum(is_empty(output) for output in outputs)
    if empty >= SHARE * n:
        return "empty", f"{empty} of {n} outputs hold no text."
    loops = sum(is_loop(output) for output in outputs)
    if loops >= SHARE * n:
        return "loops", f"{loops} of {n} outputs end by saying the same over and over."
    right = {letter for letter in letters if letter}
    letter, count = Counter(filter(None, map(last_letter, outputs))).most_common(1)[0] if any(map(last_letter, outputs)) else ("", 0)
    if len(right) > 1 and count >= ONE_LETTER * n and sum(one == letter for one in letters) < ONE_LETTER * n:
        return "one-letter", f"{count} of {n} outputs answer {letter}, whatever was asked."
    return None


def text_of(output: str) -> str:
    return TAG.sub(" ", output).strip()


def is_empty(output: str) -> bool:
    return not text_of(output)


def last_letter(output: str) -> str | None:
    found = LETTER.findall(text_of(output))
    return found[-1] if found else None


def is_loop(output: str) -> bool:
    """Whether the output ends with ROUNDS or more times the same words (or characters, in one long word)."""
    words = text_of(output).split()
    for pieces in (words, list(words[-1]) if words else []):
        for size in range(1, len(pieces) // ROUNDS + 1):
            end = pieces[-size:]
            if all(pieces[len(pieces) - size * (turn + 1) : len(pieces) - size * turn] == end for turn in range(ROUNDS)):
                if pieces is words or size * ROUNDS >= 12:
                    return True
    return False
