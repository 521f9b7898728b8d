"""Reading an answer, for the trainer's own figures only. Judging for users is the server's work."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from .tokens import LETTERS

# A tag within a stage is none of its text: such a rationale is not whole.
RATIONALE = re.compile(
    r"<SUMMARY>(?P<summary>[^<]*)</SUMMARY>\s*<CAPTION>(?P<caption>[^<]*)</CAPTION>\s*"
    r"<REASONING>(?P<reasoning>[^<]*)</REASONING>\s*<CONCLUSION>(?P<letter>[A-D])</CONCLUSION>"
)
CONCLUSION = re.compile(r"<CONCLUSION>([A-D])</CONCLUSION>")
FINAL_WORDS = re.compile(r"The answer is (.*?)\.?$")


def concluded(output: str, record: dict) -> int | None:
    """The index of the choice that the output concludes with."""
    found = CONCLUSION.search(output)
    if found is None or LETTERS.index(found[1]) >= len(record["choices"]):
        return None
    return LETTERS.index(found[1])


@dataclass
class Figures:
    """Counts over records; `staged` outputs have all four stages; `topics` holds (right, all) by topic, `skills` by the drawer's skill."""

    records: int = 0
    right: int = 0
    malformed: int = 0
    staged: int = 0
    captions: int = 0
    contradictions: int = 0
    topics: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    skills: dict = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def __str__(self):
        n = max(self.records, 1)
        low, high = wilson(self.right, self.records)
        skills = "  ".join(f"{name} {right / n:.2f}" for name, (right, n) in sorted(self.skills.items()))
        return (
            f"accuracy {self.right / n:.3f} [{low:.3f}, {high:.3f}] of {self.records}, captions exact {self.captions / n:.3f}, "
            f"reasoning against conclusion {self.contradictions / n:.3f}, malformed {self.malformed / n:.3f}; {skills}"
        )


def figures(scenes: list[dict], outputs: list[str]) -> Figures:
    """`scenes` are records with the drawer's caption and skill key beside them."""
    result = Figures()
    for scene, output in zip(scenes, outputs):
        right = concluded(output, scene) == scene["answer"]
        result.records += 1
        result.right += right
        for counts in (result.topics[scene["topic"]], result.skills[scene["key"]]):
            counts[0] += right
            counts[1] += 1
        stages = RATIONALE.fullmatch(output)
        if stages is None:
            result.malformed += CONCLUSION.fullmatch(output) is None
            continue
        result.staged += 1
        result.captions += stages["caption"] == scene["caption"]
        named = FINAL_WORDS.search(stages["reasoning"])
        choices = [choice.rstrip(".") for choice in scene["choices"]]
        if named and named[1] in choices:
            result.contradictions += choices.index(named[1]) != LETTERS.index(stages["letter"])
    return result


def wilson(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    if total == 0:
        return 0.0, 1.0
    share, slack = right / total, z * z / total
    centre = (share + slack / 2) / (1 + slack)
    half = z * ((share * (1 - share) + slack / 4) / total) ** 0.5 / (1 + slack)
    return centre - half, centre + half
