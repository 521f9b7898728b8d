"""Processors of pictures and texts, without torchvision: transformers asks for it for the sake of videos."""

import inspect
import json
from pathlib import Path

import transformers
from transformers import AutoImageProcessor, AutoTokenizer
from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES
from transformers.processing_utils import ProcessorMixin
from transformers.tokenization_utils_tokenizers import TokenizersBackend


class PixtralProcessor(ProcessorMixin):
    """transformers' own, which does not exist without torchvision though it uses none."""

    def __init__(self, image_processor=None, tokenizer=None, patch_size=16, spatial_merge_size=1, chat_template=None,
                 image_token="[IMG]", image_break_token="[IMG_BREAK]", image_end_token="[IMG_END]", **_):  # fmt: skip
        super().__init__(image_processor, tokenizer, chat_template=chat_template)
        self.patch, self.image_token = patch_size * spatial_merge_size, image_token
        self.image_break_token, self.image_end_token = image_break_token, image_end_token
        self.image_token_id, self.image_break_token_id, self.image_end_token_id = (
            tokenizer.convert_tokens_to_ids(token) for token in (image_token, image_break_token, image_end_token)
        )

    @property
    def image_token_ids(self) -> list[int]:
        return [self.image_token_id, self.image_break_token_id, self.image_end_token_id]

    def _process_images(self, images, **settings):
        return super()._process_images(images, **{**settings, "patch_size": self.patch})

    def replace_image_token(self, image_inputs: dict, image_idx: int, **_) -> str:
        """Rows of patches, each ended by a break, the last by the end."""
        height, width = image_inputs["image_sizes"][image_idx]
        row = self.image_token * (int(width) // self.patch) + self.image_break_token
        return (row * (int(height) // self.patch)).removesuffix(self.image_break_token) + self.image_end_token


# SmolVLM's processor asks for a package that spells out numbers, for videos; for pictures it is Idefics3's.
REPLACED = {"PixtralProcessor": PixtralProcessor, "SmolVLMProcessor": transformers.Idefics3Processor}


def processor_of(folder: Path, remote_code: bool):
    """The processor that a folder names, with pictures prepared by Pillow."""
    settings = _json(folder, "preprocessor_config.json") | _json(folder, "processor_config.json")
    kind = _json(folder, "config.json").get("model_type")
    named = settings.get("processor_class") or _json(folder, "tokenizer_config.json").get("processor_class") or PROCESSOR_MAPPING_NAMES.get(kind)
    kind = REPLACED.get(named) or getattr(transformers, named or "", None)
    if kind is None or remote_code:
        return transformers.AutoProcessor.from_pretrained(folder, trust_remote_code=remote_code)
    takes = inspect.signature(kind.__init__).parameters
    # As transformers has it: Pixtral's folders name a class of tokenizers that is not theirs.
    tokenizer = (TokenizersBackend if kind is PixtralProcessor else AutoTokenizer).from_pretrained(folder, trust_remote_code=False)
    if "video_processor" not in takes and kind is not PixtralProcessor and kind is not transformers.Idefics3Processor:
        return transformers.AutoProcessor.from_pretrained(folder, backend="pil", trust_remote_code=False)
    given = {name: settings[name] for name in takes if name in settings and name not in ("image_processor", "video_processor")}
    if "video_processor" in takes:
        given["video_processor"] = None
        kind = _without_videos(kind)
    pictures = AutoImageProcessor.from_pretrained(folder, backend="pil", trust_remote_code=False)
    return kind(image_processor=pictures, tokenizer=tokenizer, **{"chat_template": _template(folder, tokenizer), **given})


def _json(folder: Path, name: str) -> dict:
    file = folder / name
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


def _template(folder: Path, tokenizer) -> str | None:
    """The chat template, wherever this folder keeps it."""
    for name in ("chat_template.jinja", "chat_template.json"):
        if (folder / name).is_file():
            text = (folder / name).read_text(encoding="utf-8")
            return json.loads(text)["chat_template"] if name.endswith(".json") else text
    return tokenizer.chat_template


def _without_videos(kind: type) -> type:
    def check(self, name, argument):
        return None if name == "video_processor" else super(made, self).check_argument_for_proper_class(name, argument)

    made = type(kind.__name__, (kind,), {"check_argument_for_proper_class": check})
    return made
