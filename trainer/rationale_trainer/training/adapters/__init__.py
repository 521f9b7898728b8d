"""What of a student learns: the table of adapters. An adapter is one file here and one line in the table.

`attach` freezes everything that does not learn; `merge`, at the end, leaves an ordinary model.
"""

from dataclasses import dataclass
from typing import Callable

from ...families.base import Family
from . import lora, prefix, whole


@dataclass(frozen=True)
class Adapter:
    # (family, the recipe's adapter, the recipe's frozen parts)
    attach: Callable[[Family, dict, list[str]], None]
    merge: Callable[[Family], None]


ADAPTERS = {
    "none": Adapter(whole.attach, whole.merge),
    "lora": Adapter(lora.attach, lora.merge),
    "prefix": Adapter(prefix.attach, prefix.merge),
}


def trainable(family: Family) -> dict:
    """The parameters that learn, by name."""
    found = {name: parameter for name, parameter in family.model.named_parameters() if parameter.requires_grad}
    if family.prefix is not None:
        found |= {f"prefix.{name}": parameter for name, parameter in family.prefix.named_parameters() if parameter.requires_grad}
    return found
