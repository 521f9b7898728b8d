"""A thermometer with marks every five degrees."""

from random import Random

from ..canvas import WHITE, Canvas
from ..scene import Scene, Skill, jitter, scene, told

FLUID = (220, 50, 50)
TOP, BOTTOM, HIGHEST, STEP = 14, 74, 40, 5

THERMOMETER = Skill(
    key="thermometer",
    subject="natural science",
    topic="earth-science",
    category="Weather and climate",
    skill="Read a thermometer",
    grade="grade3",
    lecture="A thermometer shows the temperature at the top of the red column.",
)


def thermometer(random: Random) -> Scene:
    canvas = Canvas(random)
    marks = range(0, HIGHEST + 1, STEP)
    value = random.choice(marks)
    x = 40 + jitter(random, 10)

    def height(degrees):
        return BOTTOM - (BOTTOM - TOP) * degrees / HIGHEST

    canvas.box(x - 5, TOP - 6, x + 5, BOTTOM + 6, WHITE)
    canvas.ellipse(x, BOTTOM + 10, 9, fill=FLUID)
    canvas.box(x - 4, height(value), x + 4, BOTTOM + 8, FLUID, FLUID)
    for mark in marks:
        canvas.line([(x + 6, height(mark)), (x + (13 if mark % 10 == 0 else 9), height(mark))], 1)
    for mark in (0, 20, 40):
        canvas.text(x + 23, height(mark), str(mark), 12)
    wrong = random.sample([mark for mark in marks if mark != value], 2)
    return scene(
        random,
        THERMOMETER,
        question=random.choice(("What temperature does the thermometer show?", "Read the thermometer. What is the temperature?")),
        correct=f"{value} degrees",
        wrong=[f"{mark} degrees" for mark in wrong],
        hint=told(random, "{} reads a thermometer.", 0.3),
        image=canvas.finish(),
        summary="Read the top of the red column.",
        caption=f"A thermometer. The red column ends at {value}.",
        reason=f"The top of the column is at {value} degrees.",
        facts={"value": value},
    )
