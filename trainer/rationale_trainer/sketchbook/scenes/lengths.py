"""Three pencils of different lengths."""

from random import Random

from ..canvas import COLOURS, Canvas
from ..scene import Scene, Skill, jitter, scene, told

LENGTH = Skill(
    key="length",
    subject="natural science",
    topic="units-and-measurement",
    category="Length",
    skill="Compare lengths",
    grade="grade2",
    lecture="Length is the distance from one end to the other.",
)
LENGTHS, TIP = (20, 32, 44, 56, 70), 8


def length(random: Random) -> Scene:
    canvas = Canvas(random)
    colours = random.sample(list(COLOURS), 3)
    lengths = random.sample(LENGTHS, 3)
    for i, (colour, long) in enumerate(zip(colours, lengths)):
        y = 20 + i * 28 + jitter(random, 3)
        x = 6 + jitter(random, 2) + (random.uniform(0, LENGTHS[-1] - long) if random.random() < 0.4 else 0)
        canvas.box(x, y - 6, x + long, y + 6, COLOURS[colour])
        canvas.polygon([(x + long, y - 6), (x + long, y + 6), (x + long + TIP, y)], (240, 210, 170))
    order = [colours[i] for i in sorted(range(3), key=lambda i: -lengths[i])]
    extreme, place, correct = random.choice((("longest", "first", order[0]), ("shortest", "last", order[2])))
    return scene(
        random,
        LENGTH,
        question=random.choice((f"Which pencil is the {extreme}?", f"Which of the three pencils is {extreme}?")),
        correct=f"the {correct} pencil",
        wrong=[f"the {colour} pencil" for colour in colours if colour != correct],
        hint=told(random, "{} has three pencils.", 0.3),
        image=canvas.finish(),
        summary="Compare the lengths of the pencils.",
        caption=f"Three pencils. From long to short: {', '.join(order)}.",
        reason=f"In the order {correct} is {place}.",
        facts={**{f"rank{i}": colour for i, colour in enumerate(order)}, **{f"colour{i}": colour for i, colour in enumerate(colours)}},
    )
