"""An exported folder as ONNX Runtime runs it, row by row and greedily: what PyTorch's tokens are compared with."""

from pathlib import Path

import numpy as np
import onnxruntime
import torch
from PIL import Image

from ..families.sequences import Picture, Sequence
from .graphs import names_in


class ExportedStudent:
    """`family` prepares prompts and pixels, and knows how features and positions are laid out; the weights are the folder's."""

    def __init__(self, family, folder: Path, suffixes: dict[str, str] | None = None, threads: int = 1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = threads, 3
        self.family = family
        self.vision, self.embed, self.decoder = (
            onnxruntime.InferenceSession(folder / "onnx" / f"{name}{(suffixes or {}).get(name, '')}.onnx", options, providers=["CPUExecutionProvider"])
            for name in names_in(folder)
        )
        self.caches = [value for value in self.decoder.get_inputs() if value.name.startswith("past_key_values.")]

    def features(self, picture: Picture) -> np.ndarray:
        with Image.open(picture.path) as image:
            pixels = self.family.pixels(image)
        feeds = {name: value.numpy() for name, value in self.family.vision_feeds(pixels, picture).items()}
        wanted = {value.name for value in self.vision.get_inputs()}
        names = [value.name for value in self.vision.get_outputs()]
        outputs = self.vision.run(names, {name: value for name, value in feeds.items() if name in wanted})
        return self.family.vision_features({name: torch.from_numpy(value) for name, value in zip(names, outputs)}, picture).numpy()

    def embeddings(self, ids: np.ndarray) -> np.ndarray:
        feeds = {"input_ids": ids}
        for value in self.embed.get_inputs():
            # Graphs that put features into their places themselves are given none.
            if value.name == "image_features":
                feeds[value.name] = np.zeros((0, value.shape[1]), np.float32)
        return self.embed.run(None, feeds)[0]

    def tokens(self, sequence: Sequence, new_tokens: int) -> list[int]:
        """Greedy tokens after the prompt, without the end token."""
        family, prompt = self.family, sequence.prompt
        ids = np.array([prompt.ids])
        embedded = self.embeddings(ids)
        if prompt.pictures:
            embedded[ids == family.image_token] = np.concatenate([self.features(picture) for picture in prompt.pictures])
        positions = family.positions(family.collate([prompt]))
        positions = np.arange(len(prompt.ids))[None] if positions is None else positions.numpy()
        past = [np.zeros((1, value.shape[1], 0, value.shape[3]), np.float16 if "float16" in value.type else np.float32) for value in self.caches]
        found: list[int] = []
        while len(found) < min(new_tokens, family.room(len(prompt.ids))):
            mask = np.ones((1, past[0].shape[2] + embedded.shape[1]), np.int64)
            feeds = {"inputs_embeds": embedded, "attention_mask": mask, "position_ids": positions, "num_logits_to_keep": np.array(1)}
            logits, *past = self.decoder.run(None, feeds | {value.name: half for value, half in zip(self.caches, past)})
            token = int(logits[0, -1].argmax())
            if token in family.ends:
                break
            found.append(token)
            positions = np.full_like(positions[..., -1:], positions.max() + 1)
            embedded = self.embeddings(np.array([[token]]))
        return found
