"""The chat template of the pair and its tokenizer: from messages to token ids."""

from functools import cache

from jinja2 import Template
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from .tokens import BOS, IMAGE, SPECIAL

IMAGE_ID = SPECIAL.index(IMAGE)

# Written without line breaks: the template's own spaces would become part of the text.
CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% elif part['type'] == 'text' %}{{ part['text'] }}{% endif %}"
    "{% endfor %}{% endif %}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% elif not loop.last %}{{ '\\n' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '\\n' }}{% endif %}"
)


@cache
def _template() -> Template:
    return Template(CHAT_TEMPLATE)


def chat_text(messages: list[dict]) -> str:
    """The text a model completes, with one <image> per picture."""
    return _template().render(messages=messages, bos_token=BOS, eos_token="</s>", add_generation_prompt=True)


def prompt_ids(tokenizer: Tokenizer, messages: list[dict], image_tokens: int) -> list[int]:
    """Token ids with the token of each <image> repeated, as the processor repeats it."""
    ids = tokenizer.encode(chat_text(messages), add_special_tokens=False).ids
    return [token for token in ids for _ in range(image_tokens if token == IMAGE_ID else 1)]


def train_tokenizer(texts, vocabulary: int) -> Tokenizer:
    """Byte-level BPE in which any text can be written and, at this vocabulary, every word of Sketchbook is one token.

    GPT-2's splitting keeps letters apart from brackets and tags, so "(B)" and "<CONCLUSION>B" share the token "B".
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=list(SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
