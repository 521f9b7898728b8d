"""Hugging Face `generate` over records of a dataset: the opponent of the bench and the reference of the goldens."""

import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from .chat import prompt_ids
from .export import load_exported
from .prompts import messages


class Runner:
    """An exported folder as PyTorch runs it: prompts, pixels and greedy tokens."""

    def __init__(self, folder: Path):
        self.model, self.tokenizer = load_exported(folder)
        settings = json.loads((folder / "preprocessor_config.json").read_text())
        self.size = (settings["size"]["width"], settings["size"]["height"])
        self.mean, self.std = settings["image_mean"], settings["image_std"]

    def prompt(self, record: dict, setting: int, image: str | None) -> list[int]:
        return prompt_ids(self.tokenizer, messages(record, setting, image), self.model.config.image_seq_length)

    def pixels(self, path: Path) -> torch.Tensor:
        """float32 [3, height, width], resized bicubically where needed and normalised."""
        image = Image.open(path).convert("RGB")
        if image.size != self.size:
            image = image.resize(self.size, Image.Resampling.BICUBIC)
        array = (np.asarray(image, dtype=np.float32) / 255 - np.float32(self.mean)) / np.float32(self.std)
        return torch.from_numpy(array.astype(np.float32)).permute(2, 0, 1)

    @torch.inference_mode()
    def tokens(self, prompts: list[list[int]], pixels: list[torch.Tensor]) -> list[list[int]]:
        """Greedy tokens after prompts of one length, without the end token; `pixels` for all of them or none."""
        ids = torch.tensor(prompts)
        pictures = {"pixel_values": torch.stack(pixels)} if pixels else {}
        found = self.model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), **pictures)[:, ids.shape[1] :]
        end = self.model.generation_config.eos_token_id
        return [row[: row.index(end)] if end in row else row for row in found.tolist()]

    def text(self, tokens: list[int]) -> str:
        return self.tokenizer.decode(tokens, skip_special_tokens=False)


def image_path(dataset: Path, identifier: str, record: dict) -> Path | None:
    return dataset.parent / "images" / record["split"] / identifier / record["image"] if record["image"] else None


def generate(folder: Path, dataset: Path, split: str | None, limit: int | None, setting: int, batch: int, threads: int):
    """Prints a JSON line per record {id, output, tokens} and a last one {records, tokens, seconds, recordsPerSecond}.

    The clock runs over reading images, rendering prompts and generating; loading the model is not counted.
    """
    torch.set_num_threads(threads)
    runner = Runner(folder)
    records = {key: record for key, record in json.loads(dataset.read_text()).items() if split in (None, record["split"])}
    chosen = list(records.items())[:limit]
    begun = time.perf_counter()
    groups = defaultdict(list)
    for identifier, record in chosen:
        path = image_path(dataset, identifier, record)
        prompt = runner.prompt(record, setting, record["image"])
        groups[len(prompt), path is not None].append((identifier, prompt, path))
    written = 0
    for (_, pictured), members in groups.items():
        for start in range(0, len(members), batch):
            rows = members[start : start + batch]
            pixels = [runner.pixels(path) for _, _, path in rows] if pictured else []
            for (identifier, _, _), tokens in zip(rows, runner.tokens([prompt for _, prompt, _ in rows], pixels)):
                written += len(tokens)
                print(json.dumps({"id": identifier, "output": runner.text(tokens), "tokens": len(tokens)}))
    seconds = time.perf_counter() - begun
    total = {"records": len(chosen), "tokens": written, "seconds": round(seconds, 3)}
    print(json.dumps({**total, "recordsPerSecond": round(len(chosen) / seconds, 2), "batch": batch, "threads": threads}))
