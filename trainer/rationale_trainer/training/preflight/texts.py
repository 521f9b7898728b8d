"""Checks on the texts as the student's family encodes them. They look at ids and kinds, not at how these were made."""

import re
from typing import Iterator

from jinja2 import Environment
from jinja2.nodes import Output, TemplateData

from ...families.sequences import IMAGE, MASKED, PADDING, PROMPT, TARGET, Sequence
from ..learner import Learner
from .finding import Finding, of_examples

TAG = re.compile(r"</?[A-Z]+>")
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
# A sentence shorter than this says too little to be told from chance; this share of a target's sentences is the target.
SENTENCE_LENGTH, TOLD = 24, 0.8
# The share of examples from which a doubtful thing is an error.
MANY = 0.05


def by_example(learner: Learner) -> dict[str, list[tuple[str, Sequence]]]:
    """(field, sequence) of each example's texts."""
    return {example.id: list(zip(learner.objective.parts, texts)) for example, texts in zip(learner.run.train, learner.texts)}


def not_the_target(learner: Learner) -> Iterator[Finding]:
    """The supervised tokens are not those of the target: labels differ from inputs."""
    texts, tokenizer = by_example(learner), learner.family.tokenizer

    def shows(example) -> bool:
        for field, text in texts[example.id]:
            written = tokenizer.encode(getattr(example, field) or "", add_special_tokens=False)
            if text.target[: len(written)] != written or len(text.target) > len(written) + 1:
                return True
        return False

    yield from of_examples(learner.run.train, shows, "labels-differ", "have labels that are not their target's tokens", "look at the student's tokenizer and chat template, which write them otherwise")


def image_supervised(learner: Learner) -> Iterator[Finding]:
    """An image token is learnt: the target's own text holds it, or the family marks images wrongly."""
    texts, token = by_example(learner), learner.family.image_token
    shows = lambda example: any(token in text.target for _, text in texts[example.id])
    yield from of_examples(learner.run.train, shows, "image-supervised", "would learn to write image tokens", "take the text that stands for one out of their targets")


def prompt_supervised(learner: Learner) -> Iterator[Finding]:
    """A place of the prompt or of padding is learnt, or the prompt goes on after the target has begun."""
    texts, family = by_example(learner), learner.family
    pad = family.tokenizer.pad_token_id

    def shows(example) -> bool:
        for _, text in texts[example.id]:
            begun = len(text.prompt.ids)
            after = set(text.kinds[begun:]) & {PROMPT, IMAGE, PADDING}
            padding = pad not in family.ends and pad in text.target
            if after or padding or not {PROMPT, IMAGE} & set(text.kinds[:begun]):
                return True
        return False

    yield from of_examples(learner.run.train, shows, "prompt-supervised", "would learn places of the prompt or of padding", "look at the student's chat template and padding token")


def end_not_supervised(learner: Learner) -> Iterator[Finding]:
    """The student never learns to stop, or learns a token at which nobody stops."""
    texts, family = by_example(learner), learner.family
    shows = lambda example: any(text.target and text.target[-1] not in family.ends for _, text in texts[example.id])
    yield from of_examples(learner.run.train, shows, "end-not-supervised", "do not learn the end token after the target", "name one in tokenizer_config.json or generation_config.json of the student")
    named = family.model.generation_config.eos_token_id
    named = named if isinstance(named, list) else [named]
    if None not in named and family.ends[0] not in named:
        learnt, stops = family.decode([family.ends[0]]), ", ".join(family.decode([token]) for token in named)
        yield Finding("end-not-supervised", "error", f"The end token that is learnt, {learnt}, is not one at which generation stops ({stops}): correct generation_config.json.")


def missing_text(learner: Learner) -> Iterator[Finding]:
    """The objective needs a text that the examples do not have."""
    for field in learner.objective.parts:
        shows = lambda example, field=field: not (getattr(example, field) or "").strip()
        yield from of_examples(learner.run.train, shows, "missing-text", f"have no {field}, which the objective {learner.recipe['objective']['kind']} needs", "begin another run, from records that have it")


def too_long(learner: Learner) -> Iterator[Finding]:
    """Nothing is ever cut off silently: a text that does not fit is an error."""
    texts, lengths = by_example(learner), learner.recipe["lengths"]
    longest_target = max(len(text.target) for pairs in texts.values() for _, text in pairs)
    longest_prompt = max(len(text.prompt.ids) for pairs in texts.values() for _, text in pairs)
    shows = lambda example: any(len(text.target) > lengths["target"] for _, text in texts[example.id])
    yield from of_examples(learner.run.train, shows, "target-too-long", f"have a target of more than {lengths['target']} tokens, which would be cut off; the longest has {longest_target}", "raise lengths.target")
    shows = lambda example: any(len(text.prompt.ids) > lengths["prompt"] for _, text in texts[example.id])
    yield from of_examples(learner.run.train, shows, "prompt-too-long", f"have a prompt of more than {lengths['prompt']} tokens, image tokens included; the longest has {longest_prompt}", "raise lengths.prompt")
    positions = getattr(learner.family.text_config, "max_position_embeddings", None)
    if positions:
        shows = lambda example: any(len(text.ids) > positions for _, text in texts[example.id])
        yield from of_examples(learner.run.train, shows, "model-too-short", f"are longer than the {positions} positions that the student has", "leave fields out of the prompt, or choose another student")


def target_in_prompt(learner: Learner) -> Iterator[Finding]:
    """What the student is to work out stands in its prompt."""

    def shows(example) -> bool:
        said = _plain(" ".join(part["text"] for message in example.messages for part in message["content"] if part["type"] == "text"))
        sentences = [plain for sentence in SENTENCE.split(TAG.sub("\n", example.target)) if len(plain := _plain(sentence)) >= SENTENCE_LENGTH]
        told = sum(len(sentence) for sentence in sentences if sentence in said)
        return bool(sentences) and told >= TOLD * sum(map(len, sentences))

    yield from _doubtful(learner, shows, "target-in-prompt", "have their target in the prompt, so that the student would learn to copy", "choose a prompt that does not show it")


def answer_not_in_target(learner: Learner) -> Iterator[Finding]:
    """No reader can find an answer in what the student would write."""

    def shows(example) -> bool:
        if example.letter is None:
            return False
        text = TAG.sub(" ", example.target)
        named = example.choices and example.answer is not None and _plain(example.choices[example.answer]) in _plain(text)
        return not named and not re.search(rf"(?<![A-Za-z]){re.escape(example.letter)}(?![A-Za-z])", text)

    target = f" (target: {learner.recipe['target']})" if isinstance(learner.recipe.get("target"), str) else ""
    yield from _doubtful(learner, shows, "answer-not-in-target", f"have a target that names neither the right letter nor the right choice{target}, so that no answer could be read from such outputs", "choose a target that ends with the answer")


def template_differs(learner: Learner) -> Iterator[Finding]:
    """The examples were not rendered from the prompt file that inference uses: its fixed words are not in them."""
    prompt = learner.recipe.get("prompt")
    template = prompt.get("template") if isinstance(prompt, dict) else None
    if template:
        nodes = Environment(trim_blocks=True, lstrip_blocks=True).parse(template).body
        data = [node.data for output in nodes if isinstance(output, Output) for node in output.nodes if isinstance(node, TemplateData)]
        # Lines that name a role or an image are markup; what is inside a condition may be missing rightly.
        words = [plain for text in data for line in text.splitlines() if (plain := _plain(re.sub(r"^(system|user|assistant):|!\[image\].*", "", line)))]

        def shows(example) -> bool:
            said = _plain(" ".join(part["text"] for message in example.messages for part in message["content"] if part["type"] == "text"))
            return any(line not in said for line in words)

        yield from of_examples(learner.run.train, shows, "template-differs", f"were not rendered from the prompt {prompt.get('name', '')} that is used for inference", "begin another run")


def _doubtful(learner: Learner, shows, code: str, what: str, way: str) -> Iterator[Finding]:
    """An error when many examples show it, a warning when few do."""
    examples = learner.run.train
    shown = {example.id for example in examples if shows(example)}
    severity = "error" if len(shown) > MANY * len(examples) else "warning"
    yield from of_examples(examples, lambda example: example.id in shown, code, what, way, severity)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())
