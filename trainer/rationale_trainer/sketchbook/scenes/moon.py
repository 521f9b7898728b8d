"""The phases of the moon in a night sky."""

from random import Random

from ..canvas import Canvas
from ..scene import Scene, Skill, jitter, scene, told

MOON_PHASES = Skill(
    key="moon phases",
    subject="natural science",
    topic="earth-science",
    category="Astronomy",
    skill="Identify phases of the moon",
    grade="grade4",
    lecture="The phase of the moon depends on the part of it that we see lit.",
)
SKY, BRIGHT, SHADE = (25, 28, 60), (245, 240, 210), (60, 62, 90)
LIT_PART = {
    "new moon": "No part",
    "full moon": "The whole side",
    "first quarter": "The right half",
    "last quarter": "The left half",
    "crescent": "A thin part",
}


def moon_phase(random: Random) -> Scene:
    canvas = Canvas(random, SKY)
    phase = random.choice(list(LIT_PART))
    x, y, radius = 48 + jitter(random, 8), 48 + jitter(random, 8), 26 + jitter(random, 4)
    canvas.ellipse(x, y, radius, fill=SHADE, outline=SHADE)
    if phase == "full moon":
        canvas.ellipse(x, y, radius, fill=BRIGHT, outline=BRIGHT)
    elif phase in ("first quarter", "crescent"):
        canvas.slice(x, y, radius, -90, 90, BRIGHT)
    elif phase == "last quarter":
        canvas.slice(x, y, radius, 90, 270, BRIGHT)
    if phase == "crescent":
        canvas.ellipse(x, y, radius * 0.55, radius, fill=SHADE, outline=SHADE)
    for _ in range(6):
        canvas.ellipse(random.uniform(2, 94), random.choice((random.uniform(2, 14), random.uniform(82, 94))), 0.8, fill=BRIGHT, outline=BRIGHT)
    part = LIT_PART[phase]
    return scene(
        random,
        MOON_PHASES,
        question=random.choice(("Which phase of the moon is shown?", "What is the phase of this moon?")),
        correct=phase,
        wrong=random.sample([name for name in LIT_PART if name != phase], 2),
        hint=told(random, "{} looks at the moon.", 0.4),
        image=canvas.finish(),
        summary="See which part of the moon is bright.",
        caption=f"A moon in a dark sky. {part} is bright.",
        reason=f"{part} is bright, as in the phase {phase}.",
        facts={"phase": phase},
    )
