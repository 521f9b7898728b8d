"""Particles in containers: concentration of two solutions, and the states of matter."""

from random import Random

from ..canvas import COLOURS, Canvas
from ..scene import Scene, Skill, jitter, scene, told

SOLUTIONS = Skill(
    key="solutions",
    subject="natural science",
    topic="chemistry",
    category="Solutions",
    skill="Compare concentrations of solutions",
    grade="grade7",
    lecture="Concentration is the number of particles in a volume.",
)
STATES = Skill(
    key="states of matter",
    subject="natural science",
    topic="chemistry",
    category="States of matter",
    skill="Identify solids, liquids and gases",
    grade="grade4",
    lecture="Particles are packed in a solid, loose in a liquid and far apart in a gas.",
)
WATER = (214, 236, 250)
EQUAL = "neither one"
SPACING = {
    "solid": "packed in a neat block",
    "liquid": "close together at the bottom",
    "gas": "far apart in the whole box",
}


def solutions(random: Random) -> Scene:
    canvas = Canvas(random)
    counts = [random.randint(1, 6)] * 2 if random.random() < 0.2 else random.sample(range(1, 7), 2)
    colour = random.choice(list(COLOURS))
    for i, count in enumerate(counts):
        left = 5 + i * 47
        canvas.box(left, 28, left + 39, 86, WATER, WATER)
        canvas.line([(left, 18), (left, 86), (left + 39, 86), (left + 39, 18)], 2)
        for column, row in random.sample([(c, r) for c in range(2) for r in range(3)], count):
            canvas.ellipse(left + 11 + column * 18 + jitter(random, 1.5), 38 + row * 18.5 + jitter(random, 1.5), 6.5, fill=COLOURS[colour])
        canvas.text(left + 19, 9, "AB"[i], 13)
    first, second = counts
    correct = "solution A" if first > second else "solution B" if second > first else EQUAL
    relation = "more than" if first > second else "less than" if second > first else "equal to"
    return scene(
        random,
        SOLUTIONS,
        question=random.choice(
            (f"Which solution has more {colour} particles?", f"Which solution has a higher concentration of {colour} particles?")
        ),
        correct=correct,
        wrong=[choice for choice in ("solution A", "solution B", EQUAL) if choice != correct],
        hint=told(random, "{} mixed two solutions.", 0.3),
        image=canvas.finish(),
        summary="Compare the numbers of particles.",
        caption=f"Solution A has {first} {colour} particles. Solution B has {second} {colour} particles.",
        reason=f"{first} is {relation} {second}.",
        facts={"first": first, "second": second, "colour": colour, "relation": relation},
    )


def states(random: Random) -> Scene:
    canvas = Canvas(random)
    state = random.choice(list(SPACING))
    colour = COLOURS[random.choice(list(COLOURS))]
    left, top, side = 18 + jitter(random, 5), 18 + jitter(random, 5), 60
    canvas.line([(left, top), (left, top + side), (left + side, top + side), (left + side, top)], 2.2)
    if state == "gas":
        cells = random.sample([(c, r) for c in range(4) for r in range(4)], 7)
        points = [(left + 8 + c * 15 + jitter(random, 4), top + 8 + r * 15 + jitter(random, 4)) for c, r in cells]
    elif state == "solid":
        points = [(left + 12 + c * 8.5, top + side - 5 - r * 8.5) for c in range(5) for r in range(4)]
    else:
        cells = [(c, r) for c in range(6) for r in range(3) if random.random() < 0.93]
        points = [(left + 6 + c * 9.5 + jitter(random, 2.5), top + side - 6 - r * 9 + jitter(random, 2)) for c, r in cells]
    for x, y in points:
        canvas.ellipse(x, y, 4, fill=colour)
    return scene(
        random,
        STATES,
        question=random.choice(
            ("Which state of matter do the particles show?", "Is this substance a solid, a liquid or a gas?", "What state is the substance in?")
        ),
        correct=state,
        wrong=[name for name in SPACING if name != state],
        hint=told(random, "{} looks at the particles of a substance.", 0.7),
        image=canvas.finish(),
        summary="Look at the spacing of the particles.",
        caption=f"A box of particles. The particles are {SPACING[state]}.",
        reason=f"Particles that are {SPACING[state]} form a {state}.",
        facts={"state": state},
    )
