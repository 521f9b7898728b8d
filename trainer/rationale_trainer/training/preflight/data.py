"""Warnings about the data: what people learn too late."""

import math
import re
from typing import Iterator

from ..learner import Learner
from ..stored import file_digest
from .finding import Finding

# Students up to this size gain little from few long rationales (Li et al. 2025, "Small models struggle to learn from strong reasoners").
SMALL, FEW, LONG = 3_000_000_000, 5_000, 300
# Texts whose word triples overlap by this much are the same question.
ALIKE = 0.7
WORD = re.compile(r"\w+")


def steps_differ(learner: Learner) -> Iterator[Finding]:
    """The number of steps is not what the recipe's figures give."""
    recipe, n = learner.recipe, len(learner.run.train)
    expected = math.ceil(n / (recipe["batch"] * recipe["accumulation"])) * recipe["epochs"]
    if learner.plan.steps != expected:
        yield Finding("steps-differ", "warning", f"The run has {learner.plan.steps} steps, not the {expected} that {n} examples, batch {recipe['batch']}, accumulation {recipe['accumulation']} and {recipe['epochs']} epochs give.")
    idle = [example.id for example in learner.run.train if example.weight == 0]
    if idle:
        yield Finding("steps-differ", "warning", f"{len(idle)} of {n} examples have weight 0: they take part in steps and teach nothing. Leave them out (objective.keep: correct), or raise objective.wrong_weight.", idle[0])


def small_student(learner: Learner) -> Iterator[Finding]:
    size = sum(parameter.numel() for parameter in learner.family.model.parameters())
    targets = [len(texts[-1].target) for texts in learner.texts]
    mean = sum(targets) / len(targets)
    if size <= SMALL and len(targets) < FEW and mean > LONG:
        yield Finding("small-student", "warning", f"A student of {size / 1e6:,.0f} million parameters learns little from {len(targets)} rationales of {mean:.0f} tokens: shorter ones, or a mixture with short answers, teach it more.")


def near_duplicates(learner: Learner) -> Iterator[Finding]:
    """A question that is trained on is asked in the evaluation, with the same image or none."""
    tested = [(example, _triples(example), _images(example)) for example in learner.run.evaluation]
    found = []
    for example in learner.run.train:
        triples, images = _triples(example), _images(example)
        twin = next((other for other, others, shown in tested if images == shown and len(triples & others) >= ALIKE * len(triples | others)), None)
        if twin is not None:
            found.append((example.id, twin.id))
    if found:
        yield Finding("near-duplicate", "warning", f"{len(found)} training examples are nearly the same as examples of the evaluation ({found[0][0]} and {found[0][1]} are the first): its figures would be too good. Leave one of each two out, by split or data.filter.", found[0][0])


def _triples(example) -> set:
    words = WORD.findall(" ".join(part["text"] for message in example.messages for part in message["content"] if part["type"] == "text").lower())
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))}


def _images(example) -> tuple:
    return tuple(file_digest(path) for path in example.images)
