"""Every family reads pictures and prompts as transformers does, and writes the tokens that its `generate` writes."""

from itertools import product

import numpy as np
import pytest
import torch
import transformers
from PIL import Image
from rationale_trainer.families import FAMILIES, load
from rationale_trainer.families.sequences import IMAGE, PROMPT, TARGET, Picture
from rationale_trainer.tiny import write_tiny

ARCHITECTURES = {
    "llava": "llava", "llava-next": "llava_next", "llava-onevision": "llava_onevision", "qwen2-vl": "qwen2_vl", "qwen2.5-vl": "qwen2_5_vl", "paligemma": "paligemma",
    "idefics3": "idefics3", "smolvlm": "smolvlm", "mllama": "mllama", "moondream": "moondream1",
    "phi3-v": "phi3_v",
}  # fmt: skip
SIZES = [(48, 80), (40, 100), (96, 31), (32, 32)]
LONGEST = 12


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("families")
    for name in ARCHITECTURES:
        write_tiny(name, folder / name)
    for i, (width, height) in enumerate(SIZES):
        pixels = np.random.RandomState(i).randint(0, 255, (height, width, 3)).astype("uint8")
        Image.fromarray(pixels).save(folder / f"{i}.png")
    return folder


def messages(text: str, pictures: int = 1) -> list[dict]:
    return [{"role": "user", "content": [{"type": "image"}] * pictures + [{"type": "text", "text": text}]}]


def reference_inputs(family, name, sequence):
    """What `generate` takes: pixels as the family prepares them, with the names that the model gives them."""
    ids = torch.tensor([sequence.prompt.ids])
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if not sequence.pictures:
        return inputs
    [picture] = sequence.pictures
    with Image.open(picture.path) as image:
        pixels = family.pixels(image)
    size = torch.tensor([[picture.height, picture.width]])
    match name:
        case "llava" | "paligemma":
            inputs["pixel_values"] = pixels["pixel_values"][None]
        case "llava-next" | "llava-onevision":
            inputs |= {"pixel_values": pixels["pixel_values"][None], "image_sizes": size}
        case "qwen2-vl" | "qwen2.5-vl":
            inputs |= {"pixel_values": pixels["pixel_values"], "image_grid_thw": pixels["image_grid_thw"][None], "mm_token_type_ids": (ids == family.image_token).int()}
        case "idefics3" | "smolvlm":
            inputs |= {key: value[None] for key, value in pixels.items()}
        case "mllama":
            seen = torch.zeros(1, ids.shape[1], 1, 4, dtype=torch.long)
            seen[0, sequence.prompt.ids.index(family.image_token) :, 0, : family.tiles(picture)] = 1
            inputs |= {key: value[None] for key, value in pixels.items()} | {"cross_attention_mask": seen}
        case "moondream" | "phi3-v":
            with Image.open(picture.path) as image:
                inputs |= family.generate_inputs(ids, [image])
    if name == "paligemma":
        inputs["token_type_ids"] = torch.zeros_like(ids)
    return inputs


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_tokens_are_those_of_generate(name, folders):
    family = load(folders / name)
    assert family.model_type == ARCHITECTURES[name] and FAMILIES[family.model_type]
    sequences = [family.encode(messages("what colour?"), [str(folders / f"{i}.png")], None) for i in range(len(SIZES))]
    sequences.append(family.encode(messages("green blue", 0), [], None))
    features = [features_of(family, sequence.pictures) for sequence in sequences]
    found = family.generate(sequences, features, LONGEST)
    expected = []
    for sequence in sequences:
        inputs = reference_inputs(family, name, sequence)
        tokens = family.model.generate(**inputs, max_new_tokens=LONGEST, do_sample=False)[0, inputs["input_ids"].shape[1] :].tolist()
        expected.append(tokens[: next((i for i, token in enumerate(tokens) if token in family.ends), len(tokens))])
        if hasattr(family.model.model, "rope_deltas"):
            family.model.model.rope_deltas = None
    assert found == expected
    assert len(set(map(tuple, found))) > 2


def features_of(family, pictures):
    if not pictures:
        return []
    pixels = []
    for picture in pictures:
        with Image.open(picture.path) as image:
            pixels.append(family.pixels(image))
    with torch.inference_mode():
        return family.project(family.see(pixels), list(pictures))


@pytest.mark.parametrize("name", ["llava", "llava-next", "paligemma", "idefics3", "mllama"])
def test_prompts_are_those_of_the_processor(name, folders):
    """Where the processor works without torchvision."""
    family, processor = load(folders / name), transformers.AutoProcessor.from_pretrained(folders / name)
    for i in range(len(SIZES)):
        said = messages("what colour?")
        text = "<image>what colour?" if name == "paligemma" else family.prompt_text(said)
        inputs = processor(images=[Image.open(folders / f"{i}.png")], text=[text], add_special_tokens=False, return_tensors="pt")
        sequence = family.encode(said, [str(folders / f"{i}.png")], None)
        assert sequence.ids == inputs["input_ids"][0].tolist()
        if name == "mllama":
            tiles = inputs["cross_attention_mask"][0, sequence.ids.index(family.image_token), 0].sum()
            assert tiles == family.tiles(sequence.pictures[0])


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_only_the_target_is_learnt_and_a_batch_is_its_rows(name, folders):
    family = load(folders / name)
    rows = [("what colour?", "0.png", "red"), ("which of these is a solid?", "1.png", "a rock is a solid"), ("green", None, "blue")]
    sequences = [family.encode(messages(text, int(file is not None)), [str(folders / file)] if file else [], target) for text, file, target in rows]
    for sequence, (_, file, target) in zip(sequences, rows):
        assert family.tokenizer.decode(sequence.target) == target + family.decode(family.ends[:1])
        first = sequence.kinds.index(TARGET)
        assert set(sequence.kinds[:first]) == ({PROMPT, IMAGE} if file else {PROMPT}) and set(sequence.kinds[first:]) == {TARGET}
    batch = family.collate(sequences)
    with torch.inference_mode():
        features = [features_of(family, sequence.pictures) for sequence in sequences]
        together = family.logits(batch, [one for each in features for one in each])
        alone = [family.logits(family.collate([sequence]), own) for sequence, own in zip(sequences, features)]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-4, rtol=1e-3)


@pytest.mark.parametrize("name", ["llava-next", "llava-onevision", "qwen2-vl", "qwen2.5-vl", "idefics3", "mllama", "moondream", "phi3-v"])
def test_a_picture_of_any_size_has_as_many_places_as_features(name, folders):
    family = load(folders / name)
    for width, height in product((20, 33, 64, 97, 250), repeat=2):
        picture = Picture("", width, height)
        image = Image.new("RGB", (width, height), (90, 120, 30))
        with torch.inference_mode():
            [features] = family.project(family.see([family.pixels(image)]), [picture])
        if name == "mllama":
            assert family.tiles(picture) == int(family.pixels(image)["aspect_ratio_mask"].sum())
        else:
            assert family.image_ids(picture).count(family.image_token) == len(features), (width, height)
