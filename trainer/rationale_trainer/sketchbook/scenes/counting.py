"""Objects of one kind in two colours; one colour is to be counted."""

from random import Random

from ..canvas import COLOURS, Canvas
from ..scene import Scene, Skill, jitter, scene, told

COUNTING = Skill(
    key="counting",
    subject="natural science",
    topic="science-and-engineering-practices",
    category="Designing experiments",
    skill="Count objects of a group",
    grade="grade2",
    lecture="To count a group, count each object once.",
)
MOST = 5


def counting(random: Random) -> Scene:
    canvas = Canvas(random)
    kind = random.choice(("ball", "cube", "star"))
    wanted, other = random.sample(list(COLOURS), 2)
    number, others = random.randint(1, MOST), random.randint(0, 3)
    cells = random.sample([(column, row) for column in range(3) for row in range(3)], number + others)
    for i, (column, row) in enumerate(cells):
        colour = COLOURS[wanted if i < number else other]
        canvas.shape(kind, 17 + column * 31 + jitter(random, 3), 17 + row * 31 + jitter(random, 3), 10, colour)

    def group(count, colour):
        return f"{count} {colour} {kind}{'' if count == 1 else 's'}"

    wrong = random.sample([n for n in range(1, MOST + 1) if n != number], 2)
    return scene(
        random,
        COUNTING,
        question=random.choice((f"How many {wanted} {kind}s are in the picture?", f"Count the {wanted} {kind}s. How many are there?")),
        correct=str(number),
        wrong=[str(n) for n in wrong],
        hint=told(random, "{} sorts some objects.", 0.3),
        image=canvas.finish(),
        summary=f"Count only the {wanted} {kind}s.",
        caption=f"There are {group(number, wanted)}" + (f" and {group(others, other)}." if others else " and no others."),
        reason=f"The picture has {group(number, wanted)}.",
        facts={"kind": kind, **{colour: {wanted: number, other: others}.get(colour, 0) for colour in COLOURS}},
    )
