"""Greedy decoding of an exported folder in ONNX Runtime, as plainly as possible: what the tests compare PyTorch with."""

from pathlib import Path

import numpy as np
import onnxruntime

END = 2


class OnnxModel:
    def __init__(self, folder: Path):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        names = ("vision_encoder", "embed_tokens", "decoder_model_merged")
        self.vision, self.embed, self.decoder = (
            onnxruntime.InferenceSession(folder / "onnx" / f"{name}.onnx", options, providers=["CPUExecutionProvider"]) for name in names
        )
        self.caches = [value for value in self.decoder.get_inputs() if value.name.startswith("past_key_values.")]

    def embeddings(self, ids: np.ndarray, pixels: np.ndarray | None, image_token: int) -> np.ndarray:
        """[rows, length, width]; `pixels` [rows, 3, side, side] or None."""
        embedded = self.embed.run(None, {"input_ids": ids})[0]
        if pixels is not None:
            features = self.vision.run(None, {"pixel_values": pixels})[0]
            embedded[ids == image_token] = features.reshape(-1, features.shape[-1])
        return embedded

    def step(self, embedded: np.ndarray, mask: np.ndarray, positions: np.ndarray, past: list[np.ndarray], kept: int = 1):
        """Logits of the last `kept` positions (0: all) and the new cache."""
        feeds = {"inputs_embeds": embedded, "attention_mask": mask, "position_ids": positions, "num_logits_to_keep": np.array(kept)}
        logits, *cache = self.decoder.run(None, feeds | {value.name: half for value, half in zip(self.caches, past)})
        return logits, cache

    def empty(self, rows: int) -> list[np.ndarray]:
        return [np.zeros((rows, value.shape[1], 0, value.shape[3]), np.float32) for value in self.caches]

    def greedy(self, ids: np.ndarray, pixels: np.ndarray | None, image_token: int, longest: int, mask: np.ndarray | None = None) -> list[list[int]]:
        """Tokens of each row up to its end token; `mask` is 0 on left padding."""
        rows = len(ids)
        mask = np.ones_like(ids) if mask is None else mask
        positions = np.maximum(mask.cumsum(1) - 1, 0)
        logits, past = self.step(self.embeddings(ids, pixels, image_token), mask, positions, self.empty(rows))
        found = []
        for _ in range(longest):
            following = logits[:, -1].argmax(-1)[:, None]
            found.append(following)
            mask = np.concatenate([mask, np.ones((rows, 1), mask.dtype)], 1)
            positions = positions[:, -1:] + 1
            logits, past = self.step(self.embed.run(None, {"input_ids": following})[0], mask, positions, past)
        tokens = np.concatenate(found, 1).tolist()
        return [row[: row.index(END)] if END in row else row for row in tokens]
