"""What the student writes for the evaluation's fixed examples, every so many steps."""

import json
import os
from pathlib import Path
from typing import Callable

import torch
from accelerate.utils import gather_object

from ..failure import Cut
from ..families.base import Family
from ..families.sequences import Sequence
from .collapse import collapse, is_empty, text_of
from .events import Events
from .objectives.base import Tokens
from .run_folder import RunFolder
from .vision import Vision

ROWS = 32


class Evaluation:
    def __init__(self, run: RunFolder, family: Family, vision: Vision, accelerator, events: Events):
        self.run, self.family, self.vision, self.accelerator, self.events = run, family, vision, accelerator, events
        self.examples = run.evaluation
        self.sequences = [family.encode(example.messages, example.images, example.target) for example in self.examples]

    @property
    def pictures(self):
        return [picture for sequence in self.sequences for picture in sequence.pictures]

    @torch.no_grad()
    def run_at(self, step: int, asked: Callable[[], bool]) -> str | None:
        """Writes samples and events. Returns a sentence when the student has collapsed.

        @throws Cut, in every process, when one of them was `asked` to stop meanwhile: nothing is written then
        """
        own = range(self.accelerator.process_index, len(self.examples), self.accelerator.num_processes)
        found = self._answered([self.sequences[i] for i in own], asked)
        if not all(gather_object([found is not None])):
            raise Cut
        written, losses = found
        lines = sorted(gather_object(list(zip(own, written))))
        totals = gather_object([(sum(total for total, _ in losses), sum(tokens for _, tokens in losses))])
        outputs = [self.family.decode(tokens) for _, tokens in lines]
        file = Path("samples") / f"step-{step:06d}.jsonl"
        if self.accelerator.is_main_process:
            self._write(self.run.path / file, outputs, [len(tokens) for _, tokens in lines])
        words = [word for output in outputs for word in text_of(output).lower().split()]
        self.events.write(
            "evaluation",
            step=step,
            file=str(file),
            loss=sum(total for total, _ in totals) / max(1, sum(tokens for _, tokens in totals)),
            empty=sum(map(is_empty, outputs)) / len(outputs),
            distinct_words=len(set(words)),
            length=sum(len(tokens) for _, tokens in lines) / len(lines),
        )
        found = collapse(outputs, [example.letter for example in self.examples]) if step > 0 else None
        if found is None:
            return None
        self.events.write("collapse", step=step, kind=found[0], message=found[1], file=str(file))
        return found[1]

    def _answered(self, sequences: list[Sequence], asked: Callable[[], bool]) -> tuple[list[list[int]], list[tuple[float, int]]] | None:
        """Tokens of every sequence, and losses; None when it was cut off."""
        self.family.model.eval()
        try:
            with self.accelerator.autocast():
                return self._outputs(sequences, asked), [self._losses(sequences[start : start + ROWS]) for start in range(0, len(sequences), ROWS)]
        except Cut:
            return None
        finally:
            self.family.model.train()

    def _outputs(self, sequences: list[Sequence], asked: Callable[[], bool]) -> list[list[int]]:
        features = [self.vision.features(self.family.collate([sequence]).to(self.family.device)) for sequence in sequences]
        return self.family.generate(sequences, features, self.run.recipe["evaluation"]["new_tokens"], ROWS, asked)

    def _losses(self, sequences: list[Sequence]) -> tuple[float, int]:
        batch = self.family.collate(sequences).to(self.family.device)
        tokens = Tokens(self.family.logits(batch, self.vision.features(batch)).float(), batch.targets, batch.rows)
        return tokens.losses().sum().item(), len(tokens.targets)

    def _write(self, file: Path, outputs: list[str], lengths: list[int]):
        file.parent.mkdir(exist_ok=True)
        partial = file.with_suffix(".partial")
        lines = ({"id": example.id, "output": output, "tokens": length} for example, output, length in zip(self.examples, outputs, lengths))
        partial.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        os.replace(partial, file)
