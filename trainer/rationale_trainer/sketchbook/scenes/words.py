"""Questions without a picture: groups of animals, and fitting units."""

from random import Random

from ..scene import Scene, Skill, article, scene, told

CLASSIFICATION = Skill(
    key="classification",
    subject="natural science",
    topic="biology",
    category="Classification",
    skill="Identify mammals, birds, fish, reptiles and insects",
    grade="grade2",
    lecture="Animals are sorted into groups such as mammals, birds, fish, reptiles and insects.",
)
UNITS = Skill(
    key="units",
    subject="natural science",
    topic="units-and-measurement",
    category="Units",
    skill="Choose metric units",
    grade="grade3",
    lecture="Choose a unit that fits the size of the object.",
)
NO_PICTURE = "There is no picture."
GROUPS = {
    "mammal": ("dog", "horse", "whale", "bat", "rabbit", "mouse", "lion", "cow"),
    "bird": ("owl", "duck", "hawk", "penguin", "robin", "crow"),
    "fish": ("salmon", "shark", "tuna", "trout", "cod"),
    "reptile": ("snake", "lizard", "turtle", "crocodile"),
    "insect": ("ant", "bee", "beetle", "moth", "wasp"),
}
# object, plausible numbers, fitting unit, unfitting unit
OBJECTS = {
    "length": (
        ("a pencil", (12, 15, 18), "centimeters", "kilometers"),
        ("a road", (6, 8, 12), "kilometers", "centimeters"),
        ("a spoon", (15, 18, 20), "centimeters", "meters"),
        ("a bus", (9, 12, 15), "meters", "centimeters"),
        ("a bed", (2, 3), "meters", "kilometers"),
        ("a river", (40, 60, 80), "kilometers", "centimeters"),
        ("an ant", (4, 5, 6), "millimeters", "meters"),
        ("a shoe", (20, 25, 30), "centimeters", "meters"),
    ),
    "mass": (
        ("an apple", (120, 150, 180), "grams", "kilograms"),
        ("a horse", (400, 500, 600), "kilograms", "grams"),
        ("a nail", (4, 5, 6), "grams", "kilograms"),
        ("a bicycle", (9, 12, 15), "kilograms", "grams"),
        ("a letter", (10, 15, 20), "grams", "kilograms"),
        ("a car", (900, 1000, 1200), "kilograms", "grams"),
    ),
    "volume": (
        ("a cup", (200, 250, 300), "milliliters", "liters"),
        ("a bathtub", (150, 200, 250), "liters", "milliliters"),
        ("a spoon", (5, 10, 15), "milliliters", "liters"),
        ("a bucket", (8, 10, 12), "liters", "milliliters"),
    ),
}


def classification(random: Random) -> Scene:
    group = random.choice(list(GROUPS))
    animal = random.choice(GROUPS[group])
    others = random.sample([name for name in GROUPS if name != group], 2)
    return scene(
        random,
        CLASSIFICATION,
        question=random.choice((f"Which of these animals is {article(group)}?", f"Which animal belongs to the group {group}?")),
        correct=f"the {animal}",
        wrong=[f"the {random.choice(GROUPS[name])}" for name in others],
        hint=told(random, "{} sorts animals.", 0.3),
        summary=f"Find the animal that is {article(group)}.",
        caption=NO_PICTURE,
        reason=f"The {animal} is {article(group)}.",
    )


def units(random: Random) -> Scene:
    quantity = random.choice(list(OBJECTS))
    thing, numbers, fitting, unfitting = random.choice(OBJECTS[quantity])
    number = random.choice(numbers)
    return scene(
        random,
        UNITS,
        question=random.choice((f"What is the best estimate for the {quantity} of {thing}?", f"Choose the better estimate of the {quantity} of {thing}.")),
        correct=f"{number} {fitting}",
        wrong=[f"{number} {unfitting}"],
        hint=told(random, "{} makes an estimate.", 0.5),
        summary="Choose the unit that fits the object.",
        caption=NO_PICTURE,
        reason=f"The {quantity} of {thing} is measured in {fitting}.",
    )
