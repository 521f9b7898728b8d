"""How likely given texts are as answers to a prompt: each of a text's tokens by the logits behind the one before it.

The prompt is read once for all texts, and what several texts begin with once: the cache goes back to where they part.
"""

import math
from collections import defaultdict

import torch
from transformers import DynamicCache

from ..families.prefix import Prefix
from .batches import ALONG_TOKENS
from .prefixed import prefixed
from .prompts import Prompts, Refused


def scores_of(writer, request: dict, on_step) -> list[dict]:
    """How likely the request's texts are, in their order. `on_step()`: still at it. @throws Refused"""
    inputs = writer.prompts.inputs(request["messages"])
    kept, behind = split(writer.prompts, request["messages"], inputs["input_ids"][0].tolist(), request["texts"])
    longest = kept + max(len(ids) for ids, _ in behind)
    most = min(math.inf if writer.context is None else writer.context, kept + writer.prompts.room(kept))
    if longest > most:
        raise Refused(f"Prompt and text are {longest} tokens long, and the model takes {most}.")
    writer.forget()
    placed = {name: writer.placed(tensor[:, :kept] if name in ALONG_TOKENS else tensor) for name, tensor in inputs.items()}
    found = scores(Trunk(writer.model_for(inputs), placed, writer.prefix), behind, on_step)
    writer.forget()
    return [{"logProbability": sum(tokens), "tokens": tokens} for tokens in found]


class Trunk:
    """A prompt and what has been read behind it, in one cache."""

    def __init__(self, model, inputs: dict[str, torch.Tensor], prefix: Prefix | None = None):
        self.model = model
        # Of full length in every layer, where a model would keep a window only: of a window nothing can be taken back.
        self._cache = DynamicCache()
        self._read: list[int] = []
        # Of the layers that look at pictures; they keep nothing of the texts.
        self._across = set(getattr(model.config.get_text_config(), "cross_attention_layers", None) or ())
        self._pictures = inputs["cross_attention_mask"][:, -1:] if "cross_attention_mask" in inputs else None
        # Logits behind what is read so far.
        self.logits = self._forward(inputs, 1)[-1] if prefix is None else self._behind(prefix, inputs)
        # KOSMOS-2 wants a picture each time; the model within does without.
        self.model = getattr(model, "text_model", model)

    def reach(self, tokens: list[int], behind: int = 1) -> torch.Tensor:
        """Reads the prompt with just these tokens behind it; gives the logits [behind, words] of the last of them."""
        shared = next((i for i, (one, other) in enumerate(zip(tokens, self._read)) if one != other), min(len(tokens), len(self._read)))
        # What has been read before is read again where its logits are asked for.
        shared = min(shared, len(tokens) - behind)
        if shared < len(self._read):
            for number, layer in enumerate(self._cache.layers):
                if number not in self._across and layer.is_initialized:
                    layer.crop(shared - len(self._read))
        new = torch.tensor([tokens[shared:]], device=self.model.device)
        pictures = {} if self._pictures is None else {"cross_attention_mask": self._pictures.expand(-1, new.shape[1], -1, -1)}
        logits = self._forward({"input_ids": new, **pictures}, behind)
        self._read, self.logits = tokens, logits[-1]
        return logits

    def _behind(self, prefix: Prefix, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        """Reads the prompt as `generate` does, which knows each model's positions behind a prefix."""
        read = self.model.generate(**prefixed(prefix, inputs), max_new_tokens=1, return_dict_in_generate=True, output_logits=True)
        self._cache = read.past_key_values
        return read.logits[0][0].float()

    def _forward(self, inputs: dict[str, torch.Tensor], behind: int) -> torch.Tensor:
        return self.model(**inputs, past_key_values=self._cache, use_cache=True, logits_to_keep=behind).logits[0, -behind:].float()


def scores(trunk: Trunk, behind: list[tuple[list[int], int]], on_step) -> list[list[float]]:
    """Logarithms of the probabilities of each text's tokens. `behind`: the tokens behind the prompt and how many of them are given."""
    groups = defaultdict(list)
    for i, (ids, start) in enumerate(behind):
        groups[tuple(ids[:start])].append(i)
    found: list[list[float]] = [[] for _ in behind]
    # Givens that begin alike follow each other.
    for given in sorted(groups):
        first = trunk.logits if not given else trunk.reach(list(given))[-1]
        for i in sorted(groups[given], key=lambda i: behind[i][0]):
            ids, start = behind[i]
            logits = first[None]
            if len(ids) - start > 1:
                logits = torch.cat([logits, trunk.reach(ids[:-1], len(ids) - start - 1)])
            chosen = torch.tensor(ids[start:], device=logits.device)[:, None]
            found[i] = logits.log_softmax(-1).gather(-1, chosen)[:, 0].tolist()
            on_step()
    return found


def split(prompts: Prompts, messages: list[dict], asked: list[int], texts: list[dict]) -> tuple[int, list[tuple[list[int], int]]]:
    """The texts as tokens: how many of the prompt's are before every text, and for each what is behind these and how much of it is given.

    Where a text changes how the end of what is before it is cut into tokens, what changes is scored with the text, for
    all texts that have the same before them: their scores can then be compared. @throws Refused
    """
    chat = prompts.text(messages)
    plain = prompts.tokens(chat)
    whole = [prompts.tokens(chat + one["given"] + one["text"]) for one in texts]
    givens: dict[str, list[int]] = {}
    for one, ids in zip(texts, whole):
        before = givens.get(one["given"]) or prompts.tokens(chat + one["given"])
        givens[one["given"]] = before[: _shared(before, ids)]
    shared = min([len(plain), *(len(one) for one in givens.values()), *(_shared(plain, ids) for ids in whole)])
    # Pictures take more places in the prompt than in its text; behind them the two are the same.
    changed = len(plain) - shared
    if changed and asked[-changed:] != plain[shared:]:
        raise Refused("A text to be scored changes how the prompt's pictures are written.")
    behind = [(ids[shared:], len(givens[one["given"]]) - shared) for one, ids in zip(texts, whole)]
    if any(start >= len(ids) for ids, start in behind):
        raise Refused("A text to be scored is empty.")
    return len(asked) - changed, behind


def _shared(one: list[int], other: list[int]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
