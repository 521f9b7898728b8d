"""Texts that the worker scores: as by one pass over everything, with each prompt read once."""

import math
import re

import numpy as np
import pytest
import torch
from rationale_trainer.worker.load import load
from worker_models import SCORED, WRITERS, folder, made, requests, scored

GIVEN = ["", "the answer is", "the answer is red. the answer is", "a rock is a solid. the answer is", "the answer is red because"]


def by_one_pass(held, request, given, text):
    """Log-probabilities of the text's tokens by a pass over everything, which knows nothing of caches."""
    prompts, model = held.prompts, held.model
    inputs = prompts.inputs(request["messages"])
    chat = prompts.text(request["messages"])
    before, whole = prompts.tokens(chat + given), prompts.tokens(chat + given + text)
    if whole[: len(before)] != before:
        return None
    start = inputs["input_ids"].shape[1] + len(before) - len(prompts.tokens(chat))
    more = torch.tensor([whole[len(prompts.tokens(chat)) :]])
    count = more.shape[1]
    # PaliGemma's 1 is what is learnt, Gemma 3's what is of a picture.
    kind = int(model.config.model_type == "paligemma")
    for name, filling in (("input_ids", more), ("attention_mask", 1), ("mm_token_type_ids", 0), ("token_type_ids", kind), ("image_embeds_position_mask", 0)):
        if name in inputs:
            added = filling if name == "input_ids" else torch.full((1, count), filling, dtype=inputs[name].dtype)
            inputs[name] = torch.cat([inputs[name], added], 1)
    if "cross_attention_mask" in inputs:
        inputs["cross_attention_mask"] = torch.cat([inputs["cross_attention_mask"], inputs["cross_attention_mask"][:, -1:].expand(-1, count, -1, -1)], 1)
    model = model if "pixel_values" in inputs else getattr(model, "text_model", model)
    with torch.inference_mode():
        logits = model(**inputs, use_cache=False).logits[0, start - 1 : -1]
    if hasattr(getattr(model, "model", None), "rope_deltas"):
        model.model.rope_deltas = None
    tokens = inputs["input_ids"][0, start:]
    return logits.log_softmax(-1).gather(-1, tokens[:, None])[:, 0].tolist()


@pytest.mark.parametrize("name", [*WRITERS, "moondream", "phi3-v"])
def test_given_texts_are_scored_as_by_one_pass_over_prompt_and_text(name, folder):
    held = load(str(made(folder, name)), "cpu", [], False)
    texts = [{"given": given, "text": text} for given in GIVEN for text in SCORED]
    asked = [{**request, "texts": texts} for request in requests(folder)[:2] + ([] if name == "paligemma" else requests(folder, pictured=False)[:1])]
    compared, sums = 0, set()
    for request, found in zip(asked, scored(held, asked)):
        assert "error" not in found, found
        for text, score in zip(texts, found["texts"]):
            expected = by_one_pass(held, request, **text)
            if expected is None:
                continue
            compared += 1
            sums.add(round(score["logProbability"], 3))
            np.testing.assert_allclose(score["tokens"], expected, atol=1e-4)
            assert math.isclose(score["logProbability"], sum(expected), abs_tol=1e-3)
    assert compared >= 40 and len(sums) > compared / 2, "texts and prompts differ in their scores"


def test_a_prompt_is_read_once_for_all_its_texts(folder, monkeypatch):
    from rationale_trainer.worker.scoring import Trunk

    held, read = load(str(made(folder, "llava")), "cpu", [], False), []
    forward = Trunk._forward
    monkeypatch.setattr(Trunk, "_forward", lambda self, inputs, behind: read.append(inputs["input_ids"].shape[1]) or forward(self, inputs, behind))
    sentences = "a rock is a solid. water is a liquid. the picture is red. green is the largest part."
    givens = ["", *(sentences[: i + 1] for i, letter in enumerate(sentences) if letter == ".")]
    [request] = requests(folder)[:1]
    [found] = scored(held, [{**request, "texts": [{"given": given, "text": text} for given in givens for text in " A, B, C, D, E".split(",")]}])
    assert len(found["texts"]) == 25
    prompt, *behind = read
    assert prompt == held.prompts.inputs(request["messages"])["input_ids"].shape[1]
    whole = len(held.prompts.tokens(sentences))
    assert sum(behind) <= 2 * whole, f"{behind} tokens for sentences of {whole}"


def test_texts_that_cannot_be_scored_fail_alone_in_a_sentence(folder):
    held = load(str(made(folder, "qwen2-vl")), "cpu", [], False)
    [good] = requests(folder)[:1]
    text = {"given": "", "text": "A"}
    gone = [{"role": "user", "content": [{"type": "image", "path": str(folder / "gone.png")}, {"type": "text", "text": "what?"}]}]
    asked = [
        {**good, "key": "empty", "texts": [text, {"given": "the answer is", "text": ""}]},
        {**good, "key": "long", "texts": [text, {"given": "", "text": "the answer " * 2000}]},
        {"key": "gone", "messages": gone, "texts": [text]},
        {**good, "texts": [text]},
    ]
    *failed, fine = scored(held, asked)
    assert [one["texts"] for one in failed] == [[], [], []]
    assert failed[0]["error"] == "A text to be scored is empty."
    assert re.match(r"^Prompt and text are \d+ tokens long, and the model takes 2048\.$", failed[1]["error"])
    assert failed[2]["error"].startswith(f"The image {folder / 'gone.png'} cannot be read: ")
    assert len(fine["texts"]) == 1 and "error" not in fine
