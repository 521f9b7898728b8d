"""Records with one deliberate fault each, so that the first minute with the tool shows findings. See samples/sketchbook/README.md."""

from pathlib import Path

from .dataset import write_image, write_json
from .draw import draw

SEED, SPLIT = 9_000_000, "test"


def duplicate_choice(record: dict) -> dict:
    wrong = next(i for i in range(len(record["choices"])) if i != record["answer"])
    choices = list(record["choices"])
    choices[wrong] = choices[wrong - 1] if wrong else choices[-1]
    return {"choices": choices}


def wrong_answer(record: dict) -> dict:
    return {"answer": (record["answer"] + 1) % len(record["choices"])}


def answer_out_of_range(record: dict) -> dict:
    return {"answer": len(record["choices"]) + 2}


def empty_choice(record: dict) -> dict:
    wrong = next(i for i in range(len(record["choices"])) if i != record["answer"])
    return {"choices": ["" if i == wrong else choice for i, choice in enumerate(record["choices"])]}


def single_choice(record: dict) -> dict:
    return {"choices": [record["choices"][record["answer"]]], "answer": 0}


def nothing_explained(record: dict) -> dict:
    return {"lecture": "", "solution": ""}


def unchanged(record: dict) -> dict:
    return {}


# id: skill, the fields that the fault replaces. The faults of f1 and f5 are in their image files.
FAULTS = {
    "f1": ("magnets", unchanged),
    "f2": ("bar charts", duplicate_choice),
    "f3": ("balance", wrong_answer),
    "f4": ("maps", answer_out_of_range),
    "f5": ("length", unchanged),
    "f6": ("moon phases", empty_choice),
    "f7": ("classification", single_choice),
    "f8": ("circuits", nothing_explained),
}
MISSING_IMAGE, TEXT_IMAGE = "f1", "f5"


def write_faults(folder: Path):
    """Writes faults.json and its images, beside problems.json."""
    records = {}
    for number, (identifier, (skill, fault)) in enumerate(FAULTS.items()):
        scene = draw(SEED + number, skill)
        record = scene.record(SPLIT)
        records[identifier] = {**record, **fault(record)}
        if identifier == TEXT_IMAGE:
            path = folder / "images" / SPLIT / identifier / "image.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("This is a text file, whatever its name says.\n", encoding="utf-8")
        elif identifier != MISSING_IMAGE:
            write_image(folder, scene, SPLIT, identifier)
    write_json(folder / "faults.json", records)
