"""What a training stage shows at which step: the binding drill, and lessons of whole records, captions and drill.

Everything here depends only on the seed and the step, so that a stage goes on after a kill as if nothing had happened.
"""

from functools import partial
from random import Random
from typing import Callable

from ..prompts import SETTINGS
from .sequences import Encoder, Sequence

# A sequence is encoded only by the process that learns it.
Later = Callable[[], Sequence]

# Share of the training records shown with more than setting 1: the lecture, the solution, or both.
OTHER_SETTINGS = 0.1


class BindingDrill:
    """Letter sequences of three kinds: words with their letters and nothing else, random phrases, and real choices.

    The bare look-up comes first and alone; the others then bring it into the target's own words. Past the drill's end
    (mixed into a later stage) words stand between choices and answers, as many tokens as picture and rationale have: a
    look-up that is drilled from nearby alone does not reach so far.
    """

    BARE_FIRST, BARE_LATER = 0.35, 0.3  # share of the steps that are bare only; share of bare batches after that
    BETWEEN = 120  # words at most; each is one token

    def __init__(self, encoder: Encoder, scenes, seed: int, steps: int):
        """`steps` is the drill's length."""
        self.encoder, self.scenes, self.seed, self.steps = encoder, scenes, seed, steps
        self.words = sorted({word for scene in scenes[:5000] for word in _words(scene)})

    def sequences(self, step: int, size: int) -> list[Later]:
        bare = step < self.BARE_FIRST * self.steps or Random(f"drill {self.seed} {step}").random() < self.BARE_LATER
        far = step >= self.steps
        return [partial(self._sequence, bare and not far, far, f"binding {self.seed} {step} {row}") for row in range(size)]

    def unseen(self, size: int, far: bool) -> list[Sequence]:
        """Choices that no step shows: phrases and real ones."""
        return [self._sequence(False, far, f"unseen {self.seed} {row}") for row in range(size)]

    def _sequence(self, bare: bool, far: bool, seed: str) -> Sequence:
        random = Random(seed)
        if bare:
            return self.encoder.recall(random.sample(self.words, random.randint(2, 4)), random)
        choices = self._choices(random)
        between = " ".join(random.choices(self.words, k=random.randint(0, self.BETWEEN))) if far else ""
        return self.encoder.binding(choices, random, between)

    def _choices(self, random: Random) -> list[str]:
        if random.random() < 0.5:
            choices = list(random.choice(self.scenes)["choices"])
            random.shuffle(choices)
            return choices
        number, length = random.randint(2, 4), random.choice((1, 1, 2, 3))
        shared = [random.choice(self.words) for _ in range(length)]
        place = random.randrange(length)
        keys = random.sample(self.words, number)
        return [" ".join([*shared[:place], key, *shared[place + 1 :]]) for key in keys]


def _words(scene: dict):
    text = " ".join((scene["question"], scene["caption"], scene["reasoning"], *scene["choices"]))
    return text.replace(",", " ").replace(".", " ").replace("?", " ").replace(":", " ").split()


class Shuffled:
    """Batches of similar length from 0 .. n - 1, in an order that depends only on the seed and the step.

    Lengths need not be those of the sequences, only grow with them.
    """

    POOL = 30  # batches that are sorted by length together

    def __init__(self, lengths: list[int], size: int, seed: str):
        self.lengths, self.size, self.seed = lengths, min(size, len(lengths)), seed
        self.count = len(lengths) // self.size if lengths else 0
        self.epoch, self.batches = None, []

    def batch(self, step: int) -> list[int]:
        epoch, place = divmod(step, self.count)
        if epoch != self.epoch:
            self.epoch, self.batches = epoch, self._order(epoch)
        return self.batches[place]

    def _order(self, epoch: int) -> list[list[int]]:
        random = Random(f"order {self.seed} {epoch}")
        order = random.sample(range(len(self.lengths)), self.count * self.size)
        batches = []
        for start in range(0, len(order), self.size * self.POOL):
            pool = sorted(order[start : start + self.size * self.POOL], key=self.lengths.__getitem__)
            batches += [pool[i : i + self.size] for i in range(0, len(pool), self.size)]
        random.shuffle(batches)
        return batches


# What the steps of a lesson show, over and over.
TRAINING = ("record", "caption") * 3 + ("told", "caption") + ("record", "caption") * 3 + ("drill", "caption")
ALIGNMENT = ("caption",) * 7 + ("drill",)


class Lesson:
    """The batches of a whole training stage: whole records, captions alone, told captions and the binding drill.

    `indices` are the scenes of a draw that are learnt, `targets` what is to be written for each. A target without a
    caption (a letter alone) is always shown as a whole record.
    """

    def __init__(self, encoder: Encoder, scenes, indices, targets: list[str], size: int, drill: BindingDrill, cycle=TRAINING):
        self.encoder, self.size, self.drill, self.cycle = encoder, size, drill, cycle
        self.rows = [(scenes[i], target, setting_of(i, drill.seed)) for i, target in zip(indices, targets)]
        self.pictured = [row for row in self.rows if row[0]["picture"] is not None and "<CAPTION>" in row[1]]
        self.whole = Shuffled([_size(*row) for row in self.rows], size, f"{drill.seed} whole")
        self.captions = Shuffled([len(scene["caption"]) for scene, _, _ in self.pictured], size, f"{drill.seed} captions")

    def sequences(self, step: int) -> list[Later]:
        kind = self.cycle[step % len(self.cycle)]
        if kind == "drill":
            return self.drill.sequences(self.drill.steps + step, self.size)
        if kind == "caption" and self.pictured:
            rows = [self.pictured[i] for i in self.captions.batch(step)]
            return [partial(self.encoder.captioned, scene, target) for scene, target, _ in rows]
        rows = [self.rows[i] for i in self.whole.batch(step)]
        if kind == "told" and self.pictured:
            return [partial(self.encoder.told, scene, target) for scene, target, _ in rows]
        return [partial(self.encoder.answered, *row) for row in rows]


def _size(scene: dict, target: str, setting: int) -> int:
    """Characters of a record's prompt and target, a picture as some more."""
    texts = (scene["question"], scene["hint"], *scene["choices"], target, *(scene[name] for name in SETTINGS[setting]))
    return sum(map(len, texts)) + (0 if scene["picture"] is None else 150)


def setting_of(index: int, seed: int) -> int:
    """The setting that training record `index` is shown in."""
    random = Random(f"setting {seed} {index}")
    return random.choice((2, 3, 4)) if random.random() < OTHER_SETTINGS else 1
