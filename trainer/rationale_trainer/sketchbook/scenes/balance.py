"""Two objects on a balance."""

from random import Random

from ..canvas import COLOURS, Canvas
from ..scene import Scene, Skill, article, jitter, scene, told

BALANCE = Skill(
    key="balance",
    subject="natural science",
    topic="physics",
    category="Mass",
    skill="Compare masses on a balance",
    grade="grade2",
    lecture="The heavier side of a balance is lower.",
)
LEVEL = "neither one"


def balance(random: Random) -> Scene:
    canvas = Canvas(random)
    tilt = random.choice((-1, 0, 1))
    kinds = [random.choice(("ball", "cube", "cone")) for _ in range(2)]
    colours = random.sample(list(COLOURS), 2)
    x, y, drop = 48 + jitter(random, 3), 46 + jitter(random, 4), random.uniform(7, 12) * tilt
    canvas.polygon([(x, y), (x - 8, 88), (x + 8, 88)], (190, 180, 160))
    canvas.line([(x - 34, y + drop), (x + 34, y - drop)], 2.4)
    for side, kind, colour in zip((-1, 1), kinds, colours):
        pan = y - side * drop
        canvas.line([(x + side * 31 - 11, pan), (x + side * 31 + 11, pan)], 2.2)
        canvas.shape(kind, x + side * 31, pan - 10, 8.5, COLOURS[colour])
    left, right = (f"the {colour} {kind}" for colour, kind in zip(colours, kinds))
    correct = {1: left, -1: right, 0: LEVEL}[tilt]
    state = {1: "The left side is lower.", -1: "The right side is lower.", 0: "Both sides are level."}[tilt]
    return scene(
        random,
        BALANCE,
        question=random.choice(("Which object is heavier?", "Which object has more mass?")),
        correct=correct,
        wrong=[choice for choice in (left, right, LEVEL) if choice != correct],
        hint=told(random, "{} puts two objects on a balance.", 0.3),
        image=canvas.finish(),
        summary="See which side of the balance is lower.",
        caption=f"A balance with {article(colours[0])} {kinds[0]} on the left and {article(colours[1])} {kinds[1]} on the right. {state}",
        reason=f"The side with {correct} is lower." if tilt else "The sides are level, so the masses are equal.",
        facts={"tilt": tilt, "kind0": kinds[0], "kind1": kinds[1], "colour0": colours[0], "colour1": colours[1]},
    )
