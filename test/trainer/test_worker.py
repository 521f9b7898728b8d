"""The worker writes what Hugging Face's `generate` writes of each prompt alone, whatever it is batched with."""

import json
import math
import re
import shutil

import numpy as np
import pytest
import torch
import transformers
from PIL import Image
from rationale_trainer.failure import Unusable
from rationale_trainer.families import load as load_family
from rationale_trainer.families.prefix import Prefix
from rationale_trainer.families.sequences import TARGET, Sequence
from rationale_trainer.worker.load import load
from rationale_trainer.worker.placing import Place
from rationale_trainer.worker.processors import processor_of
from safetensors.torch import load_file, save_file
from worker_models import GREEDY, LONGEST, SCORED, SIZES, WRITERS, Heard, answered, folder, made, requests, scored

# transformers' own processor wants torchvision for these.
WITHOUT_PROCESSOR = ("llava-onevision", "pixtral", "qwen2-vl", "qwen2.5-vl", "qwen3-vl", "internvl", "smolvlm")


def alone(model, processor, name, request):
    """Plain `generate` of one prompt, as model cards show it."""
    content = request["messages"][0]["content"]
    text, pictures = content[-1]["text"], [Image.open(part["path"]) for part in content[:-1]]
    if name == "kosmos-2":
        inputs = processor(images=pictures or None, text=[text], return_tensors="pt")
    elif name == "paligemma":
        inputs = processor(images=pictures, text=["<image>" + text], return_tensors="pt")
    else:
        shown = [{"role": "user", "content": [{"type": "image", "image": one} for one in pictures] + [{"type": "text", "text": text}]}]
        inputs = processor.apply_chat_template(shown, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt")
    written = model.text_model if name == "kosmos-2" and not pictures else model
    return inputs["input_ids"], written.generate(**inputs, max_new_tokens=LONGEST, do_sample=False)[0, inputs["input_ids"].shape[1] :].tolist()


def written_by(family, request):
    """The trainer's prompt, its pictures' features, and the greedy tokens behind it."""
    content = request["messages"][0]["content"]
    sequence = family.encode(request["messages"], [part["path"] for part in content[:-1]], None)
    with torch.inference_mode():
        features = [family.project(family.see([family.pixels(Image.open(one.path))]), [one])[0] for one in sequence.pictures]
    return sequence, features, family.generate([sequence], [features], LONGEST)[0]


@pytest.mark.parametrize("name", WRITERS)
def test_tokens_are_those_of_plain_generate(name, folder):
    path = made(folder, name)
    held = load(str(path), "cpu", [], False)
    asked = requests(folder) + ([] if name == "paligemma" else requests(folder, pictured=False))
    found = answered(held, asked)
    model = transformers.AutoModelForImageTextToText.from_pretrained(path).eval()
    processor = processor_of(path, False) if name in WITHOUT_PROCESSOR else transformers.AutoProcessor.from_pretrained(path)
    for request in asked:
        ids, tokens = alone(model, processor, name, request)
        prediction = found[request["key"]]
        ended = 2 in tokens
        kept = tokens[: tokens.index(2)] if ended else tokens
        assert prediction["output"] == processor.tokenizer.decode(kept, skip_special_tokens=False, clean_up_tokenization_spaces=False), request
        assert prediction["finishReason"] == ("stop" if ended else "length")
        assert (prediction["usage"]["promptTokens"], prediction["usage"]["outputTokens"]) == (ids.shape[1], len(kept) + ended)
        assert (prediction["usage"]["imageTokens"] > 0) == request["key"].endswith("True")
    assert len({one["output"] for one in found.values()}) > 3


@pytest.mark.parametrize("name", ["llava-onevision", "qwen2-vl", "smolvlm"])
def test_prompts_without_torchvision_are_those_that_students_are_trained_with(name, folder):
    path = made(folder, name)
    prompts, family = load(str(path), "cpu", [], False).prompts, load_family(path)
    for request in requests(folder):
        picture, text = request["messages"][0]["content"]
        inputs = prompts.inputs(request["messages"])
        assert inputs["input_ids"][0].tolist() == family.encode(request["messages"], [picture["path"]], None).ids
        pixels = family.pixels(Image.open(picture["path"]))["pixel_values"]
        torch.testing.assert_close(inputs["pixel_values"].reshape(pixels.shape), pixels)


@pytest.mark.parametrize("name", ["qwen2-vl", "mllama"])
def test_a_folder_that_does_not_name_its_processor_gets_the_one_of_its_kind(name, folder, tmp_path):
    path = tmp_path / name
    shutil.copytree(made(folder, name), path)
    for file in path.glob("*processor_config.json"):
        file.write_text(json.dumps({key: value for key, value in json.loads(file.read_text()).items() if key != "processor_class"}))
    [request] = requests(folder)[:1]
    named, unnamed = (load(str(one), "cpu", [], False).prompts.inputs(request["messages"]) for one in (made(folder, name), path))
    assert sorted(named) == sorted(unnamed)
    for key in named:
        torch.testing.assert_close(unnamed[key], named[key])


def test_pixtral_has_a_token_for_each_patch_and_an_end_for_each_row(folder):
    prompts = load(str(made(folder, "pixtral")), "cpu", [], False).prompts
    for request, (width, height) in zip(requests(folder), SIZES):
        inputs = prompts.inputs(request["messages"])
        # The longer side is at most 64, and a patch is 8 wide.
        shrunk = max(1, width / 64, height / 64)
        rows, columns = (math.ceil(int(side / shrunk) / 8) for side in (height, width))
        assert inputs["pixel_values"].shape[2:] == (8 * rows, 8 * columns)
        tokens = prompts.tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
        row = ["[IMG]"] * columns
        assert tokens[: tokens.index("[IMG_END]") + 1][-(columns + 1) * rows :] == [*(row + ["[IMG_BREAK]"]) * (rows - 1), *row, "[IMG_END]"]


@pytest.mark.parametrize("name", ["moondream", "phi3-v"])
def test_what_transformers_has_no_class_for_is_answered_as_the_trainer_has_it(name, folder):
    """The trainer's own classes are held to their `generate` in test_architectures.py."""
    path = made(folder, name)
    asked = requests(folder) + requests(folder, pictured=False)
    found = answered(load(str(path), "cpu", [], False), asked)
    family = load_family(path)
    for request in asked:
        sequence, _, tokens = written_by(family, request)
        assert found[request["key"]]["output"] == family.decode(tokens)
        usage = found[request["key"]]["usage"]
        assert (usage["promptTokens"], usage["imageTokens"]) == (len(sequence.ids), sequence.ids.count(family.image_token))
    assert len({one["output"] for one in found.values()}) > 3


TRAINED = ("llava", "llava-next", "llava-onevision", "qwen2-vl", "qwen2.5-vl", "paligemma", "idefics3", "smolvlm", "mllama", "moondream", "phi3-v")


def with_prefix(path, target, tokens=6):
    """The model with keys and values before every sequence, saved as the trainer saves a student of prefix tuning."""
    family, text = load_family(path), load_family(path).text_config
    width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    layers = family.attending_layers
    torch.manual_seed(5)
    family.prefix = Prefix(torch.randn(len(layers), 2, text.num_key_value_heads, tokens, width) / 2, layers)
    family.save(target)
    return load_family(target)


@pytest.mark.parametrize("name", TRAINED)
def test_a_learnt_prefix_stands_before_what_is_asked_and_scored(name, folder, tmp_path):
    path = made(folder, name)
    family = with_prefix(path, tmp_path / name)
    asked = requests(folder) + ([] if name == "paligemma" else requests(folder, pictured=False)[:2])
    held, bare = (load(str(one), "cpu", [], False) for one in (tmp_path / name, path))
    found, without = answered(held, asked), answered(bare, asked)
    for request in asked:
        sequence, features, tokens = written_by(family, request)
        prediction = found[request["key"]]
        assert (prediction.get("error"), prediction["output"]) == (None, family.decode(tokens)), request
        assert prediction["usage"]["promptTokens"] == len(sequence.ids)
    assert len({one["output"] for one in found.values()}) > 2, "outputs depend on what is asked"
    assert {key: one["output"] for key, one in found.items()} != {key: one["output"] for key, one in without.items()}
    texts = [{"given": given, "text": text} for given in ("", "the answer is") for text in SCORED]
    for request, one in zip(asked, scored(held, [{**request, "texts": texts} for request in asked])):
        assert "error" not in one, one
        sequence, features, _ = written_by(family, request)
        compared = 0
        for text, score in zip(texts, one["texts"]):
            chat = held.prompts.text(request["messages"])
            before, whole = (held.prompts.tokens(chat + said) for said in (text["given"], text["given"] + text["text"]))
            if whole[: len(before)] != before:
                continue
            compared += 1
            more = whole[len(held.prompts.tokens(chat)) :]
            learnt = Sequence([*sequence.ids, *more], [*sequence.kinds, *[TARGET] * len(more)], sequence.pictures)
            with torch.inference_mode():
                logits = family.logits(family.collate([learnt]), features)
            expected = logits.log_softmax(-1).gather(-1, torch.tensor(more)[:, None])[:, 0][len(more) - len(whole) + len(before) :]
            np.testing.assert_allclose(score["tokens"], expected, atol=1e-3)
        assert compared > 5


def test_behind_a_prefix_phi_3_ends_where_it_would_have_to_read_anew(folder, tmp_path):
    """There is nothing to read a prefix from."""
    family = with_prefix(made(folder, "phi3-v"), tmp_path / "student")
    held = load(str(tmp_path / "student"), "cpu", [], False)
    near, lengths = family.model.config.original_max_position_embeddings, []
    for words in (10, 20, 30, 40):
        message = {"role": "user", "content": [{"type": "text", "text": "green blue yellow " * words}]}
        request = {"key": str(words), "messages": [message]}
        sequence = family.encode(request["messages"], [], None)
        lengths.append(len(sequence.ids))
        [expected] = family.generate([sequence], [[]], near)
        prediction = answered(held, [request], GREEDY | {"maxNewTokens": near})[str(words)]
        assert (prediction.get("error"), prediction["output"]) == (None, family.decode(expected))
        if prediction["finishReason"] == "length":
            assert lengths[-1] + len(expected) in (near - family.prefix.tokens, lengths[-1] + near)
    assert lengths[0] < near - family.prefix.tokens < lengths[-1], lengths


def test_a_learnt_prefix_is_never_left_out(folder, tmp_path, monkeypatch):
    prefix = Prefix(torch.zeros(2, 2, 2, 4, 16))
    for name, kind in (("pixtral", "llava"), ("kosmos-2", "kosmos-2"), ("vilt", "vilt")):
        path = tmp_path / name
        shutil.copytree(made(folder, name), path)
        prefix.save(path)
        if kind != "llava":
            with pytest.raises(Unusable, match=rf"^{path} has a learnt prefix \(prefix\.safetensors\), with which no model of type {kind} is run\.$"):
                load(str(path), "cpu", [], False)
    monkeypatch.setattr("rationale_trainer.worker.load.place", lambda *_: Place("auto", torch.bfloat16, "2 × GPU"))
    with pytest.raises(Unusable, match=r"has a learnt prefix \(prefix\.safetensors\), with which a model is not spread over several GPUs: choose cpu\.$"):
        load(str(tmp_path / "pixtral"), "auto", [], False)


@pytest.mark.parametrize("name", ["mllama", "pixtral", "kosmos-2"])
def test_a_record_has_the_same_samples_in_every_batch(name, folder):
    held = load(str(made(folder, name)), "cpu", [], False)
    decoding = {"maxNewTokens": LONGEST, "temperature": 0.8, "topP": 0.9, "seed": 3, "samples": 3}
    asked = [{**request, "key": f"{request['key']} {sample}", "sample": sample} for request in requests(folder) for sample in range(3)]
    together = answered(held, asked, decoding)
    for request in asked[::2]:
        assert answered(held, [request], decoding)[request["key"]]["output"] == together[request["key"]]["output"]
    assert len({together[f"0True {sample}"]["output"] for sample in range(3)}) > 1
    other = answered(held, asked[:3], {**decoding, "seed": 4})
    assert [one["output"] for one in other.values()] != [together[key]["output"] for key in other]


def test_draws_follow_the_probabilities_and_stay_in_the_nucleus(folder):
    from rationale_trainer.worker.choosing import Choosing

    logits = torch.log(torch.tensor([[0.5, 0.05, 0.3, 0.15]]))
    for top_p, expected in ((1, [0.5, 0.05, 0.3, 0.15]), (0.7, [0.625, 0, 0.375, 0])):
        rows = 4000
        choosing = Choosing({"temperature": 1.0, "topP": top_p}, list(range(rows)))
        chosen = choosing(None, logits.expand(rows, 4)).argmax(-1)
        shares = torch.bincount(chosen, minlength=4) / rows
        torch.testing.assert_close(shares, torch.tensor(expected), atol=0.03, rtol=0)
        torch.testing.assert_close(choosing.logarithms[0], logits[0][chosen])


def test_log_probabilities_are_those_of_one_pass_over_the_answer(folder):
    path = made(folder, "llava")
    held = load(str(path), "cpu", [], False)
    [request] = requests(folder)[:1]
    found = answered(held, [request])[request["key"]]
    processor, model = transformers.AutoProcessor.from_pretrained(path), transformers.LlavaForConditionalGeneration.from_pretrained(path).eval()
    ids, tokens = alone(model, processor, "llava", request)
    pixels = held.prompts.inputs(request["messages"])["pixel_values"]
    whole = torch.cat([ids, torch.tensor([tokens])], 1)
    with torch.inference_mode():
        logits = model(input_ids=whole, attention_mask=torch.ones_like(whole), pixel_values=pixels).logits[0, ids.shape[1] - 1 : -1]
    expected = logits.log_softmax(-1).gather(-1, torch.tensor(tokens)[:, None]).sum()
    assert math.isclose(found["logProbability"], expected, rel_tol=1e-4)


def test_an_answer_ends_at_texts_that_end_answers(folder):
    path = made(folder, "pixtral")
    [request] = requests(folder)[:1]
    whole = answered(load(str(path), "cpu", [], False), [request])[request["key"]]["output"]
    middle = whole[5:9]
    cut = answered(load(str(path), "cpu", [middle], False), [request])[request["key"]]
    assert cut["output"] == whole[: whole.index(middle)] and cut["finishReason"] == "stop"
    assert cut["usage"]["outputTokens"] < LONGEST


def test_partial_outputs_grow_into_the_answer(folder, monkeypatch):
    monkeypatch.setattr("rationale_trainer.worker.listening.LOOK_EVERY", 0)
    held, heard = load(str(made(folder, "mllama")), "cpu", [], False), Heard()
    held.generate(requests(folder), GREEDY, heard, True, [])
    finished = {}
    for message in heard.messages:
        for partial in message.get("partials", []):
            assert partial["key"] not in finished, "no partial comes after the answer"
            assert heard.predictions()[partial["key"]]["output"].startswith(partial["output"])
        finished |= {one["key"]: one for one in message.get("predictions", [])}
    assert sum(message["type"] == "partials" for message in heard.messages) >= LONGEST - 1


def test_what_cannot_be_asked_fails_alone_in_a_sentence(folder):
    held = load(str(made(folder, "llava")), "cpu", [], False)
    good, *_ = requests(folder)
    (folder / "broken.png").write_bytes(b"\x89PNG no picture")
    content = {
        "long": [{"type": "text", "text": "what colour? " * 1000}],
        "gone": [{"type": "image", "path": str(folder / "gone.png")}, {"type": "text", "text": "what?"}],
        "broken": [{"type": "image", "path": str(folder / "broken.png")}, {"type": "text", "text": "what?"}],
        "spoken": [{"type": "text", "text": "<image> what?"}],
    }
    asked = [good, *({"key": key, "messages": [{"role": "user", "content": parts}]} for key, parts in content.items())]
    found = answered(held, asked)
    assert found.pop(good["key"])["finishReason"] == "length"
    errors = {key: one["error"] for key, one in found.items()}
    assert all(one["finishReason"] == "error" and one["output"] == "" for one in found.values())
    assert errors["long"].endswith("and the model takes 2048 together with its answer.")
    assert errors["gone"].startswith(f"The image {folder / 'gone.png'} cannot be read: ")
    assert errors["broken"].startswith(f"The image {folder / 'broken.png'} cannot be read: ")
    assert all(error.count("\n") == 0 and error.endswith(".") for error in errors.values()), errors


def test_rows_that_do_not_fit_together_are_run_in_smaller_batches(folder, monkeypatch):
    held = load(str(made(folder, "mllama")), "cpu", [], False)
    expected = answered(held, requests(folder))
    write = type(held)._write

    def small(self, rows, *others):
        if len(rows) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        write(self, rows, *others)

    monkeypatch.setattr(type(held), "_write", small)
    found = answered(held, requests(folder))
    assert {key: one["output"] for key, one in found.items()} == {key: one["output"] for key, one in expected.items()}
    assert held.rows == 1


OWN = """
from pathlib import Path
from transformers import LlavaConfig, LlavaForConditionalGeneration

Path({ran!r}).touch()


class OwnConfig(LlavaConfig):
    model_type = "own_llava"


class OwnModel(LlavaForConditionalGeneration):
    config_class = OwnConfig
"""


def test_a_repositorys_own_code_runs_only_when_it_is_allowed(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(transformers.dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.syspath_prepend(str(tmp_path / "modules"))
    path, ran = tmp_path / "own", tmp_path / "ran"
    shutil.copytree(made(folder, "llava"), path)
    (path / "own_code.py").write_text(OWN.format(ran=str(ran)))
    config = json.loads((path / "config.json").read_text()) | {"model_type": "own_llava"}
    weights = transformers.LlavaForConditionalGeneration.from_pretrained(path).state_dict()
    save_file({name: tensor.clone() for name, tensor in weights.items()}, path / "model.safetensors")

    def written(module):
        (path / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoConfig": f"{module}.OwnConfig", "AutoModelForImageTextToText": f"{module}.OwnModel"}}))

    written("own_code")
    with pytest.raises(Unusable, match="only its repository's own code can run: name repository and revision in the setting rationale.remoteCode"):
        load(str(path), "cpu", [], False)
    assert not ran.exists()
    found = answered(load(str(path), "cpu", [], True), requests(folder))
    assert ran.exists()
    expected = answered(load(str(made(folder, "llava")), "cpu", [], False), requests(folder))
    assert {key: one["output"] for key, one in found.items()} == {key: one["output"] for key, one in expected.items()}
    written("other/repository--own_code")
    with pytest.raises(Unusable, match="takes its code from another repository"):
        load(str(path), "cpu", [], True)


def test_a_folder_that_cannot_be_run_says_why(folder, tmp_path):
    def refusal(change):
        path = tmp_path / change.__name__
        shutil.copytree(made(folder, "mllama"), path)
        change(path)
        with pytest.raises(Unusable) as raised:
            load(str(path), "cpu", [], False)
        assert "\n" not in str(raised.value)
        return str(raised.value).replace(str(path), "FOLDER")

    def no_config(path):
        (path / "config.json").unlink()

    def no_weights(path):
        (path / "model.safetensors").unlink()

    def no_template(path):
        (path / "chat_template.jinja").unlink(missing_ok=True)
        settings = json.loads((path / "tokenizer_config.json").read_text())
        (path / "tokenizer_config.json").write_text(json.dumps({name: value for name, value in settings.items() if name != "chat_template"}))

    def shard_gone(path):
        (path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "model-00002-of-00002.safetensors"}}))

    def other_shape(path):
        config = json.loads((path / "config.json").read_text())
        config["text_config"]["hidden_size"] = 128
        (path / "config.json").write_text(json.dumps(config))

    def tensor_gone(path):
        weights = load_file(path / "model.safetensors")
        save_file({name: tensor for name, tensor in weights.items() if "layers.1.mlp.up_proj" not in name}, path / "model.safetensors", {"format": "pt"})

    def text_alone(path):
        (path / "config.json").write_text(json.dumps({"model_type": "llama"}))

    assert refusal(no_config) == "FOLDER is not a model folder: it has no config.json."
    assert refusal(no_weights) == "FOLDER has no weights: no *.safetensors lies in it."
    assert refusal(no_template).startswith("FOLDER has no chat template: ")
    assert refusal(shard_gone) == "The file model-00002-of-00002.safetensors is missing in FOLDER."
    assert refusal(other_shape).startswith("The model in FOLDER cannot be loaded: ")
    assert re.match(r"The weights in FOLDER are not whole: 1 tensor is missing, such as \S+layers\.1\.mlp\.up_proj\.weight\.$", refusal(tensor_gone))
    assert refusal(text_alone).startswith("FOLDER is a model of type llama, which transformers ")


def test_a_model_goes_where_it_fits(folder, monkeypatch):
    """On a machine with GPUs, as PyTorch describes them: there is none in the tests."""
    from rationale_trainer.worker import placing

    path, billion = made(folder, "mllama"), 10**9
    monkeypatch.setattr(placing, "parameters_of", lambda _: 10 * billion)

    def placed(gpus, memory, wish="auto", bf16=True):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(gpus))
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bf16)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: len(gpus))
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda i: (gpus[i] * billion, 0))
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda i: f"GPU {i}")
        monkeypatch.setattr(placing.psutil, "virtual_memory", lambda: type("Memory", (), {"available": memory * billion}))
        found = placing.place(path, wish)
        return found.device_map, str(found.dtype).removeprefix("torch."), found.notice

    assert placed([8, 24], 16) == ("cuda:1", "bfloat16", None)
    assert placed([24], 16, bf16=False) == ("cuda:0", "float16", None)
    assert placed([16, 16], 16) == ("auto", "bfloat16", None)
    assert placed([24], 64, wish="cpu") == ("cpu", "float32", None)
    assert placed([], 64) == ("cpu", "float32", None)
    assert placed([16], 32) == ("cpu", "bfloat16", "The model needs 23.0 GB and the GPU has 16.0 GB free: it runs on the CPU instead.")
    with pytest.raises(Unusable, match=r"^The model does not fit: it needs 23.0 GB in bf16, and 16.0 GB of memory are free\.$"):
        placed([16], 16)
    # A device that was asked for is not replaced.
    assert placed([24], 64, wish="cuda") == ("cuda:0", "bfloat16", None)
    with pytest.raises(Unusable, match=r"^The model needs 23.0 GB and the GPU has 16.0 GB free\.$"):
        placed([16], 64, wish="cuda")
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(Unusable, match=r"^PyTorch \S+ has no CUDA here: it was built without it; install the build for CUDA, or choose auto or cpu\.$"):
        placed([], 64, wish="cuda")
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    with pytest.raises(Unusable, match=r"^PyTorch \S+ has no CUDA here: no NVIDIA card with a driver was found; choose auto or cpu\.$"):
        placed([], 64, wish="cuda")


@torch.inference_mode()
def test_vilt_scores_choices_by_masking_each_token(folder):
    path = made(folder, "vilt")
    # As ViLT was published: the head's bias under its old name.
    weights = load_file(path / "model.safetensors")
    old = folder / "vilt-as-published"
    shutil.copytree(path, old)
    save_file({name.replace("mlm_score.decoder.bias", "mlm_score.bias"): tensor for name, tensor in weights.items()}, old / "model.safetensors", {"format": "pt"})
    held = load(str(old), "cpu", [], False)
    choices = ["the red square", "blue", "yellow water"]
    asked = [{**request, "choices": choices} for request in requests(folder)]
    found = answered(held, asked)
    model, processor = transformers.ViltForMaskedLM.from_pretrained(path).eval(), transformers.ViltProcessor.from_pretrained(path)
    tokenizer, best = processor.tokenizer, []
    for request in asked:
        picture, text = request["messages"][0]["content"]
        means = []
        for choice in choices:
            answer = tokenizer.encode(choice, add_special_tokens=False)
            frame = [tokenizer.cls_token_id, *tokenizer.encode(text["text"], add_special_tokens=False)[: 64 - 2 - len(answer)]]
            logarithms = []
            for i, token in enumerate(answer):
                ids = torch.tensor([[*frame, *answer[:i], tokenizer.mask_token_id, *answer[i + 1 :], tokenizer.sep_token_id]])
                pixels = processor.image_processor(Image.open(picture["path"]), return_tensors="pt")
                logits = model(input_ids=ids, **pixels).logits[0, len(frame) + i]
                logarithms.append(float(logits.log_softmax(-1)[token]))
            means.append(np.mean(logarithms))
        first, scores = found[request["key"]]["output"].split("\n")
        assert first == f"The answer is ({'ABC'[int(np.argmax(means))]})."
        np.testing.assert_allclose([float(one) for one in scores.split(": ")[1].split(", ")], means, atol=2e-4)
        best.append(int(np.argmax(means)))
    assert len({one["output"] for one in found.values()}) == len(asked), "the scores depend on the picture and the question"
    refused = answered(held, [requests(folder, pictured=False)[0] | {"choices": choices}, requests(folder)[0]])
    assert refused["0False"]["error"] == "ViLT sees one picture, and this prompt has none."
    assert refused["0True"]["error"] == "ViLT writes no text and scores choices, and this prompt comes with none."
