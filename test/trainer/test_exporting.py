"""The tiny model of every architecture that ONNX can run, exported: the same greedy tokens in PyTorch, in ONNX Runtime, and in the onnx provider."""

import json
import shutil
import subprocess
from collections import defaultdict

import numpy as np
import onnx
import pytest
import torch
from PIL import Image
from rationale_trainer.exporting.folder import write_json
from rationale_trainer.exporting.student import ExportedStudent
from rationale_trainer.families import load
from rationale_trainer.failure import FamilyError
from rationale_trainer.families.prefix import Prefix
from rationale_trainer.tiny import write_tiny

EXPORTED = ("llava", "llava-next", "llava-onevision", "qwen2-vl", "qwen2.5-vl", "paligemma", "idefics3", "smolvlm", "moondream", "phi3-v")
# The same with keys and values before every sequence, as prefix tuning leaves them: part of the decoder's graph.
PREFIXED = ("qwen2-vl-prefix", "moondream-prefix", "phi3-v-prefix")
# Of several shapes, smaller and larger than a tile, and one as a photograph may be.
SIZES = [(48, 80), (40, 100), (96, 31), (32, 32), (375, 500)]
NEW_TOKENS = 12
# What is given, and what is scored behind it: texts that part early, late and in their last token alone.
SCORED = [("", "a solid"), ("", "blue"), ("which of these ", "is a solid"), ("which of these ", "is green"), ("which of ", "these is blue?")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exporting")
    for i, (height, width) in enumerate(SIZES):
        pixels = np.random.RandomState(i).randint(0, 255, (height // 4 + 1, width // 4 + 1, 3)).astype("uint8")
        Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC).save(folder / f"{i}.png")
    return folder


@pytest.fixture(scope="module")
def asked(folder):
    """(text, picture or None): two prompts for some pictures, so that rows of one batch differ in length."""
    pictures = [str(folder / f"{i}.png") for i in range(len(SIZES))]
    return [*(("what colour?", one) for one in pictures), ("which of these is a solid?", pictures[0]), ("green blue", None)]


@pytest.fixture(scope="module")
def exported(folder, asked):
    """Of each architecture: the family, its folder, the prompts' sequences and PyTorch's tokens."""
    found = {}
    for name in (*EXPORTED, *PREFIXED):
        write_tiny(name.removesuffix("-prefix"), folder / name)
        family = load(folder / name)
        if name in PREFIXED:
            torch.manual_seed(5)
            heads = family.text_config.num_key_value_heads
            family.prefix = Prefix(torch.randn(2, 2, heads, 6, 16))
        family.export(folder / f"{name}-onnx")
        sequences = [family.encode(messages(text, image), [image] if image else [], None) for text, image in asked]
        with torch.inference_mode():
            tokens = family.generate(sequences, [features_of(family, sequence) for sequence in sequences], NEW_TOKENS)
        found[name] = (family, folder / f"{name}-onnx", sequences, tokens)
    return found


def messages(text, image):
    return [{"role": "user", "content": [*([{"type": "image"}] if image else []), {"type": "text", "text": text}]}]


def features_of(family, sequence):
    pixels = []
    for picture in sequence.pictures:
        with Image.open(picture.path) as image:
            pixels.append(family.pixels(image))
    return family.project(family.see(pixels), list(sequence.pictures)) if pixels else []


@pytest.mark.parametrize("name", (*EXPORTED, *PREFIXED))
def test_onnx_runtime_writes_pytorchs_tokens(name, exported):
    family, onnx_folder, sequences, tokens = exported[name]
    student = ExportedStudent(family, onnx_folder)
    assert [student.tokens(sequence, NEW_TOKENS) for sequence in sequences] == tokens
    assert len(set(map(tuple, tokens))) > 3, "the outputs should depend on the pictures"


@pytest.fixture(scope="module")
def run_in_node(root, exported, asked):
    """What the provider answers, by folder."""
    prompts = [{"key": str(i), "text": text, "image": image} for i, (text, image) in enumerate(asked)]
    request = {str(onnx_folder): {"newTokens": NEW_TOKENS, "prompts": prompts, "scored": SCORED} for _, onnx_folder, _, _ in exported.values()}
    node = root / "node_modules" / "node" / "bin" / "node"
    run = subprocess.run([str(node), "test/trainer/run_models.ts"], input=json.dumps(request), cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    found = defaultdict(dict)
    for line in map(json.loads, run.stdout.splitlines()):
        found[line["folder"]].setdefault(int(line["key"]), {}).update(line)
    return found


def test_llava_laid_out_as_fastvlm_is_answers_as_llava(root, exported, asked):
    """The text model described at the top of the config, and a chat template that takes contents as text."""
    family, llava_folder, sequences, tokens = exported["llava"]
    folder = llava_folder.with_name("llava-qwen2-onnx")
    shutil.copytree(llava_folder, folder)
    config = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", config | config.pop("text_config") | {"model_type": "llava_qwen2"})
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    turns = "{% for message in messages %}USER: {{ message['content'] | replace('<image>', '<image>\n') }} {% endfor %}ASSISTANT:"
    write_json(folder / "tokenizer_config.json", settings | {"chat_template": "{{ bos_token }}" + turns})
    prompts = [{"key": str(i), "text": text, "image": image} for i, (text, image) in enumerate(asked)]
    node = root / "node_modules" / "node" / "bin" / "node"
    request = {str(folder): {"newTokens": NEW_TOKENS, "prompts": prompts}}
    run = subprocess.run([str(node), "test/trainer/run_models.ts"], input=json.dumps(request), cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    answers = {int(line["key"]): line for line in map(json.loads, run.stdout.splitlines())}
    for i, (sequence, expected) in enumerate(zip(sequences, tokens)):
        assert answers[i]["output"] == family.decode(expected), f"prompt {i}"
        assert answers[i]["counted"]["total"] == len(sequence.prompt.ids)


@pytest.mark.parametrize("name", PREFIXED)
def test_a_prefix_shows(name, exported):
    assert exported[name][3] != exported[name.removesuffix("-prefix")][3]


@pytest.mark.parametrize("name", (*EXPORTED, *PREFIXED))
def test_the_provider_writes_pytorchs_tokens(name, exported, run_in_node):
    family, onnx_folder, sequences, tokens = exported[name]
    answers = run_in_node[str(onnx_folder)]
    for i, (sequence, expected) in enumerate(zip(sequences, tokens)):
        answer, length = answers[i], len(sequence.prompt.ids)
        assert answer.get("error") is None
        assert answer["usage"]["promptTokens"] == answer["counted"]["total"] == length
        assert answer["usage"]["imageTokens"] == sequence.prompt.ids.count(family.image_token)
        assert answer["output"] == family.decode(expected), f"prompt {i}"
        assert answer["usage"]["outputTokens"] == len(expected) + (answer["finishReason"] == "stop")


@pytest.mark.parametrize("name", (*EXPORTED, *PREFIXED))
def test_the_provider_scores_texts_as_pytorch_does(name, exported, run_in_node, asked):
    family, onnx_folder, _, _ = exported[name]
    for i, (text, image) in enumerate(asked):
        for (given, scored), tokens in zip(SCORED, run_in_node[str(onnx_folder)][i]["tokens"], strict=True):
            sequence = family.encode(messages(text, image), [image] if image else [], given + scored)
            with torch.inference_mode():
                words = family.logits(family.collate([sequence]), features_of(family, sequence)).log_softmax(-1)
            target = torch.tensor(sequence.target)
            # Without the end token.
            expected = words.gather(1, target[:, None])[:-1, 0]
            assert 0 < len(tokens) <= len(expected) and (given or len(tokens) == len(expected))
            np.testing.assert_allclose(tokens, expected[-len(tokens) :], atol=1e-4)


@pytest.mark.parametrize("name", EXPORTED)
def test_the_folder_holds_what_transformers_js_reads(name, exported):
    _, onnx_folder, _, _ = exported[name]
    read = {file: json.loads((onnx_folder / f"{file}.json").read_text()) for file in ("config", "generation_config", "preprocessor_config", "tokenizer_config")}
    assert read["tokenizer_config"]["chat_template"] and read["tokenizer_config"]["tokenizer_class"] == "PreTrainedTokenizerFast"
    numbers = read["config"] if name in ("qwen2-vl", "phi3-v") else read["config"]["text_config"]
    assert (numbers["num_hidden_layers"], numbers["hidden_size"]) == (2, 64)
    decoder = onnx.load(onnx_folder / "onnx" / ("model.onnx" if name == "phi3-v" else "decoder_model_merged.onnx")).graph
    dims = {value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim] for value in decoder.input}
    assert dims["inputs_embeds"] == ["batch_size", "sequence_length", 64]
    assert dims["attention_mask"] == ["batch_size", "total_sequence_length"]
    assert dims["past_key_values.1.value"][2] == "past_sequence_length" and dims["num_logits_to_keep"] == []


def test_what_onnx_cannot_run_is_refused_in_a_sentence(folder, tmp_path):
    write_tiny("mllama", folder / "mllama")
    with pytest.raises(FamilyError, match="type mllama are not exported to ONNX"):
        load(folder / "mllama").export(tmp_path)
