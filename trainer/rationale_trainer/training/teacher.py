"""What an objective is given beside the student's own logits: a teacher's view of the same texts, or the student's own before training.

Each class has `fill`, which computes beforehand what it keeps of some examples, `given`, called for each batch, and
`release`, called when everything is filled.
"""

from functools import cached_property
from pathlib import Path

import torch
from torch.nn.functional import log_softmax

from ..families import load
from ..families.base import Family
from ..families.sequences import Sequence
from ..hub import model_folder
from ..failure import Unusable
from .objectives.base import Objective, Tokens
from .objectives.distributions import Given as Distributions
from .objectives.distributions import top_and_rest
from .objectives.uld import Given as Aligned
from .objectives.uld import aligned
from .run_folder import Example, RunFolder
from .stored import Stored, digest, file_digest, weights_digest
from .vision import Vision

# Sequences through a model at once, when something is computed beforehand.
TOGETHER = 8


class Nothing:
    """For objectives that look at the student alone."""

    def fill(self, indices: list[int], keep: bool):
        pass

    def given(self, indices: list[int]):
        return None

    def release(self):
        pass


class _Model:
    """A frozen model that reads the examples' texts, part by part."""

    def __init__(self, family: Family, texts: list[list[Sequence]], features: Path, accelerator, tell):
        self.family, self.texts, self.accelerator, self.tell = family, texts, accelerator, tell
        self.vision = Vision(family, features, accelerator, tell)
        # What, beside weights and texts, decides what is kept.
        self.variant = ""

    def fill(self, indices: list[int], keep: bool):
        self.vision.fill([picture for i in indices for text in self.texts[i] for picture in text.pictures], keep)

    def release(self):
        """Most are asked again in every step."""

    def computed(self, texts: list[Sequence]) -> list[torch.Tensor]:
        """What is kept of each text, a few at a time."""
        return [one for start in range(0, len(texts), TOGETHER) for one in self.compute(texts[start : start + TOGETHER])]

    @cached_property
    def digest(self) -> str:
        return weights_digest(self.family.model)

    @torch.no_grad()
    def tokens(self, sequences: list[Sequence]) -> Tokens:
        batch = self.family.collate(sequences).to(self.family.device)
        with self.accelerator.autocast():
            logits = self.family.logits(batch, self.vision.features(batch))
        return Tokens(logits.float(), batch.targets, batch.rows)

    def key(self, text: Sequence) -> str:
        """Of a text as this model reads it."""
        return digest(self.digest, self.variant, str(text.ids), *(file_digest(picture.path) for picture in text.pictures))


class LiveTeacher(_Model):
    """A teacher in memory, with the student's tokenizer: its whole distributions."""

    def __init__(self, *model, temperature: float):
        super().__init__(*model)
        self.temperature = temperature

    def given(self, indices: list[int]) -> Distributions:
        tokens = self.tokens([text for i in indices for text in self.texts[i]])
        return Distributions(log_softmax(tokens.logits / self.temperature, -1))


class CachedTeacher(_Model):
    """A teacher that read everything beforehand: the k greatest log-probabilities of each token, and that of the rest."""

    def __init__(self, *model, temperature: float, top_k: int, folder: Path):
        super().__init__(*model)
        self.temperature, self.top_k = temperature, top_k
        self.stored = Stored(folder, self.accelerator, self.tell)
        self.variant = f"{temperature} {top_k}"
        self.keys = [self.key(parts[0]) for parts in self.texts]

    def fill(self, indices: list[int], keep: bool):
        super().fill(indices, keep)
        by_key = {self.keys[i]: self.texts[i][0] for i in indices}
        self.stored.fill(list(by_key), lambda keys: self.computed([by_key[key] for key in keys]), keep)

    def release(self):
        """The teacher need not stay: its answers are on disk."""
        del self.family, self.vision

    def compute(self, texts: list[Sequence]) -> list[torch.Tensor]:
        tokens = self.tokens(texts)
        log_p = log_softmax(tokens.logits / self.temperature, -1)
        words = log_p.topk(min(self.top_k, log_p.shape[1] - 1), -1).indices
        # One tensor a text [tokens, 2k + 1]: log-probabilities and, as whole numbers that float32 holds exactly, their words.
        packed = torch.cat([top_and_rest(log_p, words), words.float()], 1)
        return [packed[tokens.rows == row] for row in range(len(texts))]

    def given(self, indices: list[int]) -> Distributions:
        packed = torch.cat([self.stored[self.keys[i]] for i in indices]).to(self.accelerator.device)
        kept = (packed.shape[1] + 1) // 2
        return Distributions(packed[:, :kept], packed[:, kept:].long())


class AlignedTeacher(_Model):
    """A teacher in memory with a tokenizer of its own."""

    def __init__(self, *model, student: Family, targets: list[str]):
        super().__init__(*model)
        self.groups = [aligned(byte_ends(student, target), byte_ends(self.family, target)) for target in targets]

    def given(self, indices: list[int]) -> Aligned:
        return Aligned(self.tokens([self.texts[i][0] for i in indices]), [self.groups[i] for i in indices])


class Reference(_Model):
    """The student before training: the log-probability of each text."""

    def __init__(self, *model, folder: Path):
        super().__init__(*model)
        self.stored = Stored(folder, self.accelerator, self.tell)
        self.keys = [[self.key(text) for text in parts] for parts in self.texts]

    def fill(self, indices: list[int], keep: bool):
        super().fill(indices, keep)
        by_key = {key: text for i in indices for key, text in zip(self.keys[i], self.texts[i])}
        self.stored.fill(list(by_key), lambda keys: self.computed([by_key[key] for key in keys]), keep)

    def compute(self, texts: list[Sequence]) -> list[torch.Tensor]:
        tokens = self.tokens(texts)
        return list(tokens.sums(-tokens.losses(), len(texts))[:, None])

    def given(self, indices: list[int]) -> torch.Tensor:
        return torch.cat([self.stored[key] for i in indices for key in self.keys[i]]).to(self.accelerator.device)


def make_teacher(run: RunFolder, objective: Objective, student: Family, texts: list[list[Sequence]], accelerator, tell):
    """What the objective asks for. @throws Unusable when the recipe's teacher cannot give it."""
    recipe, features = run.recipe, run.features
    if objective.reference:
        return Reference(student, texts, features, accelerator, tell, folder=run.path / "reference")
    if objective.teacher is None:
        return Nothing()
    name = (recipe.get("teacher") or {}).get("model")
    if name is None:
        raise Unusable(f"The objective {recipe['objective']['kind']} needs a teacher's logits: name the teacher's model folder (teacher: {{ model: FOLDER }}).")
    family = load(model_folder(name), torch.bfloat16 if recipe["precision"] == "bf16" else torch.float32)
    family.model.requires_grad_(False).to(accelerator.device)
    theirs = [[encode_part(family, example, part) for part in objective.parts] for example in run.train]
    model, settings = (family, theirs, features, accelerator, tell), recipe["objective"]
    if objective.teacher == "logits":
        return AlignedTeacher(*model, student=student, targets=[example.target for example in run.train])
    if any(own.target != other.target for one, two in zip(texts, theirs) for own, other in zip(one, two)):
        raise Unusable(f"The teacher {name} has another tokenizer than the student: use the objective uld.")
    if settings.get("top_k"):
        folder = run.path / "teacher"
        return CachedTeacher(*model, temperature=settings["temperature"], top_k=settings["top_k"], folder=folder)
    return LiveTeacher(*model, temperature=settings["temperature"])


def encode_part(family: Family, example: Example, part: str) -> Sequence:
    messages = example.answer_messages if part == "answer_target" and example.answer_messages else example.messages
    return family.encode(messages, example.images, getattr(example, part))


def byte_ends(family: Family, target: str) -> list[int]:
    """Where each token of a target ends, in bytes; without the end token."""
    offsets = family.tokenizer(target, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    return [len(target[:end].encode()) for _, end in offsets]
