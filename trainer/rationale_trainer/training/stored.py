"""Tensors that are computed once and kept by content, in files of at most SHARD items each.

Image features of a frozen tower, a teacher's log-probabilities and a reference model's are all of this kind. A file is
written whole and then renamed; after a kill, what is there is used and the rest is computed. With several processes each
computes its share of the files. A file's time is that of its last use.
"""

import hashlib
import os
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Callable

import torch
from safetensors import safe_open
from safetensors.torch import save_file

SHARD = 64


class Stored:
    def __init__(self, folder: Path, accelerator, tell: Callable[[str, int, int], None]):
        """`tell` hears of what is being computed: the folder's name, how many are done, of how many."""
        self.folder, self.accelerator, self.tell = folder, accelerator, tell
        self.memory: dict[str, torch.Tensor] = {}

    def fill(self, keys: list[str], compute: Callable[[list[str]], list[torch.Tensor]], keep: bool):
        """Computes what is missing, SHARD keys at a time: `compute` gives a tensor for each of the keys it is asked for.

        Which keys are computed together depends on `keys` alone, not on what a killed run left, so that the numbers are
        the same to the last bit. Without `keep` nothing is written.
        """
        keys = list(dict.fromkeys(keys))
        if not keep:
            self.memory |= {key: tensor.detach().cpu() for key, tensor in zip(keys, compute(keys))}
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        shards = [keys[start : start + SHARD] for start in range(0, len(keys), SHARD)]
        files = [self.folder / f"{digest(*shard)[:32]}.safetensors" for shard in shards]
        accelerator = self.accelerator
        missing = [pair for pair in zip(shards, files) if not pair[1].exists()]
        for shard, file in missing[accelerator.process_index :: accelerator.num_processes]:
            tensors = compute(shard)
            # Another run may be computing the same file.
            partial = file.with_suffix(f".{os.getpid()}.partial")
            save_file({key: tensor.detach().contiguous().cpu() for key, tensor in zip(shard, tensors)}, partial)
            os.replace(partial, file)
            self.tell(self.folder.name, sum(len(items) for items, path in zip(shards, files) if path.exists()), len(keys))
        accelerator.wait_for_everyone()
        for shard, file in zip(shards, files):
            os.utime(file)
            with safe_open(file, "pt") as opened:
                # The file is mapped, not read: what is not used costs no memory.
                self.memory |= {key: opened.get_tensor(key) for key in shard}

    def __getitem__(self, key: str) -> torch.Tensor:
        return self.memory[key]


def keep_within(folder: Path, limit: float, since: float):
    """Takes files away until the folder holds no more than `limit` bytes: those whose last use is longest ago, none used `since`."""
    files = sorted((file.stat().st_mtime, file.stat().st_size, file) for file in folder.glob("*") if file.is_file())
    excess = sum(size for _, size, _ in files) - limit
    for used, size, file in files:
        if excess <= 0 or used >= since:
            return
        # Another run may have taken it away, or have it open where that forbids it.
        with suppress(OSError):
            file.unlink()
            excess -= size


def silent(what: str, done: int, total: int):
    """For computations that nobody waits for."""


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@lru_cache(maxsize=65536)
def file_digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def weights_digest(module: torch.nn.Module) -> str:
    """Of a module's weights, whatever device they are on."""
    found = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        found.update(name.encode())
        found.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return found.hexdigest()
