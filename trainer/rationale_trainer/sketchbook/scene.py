"""What a skill draws: the record's own fields, and the facts that only training sees."""

from dataclasses import dataclass, field
from random import Random

from PIL import Image

NAMES = (
    "Ana", "Ben", "Cho", "Dan", "Eva", "Finn", "Gia", "Hugo", "Ida", "Jack", "Kim", "Leo",
    "Mia", "Noah", "Olga", "Paul", "Rosa", "Sam", "Tara", "Uma", "Vic", "Will", "Yara", "Zoe",
)  # fmt: skip


@dataclass(frozen=True)
class Skill:
    """ScienceQA's labels of a kind of question, and its lecture. `key` names the skill inside the trainer."""

    key: str
    subject: str
    topic: str
    category: str
    skill: str
    grade: str
    lecture: str


@dataclass
class Scene:
    """One drawn question. `facts` (name -> value) say what the picture shows: the targets of the vision stage."""

    skill: Skill
    question: str
    choices: list[str]
    answer: int
    hint: str
    image: Image.Image | None
    summary: str
    caption: str
    reasoning: str
    facts: dict = field(default_factory=dict)

    @property
    def solution(self) -> str:
        return f"{self.caption} {self.reasoning}" if self.image else self.reasoning

    @property
    def full_text(self) -> tuple:
        """Two records with equal full texts say the same in words."""
        return (self.question, *self.choices, self.hint, self.solution)

    def record(self, split: str) -> dict:
        """The record in ScienceQA's shape, keys in ScienceQA's order."""
        return {
            "question": self.question,
            "choices": self.choices,
            "answer": self.answer,
            "hint": self.hint,
            "image": "image.png" if self.image else None,
            "task": "closed choice",
            "grade": self.skill.grade,
            "subject": self.skill.subject,
            "topic": self.skill.topic,
            "category": self.skill.category,
            "skill": self.skill.skill,
            "lecture": self.skill.lecture,
            "solution": self.solution,
            "split": split,
        }


def scene(random: Random, skill: Skill, *, question, correct, wrong, summary, caption, reason, image=None, hint="", facts=None):
    """Shuffles the choices and ends the reasoning in the words that all skills share."""
    choices = [correct, *wrong]
    random.shuffle(choices)
    return Scene(
        skill=skill,
        question=question,
        choices=choices,
        answer=choices.index(correct),
        hint=hint,
        image=image,
        summary=summary,
        caption=caption,
        reasoning=f"{reason} The answer is {correct.rstrip('.')}.",
        facts=facts or {},
    )


def told(random: Random, sentence: str, share: float = 0.6) -> str:
    """A hint such as "Ana holds two magnets.", or none; {} stands for the name."""
    return sentence.format(random.choice(NAMES)) if random.random() < share else ""


def jitter(random: Random, amount: float) -> float:
    return random.uniform(-amount, amount)


def article(word: str) -> str:
    """The word with "a" or "an" before it."""
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
