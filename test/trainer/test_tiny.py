"""Every architecture can be made tiny, loads as what it is, and what it says depends on the picture it is shown."""

import json

import numpy as np
import pytest
import torch
import transformers
from PIL import Image
from rationale_trainer.tiny import TINY, write_tiny

# Their processors ask for torchvision (for videos) or do not exist: how they read pictures is in test_families.py.
WITHOUT_PROCESSOR = {"llava-onevision", "pixtral", "qwen2-vl", "qwen2.5-vl", "qwen3-vl", "internvl", "smolvlm", "moondream", "phi3-v"}
# Their chat templates take contents as text, in which marks stand for pictures.
TEXT_ALONE = {"phi3-v"}
PLACES = {"mllama": "<|image|>", "kosmos-2": "", "gemma-3": "<start_of_image>"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    for name in TINY:
        write_tiny(name, folder / name)
    return folder


@pytest.mark.parametrize("name", TINY)
def test_the_folder_is_a_model_repository(name, made):
    folder = made / name
    config = transformers.AutoConfig.from_pretrained(folder)
    [architecture] = config.architectures
    assert architecture.startswith(json.loads((folder / "config.json").read_text())["architectures"][0])
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    assert tokenizer.decode(tokenizer.encode("What colour is it?", add_special_tokens=False)) == "What colour is it?"
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2_000_000
    if tokenizer.chat_template:
        content = "What colour?" if name in TEXT_ALONE else [{"type": "image"}, {"type": "text", "text": "What colour?"}]
        message = {"role": "user", "content": content}
        assert "What colour?" in tokenizer.apply_chat_template([message], tokenize=False, add_generation_prompt=True)


@pytest.mark.parametrize("name", sorted(TINY.keys() - WITHOUT_PROCESSOR - {"vilt"}))
def test_what_it_says_depends_on_the_picture(name, made):
    processor = transformers.AutoProcessor.from_pretrained(made / name)
    model = transformers.AutoModelForImageTextToText.from_pretrained(made / name).eval()
    said = set()
    for seed in range(3):
        inputs = processor(images=noise(seed), text=f"{PLACES.get(name, '<image>')}what colour?", return_tensors="pt")
        inputs.pop("labels", None)
        tokens = model.generate(**inputs, min_new_tokens=8, max_new_tokens=8)[0, inputs["input_ids"].shape[1] :]
        said.add(tuple(tokens.tolist()))
    assert len(said) > 1


def test_vilt_fills_a_masked_place_by_the_picture(made):
    processor = transformers.AutoProcessor.from_pretrained(made / "vilt")
    model = transformers.ViltForMaskedLM.from_pretrained(made / "vilt").eval()
    with torch.inference_mode():
        first, second = (model(**processor(images=noise(seed), text="the answer is [MASK]", return_tensors="pt")).logits for seed in (1, 2))
    assert first.shape == second.shape and not torch.allclose(first, second, atol=1e-2)


def noise(seed: int) -> Image.Image:
    return Image.fromarray(np.random.RandomState(seed).randint(0, 255, (48, 80, 3)).astype("uint8"))
