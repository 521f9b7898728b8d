"""What a model family offers to the trainer. A family is one file in this folder and one line in `families/__init__.py`.

Training never calls a model's own `forward` with pixels. It asks the family for four things, so that what is frozen is
computed once: `see` (the vision tower on pixels), `project` (its output to the width of the text model), `hidden` (the
text model on token ids with the projected features in their places) and `head` (hidden states to logits, only where a
token is learnt).
"""

import math
from abc import ABC, abstractmethod
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Callable, ClassVar, Self

import torch
from PIL import Image
from transformers import DynamicCache, PreTrainedModel, PreTrainedTokenizerFast

from ..failure import Cut, FamilyError
from .exported import Exported
from .prefix import Prefix, load_prefix
from .sequences import IMAGE, PROMPT, TARGET, Batch, Picture, Sequence, collate


class Family(Exported, ABC):
    """A loaded model of a family with its tokenizer."""

    # The `model_type` of config.json.
    model_type: ClassVar[str]
    # Module paths within `model`: what is frozen or adapted by name.
    text: ClassVar[str] = "model.language_model"
    vision: ClassVar[str] = "model.vision_tower"
    projector: ClassVar[str] = "model.multi_modal_projector"

    def __init__(self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, source: Path):
        self.model, self.tokenizer, self.source = model, tokenizer, source
        # Keys and values before every sequence, if some were learnt.
        self.prefix: Prefix | None = load_prefix(source)

    # What every family writes.

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, dtype: torch.dtype = torch.float32) -> Self:
        """The model of a folder, on the CPU, in eval mode."""

    @property
    @abstractmethod
    def image_token(self) -> int:
        """The id of the token in whose places features are put; the chat template writes one for each image."""

    @abstractmethod
    def image_ids(self, picture: Picture) -> list[int]:
        """The tokens that stand for one image: they replace the chat template's one image token."""

    @abstractmethod
    def pixels(self, image: Image.Image) -> dict[str, torch.Tensor]:
        """What the vision tower takes for one image, without a batch dimension."""

    @abstractmethod
    def see(self, pixels: list[dict[str, torch.Tensor]]) -> list[torch.Tensor]:
        """The vision tower's output for each image, before the projector."""

    @abstractmethod
    def project(self, seen: list[torch.Tensor], pictures: list[Picture]) -> list[torch.Tensor]:
        """Features [image tokens, text width] of each image from what `see` gave."""

    # What most families leave as it is.

    @property
    def text_config(self):
        return self.model.config.get_text_config()

    @property
    def attending_layers(self) -> list[int]:
        """The text model's layers in which tokens attend to the tokens before them."""
        return list(range(self.text_config.num_hidden_layers))

    @property
    def ends(self) -> list[int]:
        """The tokens that end an output; the first is the one that is learnt."""
        named = self.model.generation_config.eos_token_id
        named = named if isinstance(named, list) else [named]
        return list(dict.fromkeys(token for token in (self.tokenizer.eos_token_id, *named) if token is not None))

    @property
    def pad(self) -> int:
        pad = self.tokenizer.pad_token_id
        return self.ends[0] if pad is None else pad

    @property
    def device(self) -> torch.device:
        return self.model.device

    def prompt_text(self, messages: list[dict]) -> str:
        """The text that the model completes, with one image token per image: what the onnx provider renders too."""
        if not self.tokenizer.chat_template:
            raise FamilyError(f"{self.source} has no chat template: add chat_template.jinja, or choose a model tuned to follow instructions.")
        return self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)

    def prompt_ids(self, messages: list[dict]) -> list[int]:
        """The same as tokens, with one image token for each image."""
        return self.text_ids(self.prompt_text(messages))

    def text_ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False)

    def generate_inputs(self, ids: torch.Tensor, images: list[Image.Image]) -> dict[str, torch.Tensor]:
        """What the model's own `generate` takes for a prompt's images, beside or instead of its ids; for models that transformers has no processor for."""
        raise NotImplementedError

    def encode(self, messages: list[dict], images: list[str], target: str | None) -> Sequence:
        """A prompt and, unless it is None, its target with the end token, which is learnt like the rest of it."""
        written = self.prompt_ids(messages)
        pictures = tuple(picture(path) for path in images)
        if written.count(self.image_token) != len(pictures):
            raise FamilyError(
                f"The prompt has {written.count(self.image_token)} places for images but {len(pictures)} images: its text may hold the model's image token."
            )
        ids, kinds, following = [], [], iter(pictures)
        for token in written:
            if token == self.image_token:
                standing = self.image_ids(next(following))
                ids += standing
                kinds += [IMAGE] * len(standing)
            else:
                ids.append(token)
                kinds.append(PROMPT)
        if target is not None:
            answer = [*self.tokenizer.encode(target, add_special_tokens=False), self.ends[0]]
            ids += answer
            kinds += [TARGET] * len(answer)
        return Sequence(ids, kinds, pictures)

    def collate(self, sequences: list[Sequence]) -> Batch:
        return collate(sequences, self.pad)

    def positions(self, batch: Batch) -> torch.Tensor | None:
        """Position ids of a batch [..., rows, length], for families whose positions are not 0, 1, 2, …"""
        return None

    def room(self, length: int) -> float:
        """Tokens that can be written after so many, in one reading."""
        return math.inf

    def places(self, features: list[torch.Tensor]) -> int:
        """Places that the features of a prompt's images take in it."""
        return sum(len(one) for one in features)

    def extras(self, batch: Batch, features: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """Further arguments of `read` for a batch."""
        return {}

    def following(self, batch: Batch, features: list[torch.Tensor]) -> dict[str, torch.Tensor]:
        """The same for each token that is written after the batch."""
        return {}

    def attention(self, batch: Batch, mask: torch.Tensor) -> torch.Tensor:
        """The mask that the text model gets; `mask` [rows, prefix and length] is 1 where there is something."""
        return mask

    def embed(self, batch: Batch, features: list[torch.Tensor]) -> torch.Tensor:
        """The batch's embeddings [rows, length, width], with the features in the images' places."""
        embedded = self.model.get_input_embeddings()(batch.ids)
        if features:
            places = (batch.ids == self.image_token).unsqueeze(-1)
            embedded = embedded.masked_scatter(places, torch.cat(features).to(embedded.dtype))
        return embedded

    def read(self, embedded: torch.Tensor, **arguments) -> torch.Tensor:
        """Hidden states of the text model."""
        return self.model.model(inputs_embeds=embedded, **arguments).last_hidden_state

    def hidden(self, batch: Batch, features: list[torch.Tensor], cache: DynamicCache | None = None) -> torch.Tensor:
        """Hidden states [rows, length, width] that `head` reads. `features`: of every image, row by row.

        With a cache, what the text model keeps for the tokens after the batch is put there.
        """
        rows, mask, positions = len(batch.ids), batch.mask, self.positions(batch)
        if self.prefix is not None:
            cache = self.prefix.fill(DynamicCache() if cache is None else cache, rows)
            mask = torch.cat([mask.new_ones(rows, self.prefix.tokens), mask], 1)
            positions = None if positions is None else positions + self.prefix.tokens
        return self.read(
            self.embed(batch, features), attention_mask=self.attention(batch, mask), position_ids=positions,
            past_key_values=cache, use_cache=cache is not None, **self.extras(batch, features),
        )  # fmt: skip

    def head(self, hidden: torch.Tensor) -> torch.Tensor:
        return self.model.lm_head(hidden)

    def logits(self, batch: Batch, features: list[torch.Tensor]) -> torch.Tensor:
        """Logits [learnt tokens, words] of `batch.targets`; nothing is computed for the other places."""
        return self.head(self.hidden(batch, features)[:, :-1][batch.learnt])

    @torch.inference_mode()
    def generate(
        self, sequences: list[Sequence], features: list[list[torch.Tensor]], new_tokens: int, rows: int = 32, asked: Callable[[], bool] = lambda: False
    ) -> list[list[int]]:
        """Greedy tokens after each prompt, without the end token. Prompts of one length run together, so none is padded.

        @throws Cut at the next token once someone has `asked` to stop
        """
        groups = defaultdict(list)
        for i, sequence in enumerate(sequences):
            groups[len(sequence.prompt.ids)].append(i)
        outputs: list[list[int]] = [[] for _ in sequences]
        for members in groups.values():
            for start in range(0, len(members), rows):
                chosen = members[start : start + rows]
                batch = self.collate([sequences[i].prompt for i in chosen]).to(self.device)
                for i, tokens in zip(chosen, self._greedy(batch, [one for i in chosen for one in features[i]], new_tokens, asked)):
                    outputs[i] = tokens
        return outputs

    def _greedy(self, batch: Batch, features: list[torch.Tensor], new_tokens: int, asked: Callable[[], bool]) -> list[list[int]]:
        cache, positions, ends = DynamicCache(config=self.text_config), self.positions(batch), torch.tensor(self.ends, device=self.device)
        hidden = self.hidden(batch, features, cache)[:, -1]
        written, running = [], torch.ones(len(batch.ids), dtype=torch.bool, device=self.device)
        skipped = 0 if self.prefix is None else self.prefix.tokens
        for _ in range(min(new_tokens, self.room(batch.ids.shape[1]))):
            if asked():
                raise Cut
            following = self.head(hidden).argmax(-1)
            written.append(following)
            running &= ~torch.isin(following, ends)
            if not running.any():
                break
            place = None if positions is None else _last(positions) + skipped + len(written)
            embedded = self.model.get_input_embeddings()(following[:, None])
            hidden = self.read(embedded, position_ids=place, past_key_values=cache, use_cache=True, **self.following(batch, features))[:, -1]
        tokens = torch.stack(written, 1).tolist() if written else [[] for _ in batch.ids]
        return [row[: next((i for i, token in enumerate(row) if token in self.ends), len(row))] for row in tokens]

    def decode(self, tokens: list[int]) -> str:
        """The raw output, special tokens included: stage tags may be special."""
        return self.tokenizer.decode(tokens, skip_special_tokens=False, clean_up_tokenization_spaces=False)

    def save(self, folder: Path):
        """An ordinary Hugging Face folder: the weights, and every other file of the folder that the model came from."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.source.iterdir():
            if file.suffix in (".json", ".jinja", ".model", ".txt") and not file.name.endswith(".index.json") and file.name != "training.json":
                (folder / file.name).write_bytes(file.read_bytes())
        self.model.save_pretrained(folder)
        if self.prefix is not None:
            self.prefix.save(folder)
        self.tokenizer.save_pretrained(folder)


def _last(positions: torch.Tensor) -> torch.Tensor:
    """The greatest position of each row of [..., rows, length], as [..., rows, 1]."""
    last = positions.amax(-1, keepdim=True)
    return last.amax(0, keepdim=True).expand_as(last) if last.ndim == 3 else last


@lru_cache(maxsize=65536)
def picture(path: str) -> Picture:
    try:
        with Image.open(path) as image:
            return Picture(path, *image.size)
    except OSError as error:
        raise FamilyError(f"The image {path} cannot be read: {error}.") from error
