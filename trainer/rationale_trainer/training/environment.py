"""What a run ran with: versions, device, git state. And the probe for a torchvision that does not belong to this PyTorch."""

import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
import torch

PACKAGES = ("torch", "transformers", "tokenizers", "accelerate", "peft", "safetensors", "numpy", "pillow", "torchvision")


def environment(folder: Path, device: torch.device, processes: int) -> dict:
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "device": device_name(device),
        "processes": processes,
        "threads": torch.get_num_threads(),
        "memory_bytes": psutil.virtual_memory().total,
        "git": git_state(folder),
    }


def device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def memory_used(device: torch.device) -> int:
    """Bytes: the greatest so far on a GPU, what the process holds now elsewhere."""
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else psutil.Process().memory_info().rss


def git_state(folder: Path) -> dict | None:
    """The commit of the folder's repository and whether files differ from it; None outside one or without git."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=20).stdout

    try:
        return {"commit": git("rev-parse", "HEAD").strip(), "changed": bool(git("status", "--porcelain", "--untracked-files=no").strip())}
    except (OSError, subprocess.SubprocessError):
        return None


def broken_torchvision() -> str | None:
    """Why torchvision cannot be imported, though it is installed: transformers would fail on every model with another message.

    It is tried in a process of its own, as a failed import leaves half of it behind.
    """
    if _version("torchvision") is None:
        return None
    probe = subprocess.run([sys.executable, "-c", "import torchvision"], capture_output=True, text=True)
    return None if probe.returncode == 0 else probe.stderr.strip().splitlines()[-1]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
