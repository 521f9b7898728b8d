"""A family gives the ids, logits and outputs of the model itself, from features computed beforehand."""

import json

import pytest
import torch
from PIL import Image
from rationale_trainer.families import load
from rationale_trainer.failure import FamilyError
from rationale_trainer.families.sequences import IMAGE, PADDING, PROMPT, TARGET, Picture
from rationale_trainer.generate import image_path
from rationale_trainer.prompts import messages
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration


@pytest.fixture(scope="module")
def family(sample):
    return load(sample / "models" / "base")


@pytest.fixture(scope="module")
def examples(root, sample):
    """Golden prompts and outputs of the base student: (messages, images, ids, output)."""
    records = json.loads((sample / "problems.json").read_text(encoding="utf-8"))
    found = []
    for line in map(json.loads, (root / "test" / "cases" / "pair-golden.jsonl").open(encoding="utf-8")):
        if line["model"] == "sketchbook-base":
            record = records[line["id"]]
            path = image_path(sample / "problems.json", line["id"], record)
            found.append((messages(record, 1, record["image"]), [str(path)] if path else [], line))
    return found


def features_of(family, sequence):
    pixels = [family.pixels(Image.open(one.path)) for one in sequence.pictures]
    return family.project(family.see(pixels), sequence.pictures) if pixels else []


def test_prompts_have_the_ids_that_inference_gives_them(family, examples):
    for said, images, line in examples:
        sequence = family.encode(said, images, "<CONCLUSION>B</CONCLUSION>")
        assert sequence.prompt.ids == line["input_ids"]
        assert family.decode(sequence.target) == "<CONCLUSION>B</CONCLUSION></s>"
        assert sequence.kinds.count(IMAGE) == 37 * len(images)
        assert set(sequence.prompt.kinds) <= {IMAGE, PROMPT}


@torch.inference_mode()
def test_generation_from_features_writes_the_goldens(family, examples):
    sequences = [family.encode(said, images, None) for said, images, _ in examples]
    outputs = family.generate(sequences, [features_of(family, sequence) for sequence in sequences], 160)
    assert outputs == [line["tokens"] for _, _, line in examples]


@torch.inference_mode()
def test_logits_equal_the_models_own_from_pixels(family, examples):
    sequences = [family.encode(said, images, line["output"]) for said, images, line in examples[:5]]
    batch = family.collate(sequences)
    assert {PADDING, PROMPT, IMAGE, TARGET} == set(batch.kinds.flatten().tolist())
    logits = family.logits(batch, [one for sequence in sequences for one in features_of(family, sequence)])
    pixels = torch.stack([family.pixels(Image.open(one.path))["pixel_values"] for sequence in sequences for one in sequence.pictures])
    expected = family.model(input_ids=batch.ids, attention_mask=batch.mask, pixel_values=pixels).logits
    torch.testing.assert_close(logits, expected[:, :-1][batch.learnt], atol=2e-5, rtol=0)
    assert batch.targets.tolist() == [token for sequence in sequences for token in sequence.target]


@torch.inference_mode()
def test_a_saved_model_is_an_ordinary_folder(family, examples, tmp_path):
    family.save(tmp_path)
    again = load(tmp_path)
    assert (tmp_path / "model.safetensors").is_file() and (tmp_path / "preprocessor_config.json").is_file()
    said, images, line = next(example for example in examples if example[1])
    sequence = again.encode(said, images, None)
    assert sequence.ids == line["input_ids"]
    assert again.generate([sequence], [features_of(again, sequence)], 160) == [line["tokens"]]


@pytest.mark.parametrize("layer, strategy, tokens", [(-2, "default", 4), ([-2, -1], "full", 5)])
@torch.inference_mode()
def test_other_layers_and_choices_of_vision_features(sample, tmp_path, layer, strategy, tokens):
    torch.manual_seed(0)
    vision = CLIPVisionConfig(hidden_size=16, intermediate_size=32, num_hidden_layers=3, num_attention_heads=2, image_size=32, patch_size=16)
    text = LlamaConfig(vocab_size=1143, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, eos_token_id=2)
    config = LlavaConfig(
        vision_config=vision, text_config=text, image_token_id=3, vision_feature_layer=layer, vision_feature_select_strategy=strategy, image_seq_length=tokens
    )
    LlavaForConditionalGeneration(config).save_pretrained(tmp_path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_bytes((sample / "models" / "base" / name).read_bytes())
    size = {"height": 32, "width": 32}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"image_processor_type": "CLIPImageProcessor", "size": size, "do_center_crop": False}))
    family = load(tmp_path)
    pixels = family.pixels(Image.new("RGB", (50, 40), "red"))
    features = family.project(family.see([pixels]), [Picture("", 50, 40)])
    expected = family.model.get_image_features(pixels["pixel_values"][None], return_dict=True).pooler_output[0]
    torch.testing.assert_close(features[0], expected)
    assert features[0].shape == (tokens, 16)


def test_what_cannot_be_loaded_is_said_in_a_sentence(tmp_path, family):
    with pytest.raises(FamilyError, match="no config.json"):
        load(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(FamilyError, match="type bert, which cannot be trained"):
        load(tmp_path)
    with pytest.raises(FamilyError, match="places for images but 0 images"):
        family.encode([{"role": "user", "content": [{"type": "text", "text": "Look at <image>."}]}], [], None)
    with pytest.raises(FamilyError, match="cannot be read"):
        family.encode([{"role": "user", "content": [{"type": "image"}]}], [str(tmp_path / "none.png")], None)
