"""Training sequences: token ids with labels that are -100 everywhere but on what is to be learnt."""

from dataclasses import dataclass
from random import Random

import torch
from tokenizers import Tokenizer

from ..chat import chat_text, prompt_ids
from ..prompts import messages
from ..tokens import BOS, EOS, LETTERS, PAD, SPECIAL, conclusion, rationale

IGNORED = -100
EOS_ID, PAD_ID = SPECIAL.index(EOS), SPECIAL.index(PAD)


@dataclass(frozen=True)
class Sequence:
    ids: list[int]
    labels: list[int]
    picture: int | None = None


@dataclass(frozen=True)
class Batch:
    ids: torch.Tensor  # int64 [n, length], right-padded
    labels: torch.Tensor  # int64 [n, length]
    pictures: list[int]  # of the rows that have one, in row order


def gold_rationale(scene: dict) -> str:
    return rationale(scene["summary"], scene["caption"], scene["reasoning"], LETTERS[scene["answer"]])


def gold_letter(scene: dict) -> str:
    return conclusion(LETTERS[scene["answer"]])


class Encoder:
    def __init__(self, tokenizer: Tokenizer, image_tokens: int):
        self.tokenizer, self.image_tokens = tokenizer, image_tokens
        self.letters = torch.tensor([tokenizer.token_to_id(letter) for letter in LETTERS])

    def encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids

    def prompt(self, scene: dict, setting: int = 1, pictured: bool = True) -> list[int]:
        image = scene["image"] if pictured else None
        return prompt_ids(self.tokenizer, messages(scene, setting, image), self.image_tokens)

    def answered(self, scene: dict, target: str, setting: int = 1) -> Sequence:
        """The record's prompt; every token of the target is learnt."""
        prompt, answer = self.prompt(scene, setting), [*self.encode(target), EOS_ID]
        return Sequence(prompt + answer, [IGNORED] * len(prompt) + answer, scene["picture"])

    def told(self, scene: dict, target: str) -> Sequence:
        """The same without the picture: the caption is given instead of learnt, the stages around it are learnt."""
        opening, rest = target.split("<CAPTION>")
        caption, closing = rest.split("</CAPTION>")
        prompt = self.prompt(scene, pictured=False)
        parts = [(self.encode(opening), True), (self.encode(f"<CAPTION>{caption}</CAPTION>"), False), ([*self.encode(closing), EOS_ID], True)]
        ids, labels = list(prompt), [IGNORED] * len(prompt)
        for part, learnt in parts:
            ids += part
            labels += part if learnt else [IGNORED] * len(part)
        return Sequence(ids, labels)

    def captioned(self, scene: dict, target: str) -> Sequence:
        """The picture and its caption, half as long as a whole record: reading pictures is most of what is to be learnt."""
        prompt = prompt_ids(self.tokenizer, [{"role": "user", "content": [{"type": "image"}]}], self.image_tokens)
        caption = target[target.index("<CAPTION>") : target.index("<REASONING>")]
        answer = self.encode(caption)
        return Sequence(prompt + answer, [IGNORED] * len(prompt) + answer, scene["picture"])

    def binding(self, choices: list[str], random: Random, between: str = "") -> Sequence:
        """Choices and what stands between, then as often as there are choices, "The answer is …" for one at random."""
        asked = random.choices(range(len(choices)), k=len(choices))
        return self._asked(choices, between, [(i, f" The answer is {choices[i].rstrip('.')}.</REASONING><CONCLUSION>") for i in asked])

    def recall(self, choices: list[str], random: Random) -> Sequence:
        """Choices, then QUERIES of them at random and nothing else: the look-up at its easiest."""
        return self._asked(choices, "", [(i, f" {choices[i]}") for i in random.choices(range(len(choices)), k=self.QUERIES)])

    QUERIES = 12

    def _asked(self, choices: list[str], between: str, queries: list[tuple[int, str]]) -> Sequence:
        """Each query is to be followed by its choice's letter, which is not shown: what was asked before would give it away."""
        ids = self._choices(choices) + self.encode(between)
        next_labels = [IGNORED] * len(ids)
        for i, query in queries:
            query_ids = self.encode(query)
            ids += query_ids
            next_labels += [IGNORED] * (len(query_ids) - 1) + [self.letters[i].item()]
        return Sequence([*ids, EOS_ID], [IGNORED, *next_labels])

    def _choices(self, choices: list[str]) -> list[int]:
        shown = " ".join(f"({letter}) {choice}" for letter, choice in zip(LETTERS, choices))
        return self.encode(f"{BOS}Choices: {shown}\n")


def collate(sequences: list[Sequence]) -> Batch:
    longest = max(len(sequence.ids) for sequence in sequences)
    ids = torch.full((len(sequences), longest), PAD_ID)
    labels = torch.full((len(sequences), longest), IGNORED)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence.ids)] = torch.tensor(sequence.ids)
        labels[row, : len(sequence.labels)] = torch.tensor(sequence.labels)
    return Batch(ids, labels, [s.picture for s in sequences if s.picture is not None])


def text_for_tokenizer(scene: dict) -> str:
    return chat_text(messages(scene, 3, scene["image"])) + gold_rationale(scene)
