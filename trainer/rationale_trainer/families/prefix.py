"""A learnt prefix as part of a model, and its file. What learns it is training/adapters/prefix.py.

Prefix tuning (Li and Liang 2021, section 4): every layer attends to keys and values that are learnt, before all tokens.
The keys and values themselves are the parameters (no network makes them). They enter as an already filled cache, which
every family's text model takes; PEFT's own version fails in training where positions come from the mask (Qwen2-VL).
"""

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import DynamicCache

FILE = "prefix.safetensors"


class Prefix(torch.nn.Module):
    def __init__(self, keys_and_values: torch.Tensor, layers: list[int] | None = None):
        """[layers, 2, key heads, tokens, head width], for the text model's layers of these numbers, else for all."""
        super().__init__()
        self.keys_and_values = torch.nn.Parameter(keys_and_values)
        self.layers = list(range(len(keys_and_values))) if layers is None else layers

    @property
    def tokens(self) -> int:
        return self.keys_and_values.shape[3]

    def fill(self, cache: DynamicCache, rows: int) -> DynamicCache:
        for layer, (keys, values) in zip(self.layers, self.keys_and_values):
            cache.update(keys.expand(rows, -1, -1, -1), values.expand(rows, -1, -1, -1), layer)
        return cache

    def save(self, folder: Path):
        save_file({"keys_and_values": self.keys_and_values.detach().cpu().contiguous(), "layers": torch.tensor(self.layers)}, folder / FILE)


def load_prefix(folder: Path) -> Prefix | None:
    """The prefix of a model folder, if it has one."""
    if not (folder / FILE).exists():
        return None
    stored = load_file(folder / FILE)
    return Prefix(stored["keys_and_values"], stored["layers"].tolist())
