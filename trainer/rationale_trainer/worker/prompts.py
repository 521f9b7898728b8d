"""From messages to what a model takes: its chat template, and its processor over texts and pictures."""

import math
from pathlib import Path

import torch
from PIL import Image

from ..families.paligemma import TEMPLATE as PALIGEMMA_TEMPLATE
from ..failure import Unusable


# Types whose answers do not change when they are padded, as test/trainer/test_worker.py holds them to.
PADDED = {"llava", "llava_next", "llava_onevision", "qwen2_vl", "qwen2_5_vl", "qwen3_vl", "gemma3", "internvl", "paligemma", "idefics3", "smolvlm", "mllama"}


class Refused(Exception):
    """A prompt that the model cannot be shown; the message is one sentence."""


class Prompts:
    """Prompts by chat template and processor, as transformers has them."""

    def __init__(self, processor, folder: Path, kind: str):
        self.processor, self.tokenizer = processor, processor.tokenizer
        # Rows of unequal length may share a batch: padded on the left, they are answered as they are alone.
        self.paddable = kind in PADDED
        self.tokenizer.padding_side = "left"
        # What the trainer trains begins with nothing but what the template writes.
        self._trained_here = (folder / "training.json").is_file()

    def text(self, messages: list[dict]) -> str:
        """What the model completes. A last message of the assistant is the beginning of the answer."""
        begun = messages[-1]["content"] if messages[-1]["role"] == "assistant" else []
        said = messages[:-1] if begun else messages
        conversation = [{"role": one["role"], "content": [_part(part) for part in one["content"]]} for one in said]
        return self.rendered(conversation) + "".join(part["text"] for part in begun if part["type"] == "text")

    def rendered(self, conversation: list[dict]) -> str:
        return self.processor.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True)

    def inputs(self, messages: list[dict]) -> dict[str, torch.Tensor]:
        """Of one prompt, in a batch of one. @throws Refused"""
        try:
            text = self.text(messages)
        except Exception as error:
            raise Refused(f"The model's chat template does not take these messages: {_first_line(error)}.") from error
        pictures = [opened(part["path"]) for one in messages for part in one["content"] if part["type"] == "image"]
        try:
            return dict(self.processed(text, pictures))
        except Exception as error:
            raise Refused(f"The model's processor does not take this prompt: {_first_line(error)}.") from error

    def processed(self, text: str, pictures: list[Image.Image]):
        return self.processor(**({"images": [pictures]} if pictures else {}), text=[text], return_tensors="pt", add_special_tokens=self._adds(text))

    def _adds(self, text: str) -> bool:
        """As transformers has it: unless the template has written the first token itself."""
        begin = self.tokenizer.bos_token
        return not self._trained_here and not (begin and text.startswith(begin))

    def tokens(self, text: str) -> list[int]:
        """Of a text that the chat template has written, in which a picture is what the template has for it."""
        return self.tokenizer.encode(text, add_special_tokens=self._adds(text))

    def room(self, length: int) -> float:
        """Tokens that can be read behind so many without reading these anew."""
        return math.inf

    def image_tokens(self, inputs: dict[str, torch.Tensor], config) -> int:
        token = getattr(config, "image_token_id", None) or getattr(config, "image_token_index", None)
        return 0 if token is None else int((inputs["input_ids"] == token).sum())


class Kosmos2Prompts(Prompts):
    """The text of the messages after the picture: KOSMOS-2 has no chat template. One picture, or none."""

    def rendered(self, conversation: list[dict]) -> str:
        return "\n".join(part["text"] for one in conversation for part in one["content"] if part["type"] == "text")

    def processed(self, text: str, pictures: list[Image.Image]):
        if len(pictures) > 1:
            raise ValueError(f"KOSMOS-2 sees one picture, and there are {len(pictures)}")
        return self.processor(images=pictures or None, text=[text], return_tensors="pt")

    def tokens(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False)

    def image_tokens(self, inputs: dict[str, torch.Tensor], config) -> int:
        return int(inputs["image_embeds_position_mask"].sum()) if "image_embeds_position_mask" in inputs else 0


class PaliGemmaPrompts(Prompts):
    """As its processor writes them; a folder that was tuned on conversations has a template after all."""

    def __init__(self, processor, folder: Path, kind: str):
        super().__init__(processor, folder, kind)
        self._template = self.tokenizer.chat_template or PALIGEMMA_TEMPLATE

    def rendered(self, conversation: list[dict]) -> str:
        return self.tokenizer.apply_chat_template(conversation, chat_template=self._template, tokenize=False, add_generation_prompt=True)

    def processed(self, text: str, pictures: list[Image.Image]):
        """The template has written everything: the processor would write it once more."""
        if not pictures:
            raise ValueError("PaliGemma wants a picture")
        text = text.replace("<image>", "<image>" * self.processor.image_seq_length)
        inputs = self.tokenizer([text], add_special_tokens=False, return_token_type_ids=False, return_tensors="pt")
        # All of the prompt is read both ways.
        kinds = {"token_type_ids": torch.zeros_like(inputs["input_ids"])}
        return {**inputs, **kinds, **self.processor.image_processor(pictures, return_tensors="pt")}


OTHERS = {"kosmos-2": Kosmos2Prompts, "paligemma": PaliGemmaPrompts}


def prompts_of(kind: str, processor, folder: Path) -> Prompts:
    """@throws Unusable when nobody knows how this model is asked"""
    if kind in OTHERS:
        return OTHERS[kind](processor, folder, kind)
    if not getattr(processor, "chat_template", None):
        raise Unusable(f"{folder} has no chat template: add chat_template.jinja, or choose a model tuned to follow instructions.")
    return Prompts(processor, folder, kind)


def _part(part: dict) -> dict:
    return {"type": "image"} if part["type"] == "image" else {"type": "text", "text": part["text"]}


def opened(path: str) -> Image.Image:
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, Image.DecompressionBombError) as error:
        raise Refused(f"The image {path} cannot be read: {error}.") from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
