"""Writes the values of TRL's ULDLoss that the objective uld is held to; needs trainer/requirements-goldens.txt.

    PYTHONPATH=trainer python -m rationale_trainer.uld_goldens > test/cases/uld-golden.jsonl
"""

import json
import random

import torch
from trl.experimental.gold.gold_config import GOLDConfig
from trl.experimental.gold.gold_trainer import ULDLoss

PROMPT = 2


def main():
    for seed in range(10):
        print(json.dumps(case(seed)))


def case(seed: int) -> dict:
    """Random logits of two vocabularies for texts that are cut in different places."""
    chance, temperature = random.Random(seed), (1.0, 2.0)[seed % 2]
    generator = torch.Generator().manual_seed(seed)
    texts = [chance.randint(3, 12) for _ in range(1 + seed % 3)]
    sides = {name: [side(length, words, chance, generator) for length in texts] for name, words in (("student", 7), ("teacher", 9))}
    loss = trl_loss(sides["student"], sides["teacher"], temperature)
    return {"temperature": temperature, **sides, "loss": loss}


def side(length: int, words: int, chance: random.Random, generator) -> dict:
    ends = sorted(chance.sample(range(1, length), chance.randint(0, min(4, length - 1)))) + [length]
    logits = (2 * torch.randn(len(ends), words, generator=generator)).round(decimals=3)
    return {"ends": ends, "targets": [chance.randrange(words) for _ in ends], "logits": [[round(value, 3) for value in row] for row in logits.tolist()]}


def trl_loss(student: list[dict], teacher: list[dict], temperature: float) -> float:
    """As TRL lays a batch out: a prompt, the tokens, an end token (which it skips), padding; logits one place before their token."""
    settings = GOLDConfig.__dataclass_fields__
    config = type("Settings", (), {name: field.default for name, field in settings.items()})()
    config.use_extended_uld, config.uld_token_merge_strategy, config.uld_crossentropy_weight = True, "bayesian", 0.0
    config.uld_student_temperature = config.uld_teacher_temperature = temperature
    (own_logits, own_labels, own_ends), (other_logits, other_labels, other_ends) = laid_out(student), laid_out(teacher)
    return ULDLoss(config)(
        own_logits, other_logits, own_labels, other_labels, own_labels.clamp_min(0), other_labels.clamp_min(0),
        student_byte_offsets=own_ends, teacher_byte_offsets=other_ends,
    ).item()  # fmt: skip


def laid_out(texts: list[dict]):
    longest, words = max(len(text["ends"]) for text in texts) + PROMPT + 1, len(texts[0]["logits"][0])
    logits, labels, offsets = torch.zeros(len(texts), longest, words), torch.full((len(texts), longest), -100), torch.zeros(len(texts), longest, 2, dtype=torch.long)
    for row, text in enumerate(texts):
        n = len(text["ends"])
        logits[row, PROMPT - 1 : PROMPT - 1 + n] = torch.tensor(text["logits"])
        labels[row, PROMPT : PROMPT + n] = torch.tensor(text["targets"])
        labels[row, PROMPT + n] = 0
        offsets[row, PROMPT : PROMPT + n, 1] = torch.tensor(text["ends"])
        offsets[row, PROMPT + n] = text["ends"][-1]
    return logits, labels, offsets


if __name__ == "__main__":
    main()
