"""What all tiny models share: a tokenizer, loud random weights, and the files of a model repository."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import GenerationConfig, PreTrainedTokenizerFast

PAD, BOS, EOS, UNKNOWN = "<pad>", "<s>", "</s>", "<unk>"
WORDS = [
    "USER: ASSISTANT: Question: Choices: (A) (B) (C) (D) Answer: the answer is",
    "What colour is the picture? The picture is red because the red part is the largest. green blue yellow black white",
    "Which of these is a solid? a rock is a solid, water is a liquid. image shows square top left right bottom",
]
VOCABULARY = 320
# The text model of most of them; a head is 16 wide.
TEXT = {
    "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "max_position_embeddings": 2048, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip
VISION = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 32, "patch_size": 8}
NORMALISED = {"do_rescale": True, "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}


@dataclass(frozen=True)
class Tiny:
    """`build` makes the model from a function that gives a token's id, and the vocabulary's size."""

    build: Callable
    # preprocessor_config.json
    images: dict
    # processor_config.json
    processor: dict = field(default_factory=dict)
    special: tuple[str, ...] = ("<image>",)
    template: str | None = None
    # Special tokens that a processor asks the tokenizer for by name.
    named: dict[str, str] = field(default_factory=dict)
    # Whether texts are begun by the tokenizer, unless it is told not to.
    begins: bool = False


def write(tiny: Tiny, folder: Path, seed: int):
    tokenizer = _tokenizer(tiny.special, tiny.named, tiny.begins)
    torch.manual_seed(seed)
    model = tiny.build(tokenizer.convert_tokens_to_ids, len(tokenizer)).eval()
    _make_loud(model)
    model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=0, do_sample=False)
    if tiny.template:
        tokenizer.chat_template = tiny.template
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    for name, value in (("preprocessor_config", tiny.images), ("processor_config", tiny.processor)):
        if value:
            (folder / f"{name}.json").write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def _tokenizer(special: tuple[str, ...], named: dict[str, str], begins: bool) -> PreTrainedTokenizerFast:
    """Byte-level BPE whose alphabet is ASCII, so that any tokens decode to text that tells them apart."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    letters = sorted(letter for letter in pre_tokenizers.ByteLevel.alphabet() if letter.isascii()) + ["Ġ", "Ċ"]
    names = [PAD, BOS, EOS, UNKNOWN, *special]
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=names, initial_alphabet=letters, show_progress=False)
    tokenizer.train_from_iterator(WORDS * 4, trainer)
    if begins:
        tokenizer.post_processor = processors.TemplateProcessing(single=f"{BOS} $A", special_tokens=[(BOS, names.index(BOS))])
    framing = {f"{name}_token": f"[{name.upper()}]" for name in ("cls", "sep", "mask") if f"[{name.upper()}]" in special}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=BOS, eos_token=EOS, pad_token=PAD, unk_token=UNKNOWN, padding_side="left",
        extra_special_tokens=named or list(special), **framing, clean_up_tokenization_spaces=False,
    )  # fmt: skip


@torch.no_grad()
def _make_loud(model):
    """A fresh model says nearly the same whatever it sees: its weights are too small, its gates shut. These are not.

    No two weights are left equal, for the exporter would merge them.
    """
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1:
            # Embeddings may be the head as well: a word that is loud there is said again and again.
            parameter.normal_(0, (0.4 if "embed_tokens" in name else 1.5) * parameter[0].numel() ** -0.5)
        else:
            parameter.add_(0.1 * torch.randn_like(parameter))
