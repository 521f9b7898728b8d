"""An island with four marked places, north at the top."""

import math
from random import Random

from ..canvas import COLOURS, WHITE, Canvas
from ..scene import Scene, Skill, jitter, scene, told

MAPS = Skill(
    key="maps",
    subject="social science",
    topic="geography",
    category="Maps",
    skill="Read directions on a map",
    grade="grade3",
    lecture="North is at the top of a map, south at the bottom, west on the left and east on the right.",
)
SEA, LAND = (205, 228, 245), (214, 232, 190)
# Each letter keeps its colour, so that a mark of 22 pixels can be told apart.
MARKS = {"A": COLOURS["red"], "B": COLOURS["blue"], "C": COLOURS["purple"], "D": COLOURS["orange"]}
EDGES = {"north": "top", "south": "bottom", "west": "left", "east": "right"}
CORNERS = 12


def farthest_place(random: Random) -> Scene:
    canvas = Canvas(random, SEA)
    turns = [i * 2 * math.pi / CORNERS for i in range(CORNERS)]
    radii = [42 + jitter(random, 4) for _ in turns]
    canvas.polygon([(48 + r * math.cos(t), 48 + r * math.sin(t)) for r, t in zip(radii, turns)], LAND)
    columns, rows = random.sample(range(4), 4), random.sample(range(4), 4)
    places = {
        letter: (15 + column * 22 + jitter(random, 2), 15 + row * 22 + jitter(random, 2))
        for letter, column, row in zip(MARKS, columns, rows)
    }
    for letter, (x, y) in places.items():
        canvas.ellipse(x, y, 11, fill=MARKS[letter])
        canvas.text(x, y, letter, 15, WHITE)
    direction = random.choice(list(EDGES))
    axis = 1 if direction in ("north", "south") else 0
    order = sorted(places, key=lambda letter: places[letter][axis], reverse=direction in ("south", "east"))
    across, down = (sorted(places, key=lambda letter, axis=axis: places[letter][axis]) for axis in (0, 1))
    return scene(
        random,
        MAPS,
        question=random.choice((f"Which place is farthest {direction}?", f"Which of these places is farthest {direction} on the map?")),
        correct=f"place {order[0]}",
        wrong=[f"place {letter}" for letter in order[1:]],
        hint=told(random, "{} looks at a map of an island.", 0.3),
        image=canvas.finish(),
        summary=f"Find the place nearest to the {EDGES[direction]} edge.",
        caption=f"A map with four places. From the {EDGES[direction]} the order is {' '.join(order)}.",
        reason=f"Place {order[0]} is the first from the {EDGES[direction]}.",
        facts={**{f"across{i}": letter for i, letter in enumerate(across)}, **{f"down{i}": letter for i, letter in enumerate(down)}},
    )
