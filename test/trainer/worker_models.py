"""Tiny models in the worker, what is asked of them, and what the server would hear: what the worker's tests share."""

import numpy as np
import pytest
from PIL import Image
from rationale_trainer.tiny import write_tiny

WRITERS = ("llava", "llava-next", "llava-onevision", "pixtral", "qwen2-vl", "qwen2.5-vl", "qwen3-vl", "gemma-3", "internvl", "paligemma",
           "idefics3", "smolvlm", "mllama", "kosmos-2")  # fmt: skip
SIZES = [(48, 80), (40, 100), (96, 31), (32, 32)]
TEXTS = ["what colour?", "which of these is a solid? a rock is a solid, water is a liquid.", "green blue", "what colour is the picture?"]
LONGEST = 10
GREEDY = {"maxNewTokens": LONGEST, "temperature": 0}


class Heard:
    """What the server would hear."""

    def __init__(self):
        self.messages = []

    def send(self, kind, **content):
        self.messages.append({"type": kind, **content})

    def predictions(self):
        return {one["key"]: one for message in self.messages if message["type"] == "predictions" for one in message["predictions"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One for all modules: what one has made, another finds. Files are added to it, none is changed."""
    folder = tmp_path_factory.getbasetemp() / "worker"
    folder.mkdir(exist_ok=True)
    for i, (width, height) in enumerate(SIZES):
        Image.fromarray(np.random.RandomState(i).randint(0, 255, (height, width, 3)).astype("uint8")).save(folder / f"{i}.png")
    return folder


def made(folder, name):
    if not (folder / name).exists():
        write_tiny(name, folder / name)
    return folder / name


def requests(folder, pictured=True):
    said = []
    for i, text in enumerate(TEXTS):
        content = [{"type": "image", "path": str(folder / f"{i}.png")}] if pictured else []
        said.append({"key": f"{i}{pictured}", "messages": [{"role": "user", "content": [*content, {"type": "text", "text": text}]}]})
    return said


def answered(held, asked, decoding=GREEDY, watched=False, grammars=()):
    heard = Heard()
    held.generate(asked, decoding, heard, watched, list(grammars))
    found = heard.predictions()
    assert sorted(found) == sorted(one["key"] for one in asked)
    assert sum(len(message["predictions"]) for message in heard.messages if message["type"] == "predictions") == len(asked)
    return found


SCORED = ["A", "B", " red", "green blue", " the largest part is red"]


def scored(held, asked):
    heard = Heard()
    held.score(asked, heard)
    found = [one for message in heard.messages if message["type"] == "scores" for one in message["scores"]]
    assert [one["key"] for one in found] == [one["key"] for one in asked]
    return found
