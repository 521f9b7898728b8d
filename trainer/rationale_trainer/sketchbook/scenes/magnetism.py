"""Bar magnets: which poles face each other, and how far apart two pairs are."""

from random import Random

from ..canvas import INK, WHITE, Canvas
from ..scene import Scene, Skill, jitter, scene, told

RED, BLUE, GREY = (230, 70, 70), (80, 120, 225), (205, 205, 205)
OTHER = {"N": "S", "S": "N"}

MAGNETS = Skill(
    key="magnets",
    subject="natural science",
    topic="physics",
    category="Magnets",
    skill="Identify magnets that attract or repel",
    grade="grade4",
    lecture="Opposite poles attract. Like poles repel.",
)
MAGNETIC_FORCE = Skill(
    key="magnetic force",
    subject="natural science",
    topic="physics",
    category="Magnets",
    skill="Compare magnetic forces by distance",
    grade="grade5",
    lecture="The magnetic force is stronger when the magnets are closer together.",
)


def magnets(random: Random) -> Scene:
    canvas = Canvas(random)
    x, y, gap = 48 + jitter(random, 3), 48 + jitter(random, 16), random.uniform(6, 14)
    coloured = random.random() < 0.7

    def magnet(left, poles):
        for i, pole in enumerate(poles):
            fill = {"N": RED, "S": BLUE}[pole] if coloured else GREY
            canvas.box(left + i * 18, y - 10, left + (i + 1) * 18, y + 10, fill)
            canvas.text(left + i * 18 + 9, y, pole, 14, WHITE if coloured else INK)

    left, right = random.choice("NS"), random.choice("NS")
    magnet(x - gap / 2 - 36, (OTHER[left], left))
    magnet(x + gap / 2, (right, OTHER[right]))
    correct, wrong = ("attract", "repel") if left != right else ("repel", "attract")
    kind = "opposite" if left != right else "like"
    return scene(
        random,
        MAGNETS,
        question=random.choice(
            ("Will these magnets attract or repel each other?", "What will these two magnets do?", "Do the two magnets attract or repel?")
        ),
        correct=correct,
        wrong=[wrong],
        hint=told(random, "{} puts two magnets on a table."),
        image=canvas.finish(),
        summary="Compare the two poles that face each other.",
        caption=f"Two magnets. Pole {left} of the left magnet faces pole {right} of the right magnet.",
        reason=f"{left} and {right} are {kind} poles, and {kind} poles {correct}.",
        facts={"left": left, "right": right},
    )


def magnetic_force(random: Random) -> Scene:
    canvas = Canvas(random)
    gaps = random.sample([4, 9, 14, 20, 26], 2)
    for i, gap in enumerate(gaps):
        x, y = 54 + jitter(random, 3), 27 + i * 42 + jitter(random, 4)
        for left, fill in ((x - gap / 2 - 24, RED), (x - gap / 2 - 12, BLUE), (x + gap / 2, RED), (x + gap / 2 + 12, BLUE)):
            canvas.box(left, y - 8, left + 12, y + 8, fill)
        canvas.text(9, y, str(i + 1), 15)
    near = gaps.index(min(gaps)) + 1
    return scene(
        random,
        MAGNETIC_FORCE,
        question=random.choice(
            (
                "Which pair of magnets has the stronger force?",
                "In which pair is the magnetic force stronger?",
                "Where is the magnetic force stronger?",
                "Which pair of magnets pulls more strongly?",
            )
        ),
        correct=f"pair {near}",
        wrong=[f"pair {3 - near}"],
        hint=told(random, "{} puts two pairs of magnets on a table.", 0.75),
        image=canvas.finish(),
        summary="Compare the gaps between the magnets.",
        caption=f"Two pairs of magnets. The gap in pair {near} is smaller.",
        reason=f"The magnets in pair {near} are closer together, so their force is stronger.",
        facts={"near": near, "gap1": gaps[0], "gap2": gaps[1]},
    )
