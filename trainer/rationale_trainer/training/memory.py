"""Telling an allocation that failed from other errors: PyTorch reports it in several ways."""

import torch


def is_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    words = str(error).lower()
    return isinstance(error, RuntimeError) and any(sign in words for sign in ("out of memory", "can't allocate memory", "not enough memory", "cannot allocate memory"))
