"""A tiny random model in the layout of an export, for tests that need a model and not its answers."""

from pathlib import Path

import torch

from .chat import train_tokenizer
from .export import export_model
from .pair.configuration import Architecture
from .pair.model import PIXEL_MEAN, PIXEL_STD, build
from .pair.sequences import text_for_tokenizer
from .sketchbook.draw import draw

TINY = Architecture(text_width=64, text_layers=2, text_mlp=96, vision_width=32, vision_layers=1, vision_mlp=64, patch=48)
VOCABULARY, RECORDS = 600, 300


def write_untrained(folder: Path, seed: int):
    scenes = [draw(i) for i in range(RECORDS)]
    records = [{**s.record("train"), "summary": s.summary, "caption": s.caption, "reasoning": s.reasoning} for s in scenes]
    tokenizer = train_tokenizer(map(text_for_tokenizer, records), VOCABULARY)
    model = build(TINY, tokenizer.get_vocab_size(), seed)
    with torch.no_grad():
        # No two weights may be equal: the exporter would merge them.
        for parameter in model.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    export_model(model, tokenizer, folder, PIXEL_MEAN, PIXEL_STD)
