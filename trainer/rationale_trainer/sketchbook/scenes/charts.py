"""A bar chart with three or four coloured bars."""

from random import Random

from ..canvas import COLOURS, Canvas
from ..scene import Scene, Skill, scene, told

BAR_CHARTS = Skill(
    key="bar charts",
    subject="natural science",
    topic="science-and-engineering-practices",
    category="Data and graphs",
    skill="Interpret bar charts",
    grade="grade3",
    lecture="The height of a bar shows its value.",
)
HIGHEST, UNIT, BASE = 6, 12.5, 86


def bar_chart(random: Random) -> Scene:
    canvas = Canvas(random)
    number = random.choice((3, 4))
    colours = random.sample(list(COLOURS), number)
    heights = random.sample(range(1, HIGHEST + 1), number)
    width = 76 / number
    for value in range(1, HIGHEST + 1):
        canvas.line([(12, BASE - value * UNIT), (92, BASE - value * UNIT)], 0.8, (200, 200, 205))
    canvas.line([(12, 6), (12, BASE), (92, BASE)], 1.6)
    for i, (colour, height) in enumerate(zip(colours, heights)):
        canvas.box(15 + i * width + 2, BASE - height * UNIT, 15 + (i + 1) * width - 3, BASE, COLOURS[colour])
    ranked = sorted(range(number), key=lambda i: heights[i])
    extreme = random.choice(("highest", "lowest"))
    best = ranked[-1 if extreme == "highest" else 0]
    return scene(
        random,
        BAR_CHARTS,
        question=random.choice((f"Which bar is the {extreme}?", f"Which colour has the {extreme} value in the chart?")),
        correct=colours[best],
        wrong=[colour for i, colour in enumerate(colours) if i != best],
        hint=told(random, "{} made a bar chart.", 0.3),
        image=canvas.finish(),
        summary=f"Find the {extreme} bar.",
        caption=f"A bar chart: {', '.join(f'{colour} {height}' for colour, height in zip(colours, heights))}.",
        reason=f"The {extreme} value is {heights[best]}, and it is {colours[best]}.",
        facts={
            "number": number,
            "highest": colours[ranked[-1]],
            "lowest": colours[ranked[0]],
            **{f"colour{i}": colour for i, colour in enumerate(colours)},
            **{f"height{i}": height for i, height in enumerate(heights)},
        },
    )
