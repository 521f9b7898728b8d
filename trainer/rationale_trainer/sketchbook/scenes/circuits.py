"""A loop with a bulb, a switch and perhaps a battery."""

from random import Random

from ..canvas import INK, Canvas
from ..scene import Scene, Skill, jitter, scene, told

CIRCUITS = Skill(
    key="circuits",
    subject="natural science",
    topic="physics",
    category="Electricity",
    skill="Tell whether a circuit is complete",
    grade="grade5",
    lecture="A bulb lights up only in a closed circuit with a battery.",
)
LIT, DARK = "it lights up", "it stays dark"


def circuit(random: Random) -> Scene:
    canvas = Canvas(random)
    left, top, right, bottom = 16 + jitter(random, 3), 24 + jitter(random, 3), 80 + jitter(random, 3), 76 + jitter(random, 3)
    closed, battery = random.random() < 0.6, random.random() < 0.75
    switch_y, battery_y = random.choice(((top, bottom), (bottom, top)))
    x, y = (left + right) / 2, (top + bottom) / 2
    canvas.line([(left, top), (left, bottom)])
    canvas.line([(right, top), (right, bottom)])
    canvas.ellipse(right, y, 10, fill=(250, 240, 170))
    canvas.line([(right - 6, y - 6), (right + 6, y + 6)], 1)
    canvas.line([(right - 6, y + 6), (right + 6, y - 6)], 1)
    for end, edge in ((-11, left), (11, right)):
        canvas.line([(edge, switch_y), (x + end, switch_y)])
        canvas.ellipse(x + end, switch_y, 2.5, fill=INK)
    canvas.line([(x - 11, switch_y), (x + 11, switch_y) if closed else (x + 6, switch_y - 15)], 2.4)
    canvas.line([(left, battery_y), (right, battery_y)])
    if battery:
        canvas.box(x - 13, battery_y - 8, x + 13, battery_y + 8, (90, 160, 90))
        canvas.text(x - 6, battery_y, "-", 13)
        canvas.text(x + 6, battery_y, "+", 13)
    lit = closed and battery
    if lit:
        reason = "There is a battery and the switch is closed."
    else:
        reason = "The switch is open." if battery else "There is no battery."
    return scene(
        random,
        CIRCUITS,
        question=random.choice(("What happens to the bulb in this circuit?", "Look at the circuit. What will the bulb do?", "What does the bulb do?")),
        correct=LIT if lit else DARK,
        wrong=[DARK if lit else LIT],
        hint=told(random, "{} builds a circuit.", 0.7),
        image=canvas.finish(),
        summary="Check the battery and the switch.",
        caption=f"A circuit with {'a' if battery else 'no'} battery. The switch is {'closed' if closed else 'open'}.",
        reason=reason,
        facts={"closed": closed, "battery": battery},
    )
