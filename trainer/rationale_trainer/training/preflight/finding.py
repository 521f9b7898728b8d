"""What a check found."""

from dataclasses import dataclass
from typing import Callable, Iterator


@dataclass(frozen=True)
class Finding:
    code: str
    severity: str  # error or warning
    message: str
    example: str | None = None  # id of the first example that shows it

    def as_json(self) -> dict:
        return {name: value for name, value in vars(self).items() if value is not None}


def of_examples(examples, shows: Callable, code: str, what: str, way: str, severity: str = "error") -> Iterator[Finding]:
    """One finding for all examples for which `shows` is true: `what` goes on after "N of M examples ", `way` is what to do."""
    found = [example.id for example in examples if shows(example)]
    if found:
        yield Finding(code, severity, f"{len(found)} of {len(examples)} examples {what} (the first is {found[0]}): {way}.", found[0])
