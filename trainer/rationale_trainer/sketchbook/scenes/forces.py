"""A box pulled to both sides."""

from random import Random

from ..canvas import COLOURS, Canvas
from ..scene import Scene, Skill, article, jitter, scene, told

FORCES = Skill(
    key="forces",
    subject="natural science",
    topic="physics",
    category="Force and motion",
    skill="Predict motion from two forces",
    grade="grade5",
    lecture="An object moves in the direction of the stronger force. A longer arrow shows a stronger force.",
)
PULLS = ((13, 29), (29, 13), (20, 20), (11, 24), (24, 11), (27, 27))
LEFT, RIGHT, STILL = "to the left", "to the right", "it does not move"


def forces(random: Random) -> Scene:
    canvas = Canvas(random)
    left, right = random.choice(PULLS)
    colour = random.choice(list(COLOURS))
    x, y, half = 48 + jitter(random, 3), 52 + jitter(random, 10), 9
    canvas.line([(4, y + half + 1), (92, y + half + 1)], 1.4, (120, 120, 120))
    canvas.box(x - half, y - half, x + half, y + half, COLOURS[colour])
    canvas.arrow(x - half - 2, y, x - half - 2 - left, y, 2.4, head=8)
    canvas.arrow(x + half + 2, y, x + half + 2 + right, y, 2.4, head=8)
    relation, correct = ("longer than", LEFT) if left > right else ("shorter than", RIGHT) if right > left else ("as long as", STILL)
    stronger = {LEFT: "The left force is stronger.", RIGHT: "The right force is stronger.", STILL: "The forces are equal."}[correct]
    return scene(
        random,
        FORCES,
        question=random.choice(
            ("Which way will the box move?", "The arrows show two forces. Which way does the box move?", f"Which way does the {colour} box move?")
        ),
        correct=correct,
        wrong=[choice for choice in (LEFT, RIGHT, STILL) if choice != correct],
        hint=told(random, "{} pulls a box.", 0.6),
        image=canvas.finish(),
        summary="Compare the two forces.",
        caption=f"{article(colour).capitalize()} box with two arrows. The left arrow is {relation} the right arrow.",
        reason=stronger,
        facts={"relation": relation, "colour": colour},
    )
