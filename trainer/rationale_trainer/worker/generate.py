"""From requests to predictions and scores, for models that write."""

import gc
from collections import defaultdict
from dataclasses import dataclass

import psutil
import torch

from ..families.prefix import Prefix
from .batches import joined
from .choosing import Choosing, seed_of
from .holding import HeldRow, Hold, Holding, Holds
from .listening import Listening
from .placing import Place
from .prefixed import prefixed
from .prompts import Prompts, Refused
from .scoring import scores_of
from .spelling import special_of, spelling_of

# Rows that a batch has at most, where there is memory for them.
ROWS_GPU, ROWS_CPU = 32, 8
# Prompts whose pictures are held at once.
PREPARED_TOGETHER = 64


@dataclass(frozen=True)
class Row:
    key: str
    inputs: dict[str, torch.Tensor]
    limit: int
    seed: int | None
    image_tokens: int
    hold: Hold | None

    @property
    def ids(self) -> list[int]:
        return self.inputs["input_ids"][0].tolist()


class Held:
    """A model on its device."""

    def __init__(self, model, where: Place):
        self.model, self.where = model, where
        self.device_words = f"{where.words}, torch {torch.__version__}, transformers {_transformers_version()}"

    @property
    def memory(self) -> int:
        """Bytes: the greatest so far on GPUs, what the process holds elsewhere."""
        if self.model.device.type == "cuda":
            return sum(torch.cuda.max_memory_allocated(i) for i in range(torch.cuda.device_count()))
        return psutil.Process().memory_info().rss


class Writer(Held):
    def __init__(self, model, prompts: Prompts, where: Place, ends: list[int], stops: list[str], prefix: Prefix | None = None):
        super().__init__(model, where)
        self.prompts, self.ends, self.stops, self.prefix = prompts, ends, stops, prefix
        self.rows = ROWS_CPU if model.device.type == "cpu" else ROWS_GPU
        self.context = getattr(model.config.get_text_config(), "max_position_embeddings", None)
        if prefix is not None and self.context is not None:
            self.context -= prefix.tokens
        tokenizer = prompts.tokenizer
        words = model.get_output_embeddings().weight.shape[0] if model.get_output_embeddings() is not None else len(tokenizer)
        self.holds = Holds(lambda: spelling_of(tokenizer, words), special_of(tokenizer), ends)

    @torch.inference_mode()
    def generate(self, requests: list[dict], decoding: dict, channel, is_watched: bool, grammars: list[dict]):
        """Answers each request exactly once. `grammars`: what outputs are held to, compiled."""
        # What cannot be held to its format is refused before anything is run.
        self.holds.learn(grammars)
        asked = defaultdict(list)
        for request in requests:
            # Samples of a record ask the same: their prompt is made once.
            asked[repr(request["messages"])].append(request)
        groups = list(asked.values())
        for start in range(0, len(groups), PREPARED_TOGETHER):
            rows = [row for group in groups[start : start + PREPARED_TOGETHER] for row in self._prepared(group, decoding, channel)]
            for batch in self._batches(rows):
                self._run(batch, decoding, channel, is_watched)

    def _prepared(self, group: list[dict], decoding: dict, channel) -> list[Row]:
        """A row for each sample of a prompt, or an error for each."""
        channel.send("working", keys=[request["key"] for request in group])
        try:
            inputs = self.prompts.inputs(group[0]["messages"])
            length = inputs["input_ids"].shape[1]
            if self.context is not None and length >= self.context:
                raise Refused(f"The prompt is {length} tokens long, and the model takes {self.context} together with its answer.")
        except Refused as error:
            channel.send("predictions", predictions=[failed(request["key"], str(error)) for request in group])
            return []
        limit = decoding["maxNewTokens"] if self.context is None else min(decoding["maxNewTokens"], self.context - length)
        if self.prefix is not None:
            # A prefix cannot be read anew.
            limit = min(limit, self.prompts.room(length))
        places, ids = self.prompts.image_tokens(inputs, self.model.config), inputs["input_ids"][0].tolist()
        return [Row(one["key"], inputs, limit, seed_of(decoding, ids, one.get("sample", 0)), places, self.holds.of(one.get("constraint"))) for one in group]

    def _batches(self, rows: list[Row]) -> list[list[Row]]:
        """Rows that can run together, the longest first: what does not fit shows at once."""
        alike = defaultdict(list)
        for row in rows:
            length = row.inputs["input_ids"].shape[1]
            alike[tuple(sorted(row.inputs)), None if self.prompts.paddable else length].append(row)
        batches = []
        for members in alike.values():
            members.sort(key=lambda row: -row.inputs["input_ids"].shape[1])
            batches += [members[i : i + self.rows] for i in range(0, len(members), self.rows)]
        return batches

    def _run(self, rows: list[Row], decoding: dict, channel, is_watched: bool):
        """Rows that fail together are run again in halves, so that only those fail that fail alone."""
        told: set[str] = set()
        channel.send("working", keys=[row.key for row in rows])
        try:
            self._write(rows, decoding, channel, is_watched, told)
            return
        except torch.OutOfMemoryError:
            reason = "There is not enough memory on the GPU for this prompt and its answer."
            self.rows = max(1, min(self.rows, len(rows) // 2))
        except (RuntimeError, ValueError, IndexError) as error:
            reason = _unrunnable(error)
        self._free()
        left = [row for row in rows if row.key not in told]
        if len(rows) == 1 and left:
            channel.send("predictions", predictions=[failed(left[0].key, reason)])
        elif left:
            half = (len(left) + 1) // 2
            for part in (left[:half], left[half:]):
                if part:
                    self._run(part, decoding, channel, is_watched)

    def _free(self):
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _write(self, rows: list[Row], decoding: dict, channel, is_watched: bool, told: set[str]):
        inputs = {name: self.placed(tensor) for name, tensor in joined([row.inputs for row in rows], self.model.generation_config.pad_token_id).items()}
        choosing = Choosing(decoding, [row.seed for row in rows])
        holding = Holding([row.hold and HeldRow(row.hold, row.limit) for row in rows])

        def finished(row: int, tokens: list[int], reason: str):
            told.add(rows[row].key)
            held = holding.rows[row]
            reason = "length" if held is not None and held.is_cut else reason
            channel.send("predictions", predictions=[self._prediction(rows[row], row, tokens, reason, choosing)])

        def step(written: dict[int, list[int]]):
            if is_watched:
                channel.send("partials", partials=[{"key": rows[row].key, "output": self.decode(tokens).rstrip("\ufffd")} for row, tokens in written.items()])
            else:
                channel.send("alive")

        limits = [row.limit for row in rows]
        asked = prefixed(self.prefix, inputs)
        listening = Listening(asked["input_ids"].shape[1], limits, self.ends, self.stops, self.decode, finished, step)
        processors = [*([holding] if any(holding.rows) else []), choosing]
        self.model_for(inputs).generate(**asked, max_new_tokens=max(limits), logits_processor=processors, stopping_criteria=[listening])
        self.forget()

    def model_for(self, inputs: dict[str, torch.Tensor]):
        """KOSMOS-2 wants a picture; the model within does without."""
        return self.model if "pixel_values" in inputs else getattr(self.model, "text_model", self.model)

    def forget(self):
        """Qwen2-VL keeps where the pictures of the last batch stood."""
        if hasattr(getattr(self.model, "model", None), "rope_deltas"):
            self.model.model.rope_deltas = None

    @torch.inference_mode()
    def score(self, requests: list[dict], channel):
        """Answers each request exactly once."""
        for request in requests:
            key = request["key"]
            channel.send("working", keys=[key])
            try:
                answer = {"key": key, "texts": scores_of(self, request, lambda: channel.send("alive"))}
            except Refused as error:
                answer = {"key": key, "texts": [], "error": str(error)}
            except torch.OutOfMemoryError:
                answer = {"key": key, "texts": [], "error": "There is not enough memory on the GPU for this prompt and its texts."}
                self._free()
            except (RuntimeError, ValueError, IndexError, TypeError) as error:
                answer = {"key": key, "texts": [], "error": _unrunnable(error)}
            channel.send("scores", scores=[answer])

    def placed(self, tensor: torch.Tensor) -> torch.Tensor:
        tensor = tensor.to(self.model.device)
        return tensor.to(self.where.dtype) if tensor.is_floating_point() else tensor

    def _prediction(self, row: Row, index: int, tokens: list[int], reason: str, choosing: Choosing) -> dict:
        ended = tokens[-1] in self.ends
        output = self.decode(tokens[:-1] if ended else tokens)
        places = [output.find(stop) for stop in self.stops if stop in output] if reason == "stop" else []
        logarithms = torch.stack(choosing.logarithms)[: len(tokens), index]
        usage = {"promptTokens": row.inputs["input_ids"].shape[1], "imageTokens": row.image_tokens, "outputTokens": len(tokens)}
        return {
            "key": row.key, "output": output[: min(places)] if places else output, "finishReason": reason, "usage": usage,
            "logProbability": float(logarithms.double().sum()),
        }  # fmt: skip

    def decode(self, tokens: list[int]) -> str:
        """The raw output, special tokens included: stage tags may be special."""
        return self.prompts.tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)


def failed(key: str, error: str) -> dict:
    """The prediction of a request that could not be answered."""
    return {"key": key, "output": "", "finishReason": "error", "usage": {"promptTokens": 0, "imageTokens": 0, "outputTokens": 0}, "error": error}


def _unrunnable(error: Exception) -> str:
    return f"The model cannot run this prompt: {(str(error).strip().splitlines() or [type(error).__name__])[0].rstrip('.')}."


def _transformers_version() -> str:
    import transformers

    return transformers.__version__
