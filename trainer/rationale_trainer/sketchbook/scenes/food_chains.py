"""Three or four organisms around the page, joined by arrows from food to eater."""

import math
from random import Random

from ..canvas import INK, WHITE, Canvas
from ..scene import Scene, Skill, jitter, scene, told

FOOD_CHAINS = Skill(
    key="food chains",
    subject="natural science",
    topic="biology",
    category="Ecological interactions",
    skill="Interpret food chains",
    grade="grade4",
    lecture="In a food chain each arrow points from the food to the animal that eats it.",
)
PLANTS, SMALL, MIDDLE = ("grass", "tree"), ("rabbit", "mouse", "insect"), ("frog", "snake", "fox")
HUNTER = "hawk"
SLOTS = ((22, 22), (74, 22), (74, 74), (22, 74))


def food_chain(random: Random) -> Scene:
    canvas = Canvas(random)
    chain = [random.choice(PLANTS), random.choice(SMALL)]
    chain += [random.choice(MIDDLE), HUNTER] if random.random() < 0.5 else [random.choice((*MIDDLE, HUNTER))]
    start, turn = random.randrange(4), random.choice((1, -1))
    slots = [(start + turn * i) % 4 for i in range(len(chain))]
    places = [(SLOTS[slot][0] + jitter(random, 3), SLOTS[slot][1] + jitter(random, 3)) for slot in slots]
    for name, (x, y) in zip(chain, places):
        _organism(canvas, name, x, y)
    for (x0, y0), (x1, y1) in zip(places, places[1:]):
        length = math.hypot(x1 - x0, y1 - y0)
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        canvas.arrow(x0 + dx * 14, y0 + dy * 14, x1 - dx * 13, y1 - dy * 13)

    link = random.randrange(len(chain) - 1)
    food, eater = chain[link], chain[link + 1]
    shown = [name for name in chain if name not in (food, eater)]
    wrong = [random.choice(shown)]
    wrong.append(random.choice([name for name in (*PLANTS, *SMALL, *MIDDLE, HUNTER) if name not in (food, eater, *wrong)]))
    if random.random() < 0.4:
        question, correct, look = f"What does the {eater} eat in this food chain?", food, f"Follow the arrow to the {eater}."
    else:
        question, correct, look = f"What eats the {food} in this food chain?", eater, f"Follow the arrow from the {food}."
    return scene(
        random,
        FOOD_CHAINS,
        question=question,
        correct=f"the {correct}",
        wrong=[f"the {name}" for name in wrong],
        hint=told(random, "{} drew a food chain.", 0.3),
        image=canvas.finish(),
        summary=look,
        caption=f"A food chain. The arrows go {' to '.join(chain)}.",
        reason=f"The arrow goes from the {food} to the {eater}.",
        facts={
            "length": len(chain),
            "start": start,
            "turn": turn,
            **{f"link{i}": name for i, name in enumerate(chain)},
            **{f"slot{slot}": name for slot, name in zip(slots, chain)},
        },
    )


def _organism(canvas: Canvas, name: str, x: float, y: float):
    """A picture of about 20 pixels around (x, y)."""
    if name == "grass":
        for k in range(-3, 4):
            canvas.line([(x + k * 2.2, y + 8), (x + k * 3, y - 7)], 1.8, (40, 160, 60))
    elif name == "tree":
        canvas.box(x - 2, y, x + 2, y + 9, (130, 85, 45))
        canvas.ellipse(x, y - 3, 8, fill=(40, 140, 60))
    elif name == "rabbit":
        for ear in (-3, 3):
            canvas.ellipse(x + ear, y - 6, 2, 5, fill=(225, 220, 215))
        canvas.ellipse(x, y + 3, 8, 6, fill=(225, 220, 215))
    elif name == "mouse":
        canvas.ellipse(x - 6, y - 3, 3, fill=(120, 120, 125))
        canvas.line([(x + 8, y + 3), (x + 12, y - 3)], 1.2)
        canvas.ellipse(x, y + 2, 8, 5, fill=(120, 120, 125))
    elif name == "insect":
        for k in (-4, 0, 4):
            canvas.line([(x - 9, y + k), (x + 9, y + k)], 1)
        canvas.ellipse(x, y, 4, 7, fill=(30, 30, 30))
    elif name == "frog":
        canvas.ellipse(x, y + 2, 9, 6, fill=(110, 200, 60))
        for eye in (-5, 5):
            canvas.ellipse(x + eye, y - 5, 3, fill=WHITE)
    elif name == "snake":
        canvas.line([(x - 10, y + 5), (x - 5, y - 4), (x, y + 5), (x + 5, y - 4), (x + 10, y + 4)], 4, (150, 110, 30))
    elif name == "fox":
        head = [(-9, -8), (-4, -3), (4, -3), (9, -8), (6, 4), (0, 9), (-6, 4)]
        canvas.polygon([(x + dx, y + dy) for dx, dy in head], (235, 120, 40))
    elif name == "hawk":
        wings = [(0, 7), (-12, -6), (-3, -1), (0, -7), (3, -1), (12, -6)]
        canvas.polygon([(x + dx, y + dy) for dx, dy in wings], (110, 70, 40), INK)
    else:
        raise ValueError(f"no picture of {name!r}")
