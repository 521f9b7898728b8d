"""`train RUNFOLDER`: runs it and says in one sentence what ended it. Exit status: 0 done or stopped, 1 broken off, 2 unusable."""

import errno
import os
import sys
from pathlib import Path

from ..failure import Failed, Stopped, Unusable
from .environment import broken_torchvision
from .events import Events
from .memory import is_out_of_memory

DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DISK_WORDS = ("no space left", "file too large", "disk quota", "pytorchstreamwriter failed", "inline_container")
GPU_WORDS = ("cuda error", "device-side", "nccl error", "mps backend")


def train_command(folder: Path, check: bool) -> int:
    try:
        broken = broken_torchvision()
        if broken:
            raise Unusable(f"torchvision cannot be imported ({broken}), and transformers would fail on every model: install the torchvision of this PyTorch, or uninstall it, as training does not need it.")
        from .train import train

        train(folder, check)
        return 0
    except Stopped:
        steps = [int(path.name.removeprefix("step-")) for path in (folder / "checkpoints").glob("step-*")]
        Events(folder / "events.jsonl", _leads()).write("stopped", step=max(steps, default=0), reason="Asked to stop before the first step; started again, the run goes on from here.")
        return 0
    except Unusable as error:
        return _ended(folder, str(error), "", 2)
    except Failed as error:
        return _ended(folder, str(error), error.way_on, 1)
    except Exception as error:
        known = explain(error, folder)
        if known is None:
            raise
        return _ended(folder, *known, 1)


def explain(error: Exception, folder: Path) -> tuple[str, str] | None:
    """What happened and the way on, for errors of the machine."""
    words = str(error).lower()
    found = sorted((folder / "checkpoints").glob("step-*"))
    kept = f"checkpoints/{found[-1].name} is whole" if found else "there was no checkpoint yet"
    if (isinstance(error, OSError) and error.errno in DISK) or any(sign in words for sign in DISK_WORDS):
        return f"The disk of {folder} is full; {kept}.", "To go on, free some space and start the run again."
    if is_out_of_memory(error):
        return f"Out of memory; {kept}.", "To go on, free memory and start again, or start a new run with a smaller batch and as much more accumulation."
    if any(sign in words for sign in GPU_WORDS):
        return f"The GPU was lost ({str(error).splitlines()[0]}); {kept}.", "To go on, start the run again once the GPU answers."
    return None


def _leads() -> bool:
    """Whether this is the one of several processes that writes."""
    return os.environ.get("RANK", "0") == "0"


def _ended(folder: Path, message: str, way_on: str, status: int) -> int:
    print(f"{message} {way_on}".strip(), file=sys.stderr)
    if (folder / "run.yaml").is_file():
        try:
            Events(folder / "events.jsonl", _leads()).write("failed", message=message, way_on=way_on)
        except OSError:
            # On a full disk there is no place for it; stderr has said it.
            pass
    return status
