"""An export computes what PyTorch computes, token by token, in batches as alone."""

import json

import numpy as np
import onnx
import pytest
import torch
from onnx_greedy import OnnxModel
from rationale_trainer.export import load_exported

ROWS, LENGTH, LONGEST = 3, 20, 24


@pytest.fixture(scope="module")
def torch_model(untrained):
    return load_exported(untrained)[0]


@pytest.fixture(scope="module")
def onnx_model(untrained):
    return OnnxModel(untrained)


@pytest.fixture(scope="module")
def rows(torch_model):
    """Random prompts with a picture each: ids [rows, length], pixels [rows, 3, side, side]."""
    torch.manual_seed(1)
    config = torch_model.config
    ids = torch.randint(20, config.text_config.vocab_size, (ROWS, LENGTH))
    ids[:, 1 : 1 + config.image_seq_length] = config.image_token_id
    side = config.vision_config.image_size
    return ids, torch.randn(ROWS, 3, side, side)


def huggingface(model, ids, pixels, mask=None):
    mask = torch.ones_like(ids) if mask is None else mask
    found = model.generate(input_ids=ids, pixel_values=pixels, attention_mask=mask, min_new_tokens=LONGEST, max_new_tokens=LONGEST, do_sample=False)
    return found[:, ids.shape[1] :].tolist()


def test_tokens_equal_pytorch(torch_model, onnx_model, rows):
    ids, pixels = rows
    assert onnx_model.greedy(ids.numpy(), pixels.numpy(), torch_model.config.image_token_id, LONGEST) == huggingface(torch_model, ids, pixels)


def test_a_batch_equals_its_rows_alone(torch_model, onnx_model, rows):
    ids, pixels = (part.numpy() for part in rows)
    token = torch_model.config.image_token_id
    together = onnx_model.greedy(ids, pixels, token, LONGEST)
    assert together == [onnx_model.greedy(ids[i : i + 1], pixels[i : i + 1], token, LONGEST)[0] for i in range(ROWS)]


def test_left_padding_changes_nothing(torch_model, onnx_model, rows):
    ids, pixels = (part.numpy() for part in rows)
    token = torch_model.config.image_token_id
    padded = np.concatenate([np.zeros((ROWS, 4), np.int64), ids], 1)
    mask = (np.arange(padded.shape[1]) >= 4).astype(np.int64)[None].repeat(ROWS, 0)
    assert onnx_model.greedy(padded, pixels, token, LONGEST, mask) == onnx_model.greedy(ids, pixels, token, LONGEST)


def test_logits_equal_pytorch_without_a_picture(torch_model, onnx_model):
    ids = torch.arange(30, 47)[None]
    with torch.inference_mode():
        expected = torch_model(input_ids=ids).logits.numpy()
    embedded = onnx_model.embeddings(ids.numpy(), None, -1)
    mask, positions = np.ones((1, 17), np.int64), np.arange(17)[None]
    every, _ = onnx_model.step(embedded, mask, positions, onnx_model.empty(1), kept=0)
    np.testing.assert_allclose(every, expected, atol=2e-5)
    last, _ = onnx_model.step(embedded, mask, positions, onnx_model.empty(1), kept=1)
    # The last layer goes on with one position alone: ONNX Runtime adds up a row in another order than a block.
    np.testing.assert_allclose(last, every[:, -1:], atol=2e-5)


def test_places_outside_the_mask_change_nothing(onnx_model):
    ids = np.arange(30, 47)[None]
    embedded, positions = onnx_model.embeddings(ids, None, -1), np.arange(17)[None]
    expected, _ = onnx_model.step(embedded, np.ones((1, 17), np.int64), positions, onnx_model.empty(1), kept=1)
    _, past = onnx_model.step(embedded[:, :-1], np.ones((1, 16), np.int64), positions[:, :-1], onnx_model.empty(1))
    spare = [np.concatenate([half[:, :, :9], np.full_like(half[:, :, :3], 7), half[:, :, 9:]], 2) for half in past]
    mask = np.ones((1, 20), np.int64)
    mask[:, 9:12] = 0
    found, _ = onnx_model.step(embedded[:, -1:], mask, positions[:, -1:], spare)
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_the_stored_weights_are_halves_named_like_parameters(untrained, torch_model):
    named = {name for name, _ in torch_model.named_parameters() if "post_layernorm" not in name}
    stored = set()
    for path in (untrained / "onnx").glob("*.onnx"):
        for weight in onnx.load(path).graph.initializer:
            if weight.name.removesuffix(".T") in named:
                stored.add(weight.name.removesuffix(".T"))
                assert weight.data_type == onnx.TensorProto.FLOAT16
    assert stored == named


def test_the_folder_holds_what_transformers_js_reads(untrained):
    names = ("config", "generation_config", "preprocessor_config", "processor_config", "tokenizer", "tokenizer_config")
    files = {name: json.loads((untrained / f"{name}.json").read_text()) for name in names}
    assert files["config"]["model_type"] == "llava"
    assert files["preprocessor_config"]["size"] == {"height": 96, "width": 96}
    assert "<image>" in files["tokenizer_config"]["chat_template"]
    decoder = onnx.load(untrained / "onnx" / "decoder_model_merged.onnx").graph
    dims = {value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] for value in decoder.input}
    assert dims["inputs_embeds"][:2] == ["batch_size", "sequence_length"]
    assert dims["attention_mask"] == ["batch_size", "total_sequence_length"]
    assert dims["past_key_values.0.key"][2] == "past_sequence_length"
    assert dims["num_logits_to_keep"] == []
