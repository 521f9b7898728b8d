"""The curves for TensorBoard, beside the events."""

from pathlib import Path

from torch.utils.tensorboard import SummaryWriter


class Curves:
    def __init__(self, folder: Path, step: int):
        # Points after the step that is resumed from are drawn anew.
        self.writer = SummaryWriter(str(folder), purge_step=step + 1)

    def add(self, step: int, values: dict[str, float]):
        for name, value in values.items():
            self.writer.add_scalar(f"train/{name}", value, step)
        self.writer.flush()
