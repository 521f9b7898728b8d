"""On which device, and in which precision, a model of a given size runs."""

from dataclasses import dataclass
from pathlib import Path

import psutil
import torch
from safetensors import SafetensorError, safe_open

from ..failure import Unusable

# What runs needs more than the weights: images, caches, the runtime itself.
ROOM = 1.15


@dataclass(frozen=True)
class Place:
    # "auto" spreads the model over all GPUs.
    device_map: str
    dtype: torch.dtype
    words: str
    # Why it is not the device that was asked for; one sentence.
    notice: str | None = None


def place(folder: Path, wish: str) -> Place:
    """`wish`: "auto", "cuda" or "cpu". @throws Unusable when the model fits nowhere, or not where it was wished"""
    if wish == "cuda" and not torch.cuda.is_available():
        raise Unusable(f"PyTorch {torch.__version__} has no CUDA here: {_why_no_cuda()}.")
    parameters = parameters_of(folder)
    refusal = None
    if wish != "cpu" and torch.cuda.is_available():
        dtype = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        count, needed = torch.cuda.device_count(), 2 * parameters * ROOM
        free = [torch.cuda.mem_get_info(i)[0] for i in range(count)]
        best = max(range(count), key=free.__getitem__)
        if needed <= free[best]:
            return Place(f"cuda:{best}", dtype, _words(torch.cuda.get_device_name(best), dtype))
        if needed <= sum(free):
            return Place("auto", dtype, _words(f"{count} × {torch.cuda.get_device_name(best)}", dtype))
        lack = f"The model needs {_gigabytes(needed)} and the GPU has {_gigabytes(free[best])} free"
        if wish == "cuda":
            raise Unusable(f"{lack}.")
        refusal = f"{lack}: it runs on the CPU instead."
    elif wish != "cpu" and torch.backends.mps.is_available():
        return Place("mps", torch.float16, _words("MPS", torch.float16))
    free = psutil.virtual_memory().available
    for dtype, width in ((torch.float32, 4), (torch.bfloat16, 2)):
        if width * parameters * ROOM <= free:
            threads = torch.get_num_threads()
            return Place("cpu", dtype, _words(f"CPU ({threads} thread{'' if threads == 1 else 's'})", dtype), refusal)
    raise Unusable(f"The model does not fit: it needs {_gigabytes(2 * parameters * ROOM)} in bf16, and {_gigabytes(free)} of memory are free.")


def _why_no_cuda() -> str:
    if torch.version.cuda is None:
        return "it was built without it; install the build for CUDA, or choose auto or cpu"
    return "no NVIDIA card with a driver was found; choose auto or cpu"


def parameters_of(folder: Path) -> int:
    """How many numbers the weights hold, from the headers of their files."""
    total = 0
    for file in folder.glob("*.safetensors"):
        try:
            with safe_open(file, framework="pt") as weights:
                total += sum(torch.Size(weights.get_slice(name).get_shape()).numel() for name in weights.keys())
        except (OSError, SafetensorError) as error:
            raise Unusable(f"The weights in {file} cannot be read: {str(error).rstrip('.')}.") from error
    return total


def _words(device: str, dtype: torch.dtype) -> str:
    names = {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}
    return f"{device}, {names[dtype]}"


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:.1f} GB"
