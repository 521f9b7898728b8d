"""Tiny models with random weights, one for each architecture, in the layout of a model repository: for tests that need
a real model of a kind and not its answers. Each is made in a second and takes part in everything a big one does."""

from pathlib import Path

from .other import KOSMOS_2, VILT
from .tiled import IDEFICS3, INTERNVL, LLAVA_NEXT, LLAVA_ONEVISION, MLLAMA, PHI3_V, SMOLVLM
from .whole import GEMMA_3, LLAVA, MOONDREAM, PALIGEMMA, PIXTRAL, QWEN2_5_VL, QWEN2_VL, QWEN3_VL
from .writing import write

TINY = {
    "llava": LLAVA,
    "llava-next": LLAVA_NEXT,
    "llava-onevision": LLAVA_ONEVISION,
    "pixtral": PIXTRAL,
    "qwen2-vl": QWEN2_VL,
    "qwen2.5-vl": QWEN2_5_VL,
    "qwen3-vl": QWEN3_VL,
    "gemma-3": GEMMA_3,
    "internvl": INTERNVL,
    "paligemma": PALIGEMMA,
    "idefics3": IDEFICS3,
    "smolvlm": SMOLVLM,
    "mllama": MLLAMA,
    "moondream": MOONDREAM,
    "phi3-v": PHI3_V,
    "kosmos-2": KOSMOS_2,
    "vilt": VILT,
}


def write_tiny(architecture: str, folder: Path, seed: int = 0):
    """Writes the folder: config, weights, tokenizer, chat template, and what the processors are made from."""
    write(TINY[architecture], folder, seed)
