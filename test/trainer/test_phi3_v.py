"""Phi-3.5-vision's published weights, in the composed model, compute what the published layers compute, and pictures and
prompts are prepared as its published processor prepares them."""

import base64
import json
import math
import subprocess

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps
from rationale_trainer.families import load
from rationale_trainer.failure import FamilyError
from rationale_trainer.families.sequences import Picture
from rationale_trainer.phi3_v.model import Phi3VConfig, Phi3VForCausalLM
from rationale_trainer.tiny import write_tiny
from rationale_trainer.tiny.tiled import PHI3_V_NEAR
from rationale_trainer.worker.load import load as worker_load
from safetensors.torch import load_file, save_file
from torch.nn.functional import conv2d, gelu, interpolate, layer_norm, linear, scaled_dot_product_attention, silu
from transformers import Phi3Config
from transformers.models.phi3.modeling_phi3 import Phi3RotaryEmbedding

WIDTH, HEADS, KEY_HEADS, LAYERS, WORDS, SEEN, SIDE, PATCH = 32, 4, 2, 2, 50, 16, 16, 4
NEAR, MOST, HEAD = 24, 96, WIDTH // HEADS
SHORT, LONG = [1.0, 1.1, 1.2, 1.3], [2.0, 3.0, 4.0, 5.0]
EMBEDDING, CLIP = "model.vision_embed_tokens.", "model.vision_embed_tokens.img_processor.vision_model."
# As the published folder has it, but for the numbers and the last entry, which it does not have.
CONFIG = {
    "architectures": ["Phi3VForCausalLM"], "auto_map": {"AutoConfig": "configuration_phi3_v.Phi3VConfig"}, "model_type": "phi3_v",
    "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "hidden_act": "silu", "hidden_size": WIDTH, "intermediate_size": 48,
    "max_position_embeddings": MOST, "original_max_position_embeddings": NEAR, "num_attention_heads": HEADS, "num_hidden_layers": LAYERS,
    "num_key_value_heads": KEY_HEADS, "rms_norm_eps": 1e-05, "rope_scaling": {"long_factor": LONG, "short_factor": SHORT, "type": "su"},
    "rope_theta": 10000.0, "sliding_window": 262144, "tie_word_embeddings": False, "vocab_size": WORDS, "_attn_implementation": "flash_attention_2",
    "embd_layer": {"embedding_cls": "image", "hd_transform_order": "sub_glb", "projection_cls": "mlp", "use_hd_transform": True, "with_learnable_separator": True},
    "img_processor": {"image_dim_out": SEEN, "model_name": "openai/clip-vit-large-patch14-336", "name": "clip_vision_model", "num_img_tokens": 4},
    "vision_config": {
        "hidden_size": SEEN, "intermediate_size": 24, "num_hidden_layers": 3, "num_attention_heads": 2, "image_size": SIDE, "patch_size": PATCH,
        "hidden_act": "quick_gelu",
    },
}  # fmt: skip


def published() -> dict[str, torch.Tensor]:
    """Random weights with the published names and shapes."""
    torch.manual_seed(1)
    weights = {}

    def layer(name, rows, columns, bias=True):
        weights[f"{name}.weight"] = torch.randn(rows, columns) * columns**-0.5
        if bias:
            weights[f"{name}.bias"] = torch.randn(rows) * 0.1

    def norm(name, width, bias=True):
        weights[f"{name}.weight"] = 1 + 0.1 * torch.randn(width)
        if bias:
            weights[f"{name}.bias"] = 0.1 * torch.randn(width)

    weights["model.embed_tokens.weight"] = torch.randn(WORDS, WIDTH)
    for i in range(LAYERS):
        block = f"model.layers.{i}."
        norm(f"{block}input_layernorm", WIDTH, False)
        norm(f"{block}post_attention_layernorm", WIDTH, False)
        layer(f"{block}self_attn.qkv_proj", (HEADS + 2 * KEY_HEADS) * HEAD, WIDTH, False)
        layer(f"{block}self_attn.o_proj", WIDTH, WIDTH, False)
        layer(f"{block}mlp.gate_up_proj", 96, WIDTH, False)
        layer(f"{block}mlp.down_proj", WIDTH, 48, False)
    norm("model.norm", WIDTH, False)
    layer("lm_head", WORDS, WIDTH, False)
    weights[f"{CLIP}embeddings.class_embedding"] = torch.randn(SEEN)
    weights[f"{CLIP}embeddings.patch_embedding.weight"] = torch.randn(SEEN, 3, PATCH, PATCH) * 0.1
    weights[f"{CLIP}embeddings.position_embedding.weight"] = torch.randn(1 + (SIDE // PATCH) ** 2, SEEN)
    norm(f"{CLIP}pre_layrnorm", SEEN)
    norm(f"{CLIP}post_layernorm", SEEN)
    for i in range(3):
        block = f"{CLIP}encoder.layers.{i}."
        norm(f"{block}layer_norm1", SEEN)
        norm(f"{block}layer_norm2", SEEN)
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            layer(f"{block}self_attn.{name}", SEEN, SEEN)
        layer(f"{block}mlp.fc1", 24, SEEN)
        layer(f"{block}mlp.fc2", SEEN, 24)
    weights[f"{EMBEDDING}glb_GN"], weights[f"{EMBEDDING}sub_GN"] = torch.randn(1, 1, 4 * SEEN), torch.randn(1, 1, 1, 4 * SEEN)
    layer(f"{EMBEDDING}img_projection.0", WIDTH, 4 * SEEN)
    layer(f"{EMBEDDING}img_projection.2", WIDTH, WIDTH)
    return weights


class Published:
    """The published layers, written after their names."""

    def __init__(self, weights):
        self.weights = weights

    def layer(self, name, x):
        return linear(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))

    def norm(self, name, x):
        return layer_norm(x, x.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], 1e-5)

    def rms(self, name, x):
        return x * (x.pow(2).mean(-1, keepdim=True) + 1e-5).rsqrt() * self.weights[f"{name}.weight"]

    def see(self, tiles):
        """[tiles, patches, width]: what the last layer but one gives."""
        patches = conv2d(tiles, self.weights[f"{CLIP}embeddings.patch_embedding.weight"], stride=PATCH).flatten(2).transpose(1, 2)
        first = self.weights[f"{CLIP}embeddings.class_embedding"].expand(len(tiles), 1, -1)
        x = self.norm(f"{CLIP}pre_layrnorm", torch.cat([first, patches], 1) + self.weights[f"{CLIP}embeddings.position_embedding.weight"])
        for i in range(2):
            block = f"{CLIP}encoder.layers.{i}."
            normed = self.norm(f"{block}layer_norm1", x)
            q, k, v = (self.layer(f"{block}self_attn.{name}", normed).unflatten(-1, (2, -1)).transpose(1, 2) for name in ("q_proj", "k_proj", "v_proj"))
            x = x + self.layer(f"{block}self_attn.out_proj", scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
            hidden = self.layer(f"{block}mlp.fc1", self.norm(f"{block}layer_norm2", x))
            x = x + self.layer(f"{block}mlp.fc2", hidden * torch.sigmoid(1.702 * hidden))
        return x[:, 1:]

    def picture(self, tiles, rows, columns):
        """Token by token: lines of squares over all crops, each ended by sub_GN; glb_GN; the same of the whole."""
        seen = self.see(tiles).unflatten(1, (SIDE // PATCH, SIDE // PATCH))
        edge = SIDE // PATCH // 2
        sub, glb = self.weights[f"{EMBEDDING}sub_GN"].flatten(), self.weights[f"{EMBEDDING}glb_GN"].flatten()

        def lines(tile_of, down, across):
            for y in range(down * edge):
                for x in range(across * edge):
                    tile, top, left = tile_of(y // edge, x // edge), 2 * (y % edge), 2 * (x % edge)
                    yield torch.cat([seen[tile, top, left], seen[tile, top, left + 1], seen[tile, top + 1, left], seen[tile, top + 1, left + 1]])
                yield sub

        found = torch.stack([*lines(lambda row, column: 1 + row * columns + column, rows, columns), glb, *lines(lambda row, column: 0, 1, 1)])
        return self.layer(f"{EMBEDDING}img_projection.2", gelu(self.layer(f"{EMBEDDING}img_projection.0", found)))

    def logits(self, x):
        length = len(x)
        factors = torch.tensor(LONG if length > NEAR else SHORT)
        turns = torch.arange(length)[:, None] / (factors * 10000.0 ** (torch.arange(0, HEAD, 2) / HEAD))
        scaling = math.sqrt(1 + math.log(MOST / NEAR) / math.log(NEAR))
        cos, sin = (torch.cat([part, part], -1) * scaling for part in (turns.cos(), turns.sin()))

        def turn(part):
            left, right = part.chunk(2, -1)
            return part * cos + torch.cat([-right, left], -1) * sin

        for i in range(LAYERS):
            block = f"model.layers.{i}."
            q, k, v = self.layer(f"{block}self_attn.qkv_proj", self.rms(f"{block}input_layernorm", x)).split([HEADS * HEAD, KEY_HEADS * HEAD, KEY_HEADS * HEAD], -1)
            q, k, v = (part.unflatten(-1, (-1, HEAD)).transpose(0, 1) for part in (q, k, v))
            k, v = (part.repeat_interleave(HEADS // KEY_HEADS, 0) for part in (turn(k), v))
            mixed = scaled_dot_product_attention(turn(q), k, v, is_causal=True).transpose(0, 1).flatten(1)
            x = x + self.layer(f"{block}self_attn.o_proj", mixed)
            gate, up = self.layer(f"{block}mlp.gate_up_proj", self.rms(f"{block}post_attention_layernorm", x)).chunk(2, -1)
            x = x + self.layer(f"{block}mlp.down_proj", up * silu(gate))
        return self.layer("lm_head", self.rms("model.norm", x))


@pytest.fixture(scope="module")
def composed(tmp_path_factory):
    """The composed model from a folder as it is published, with the weights."""
    folder = tmp_path_factory.mktemp("published")
    save_file(published(), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(CONFIG))
    model, found = Phi3VForCausalLM.from_pretrained(folder, attn_implementation="sdpa", output_loading_info=True)
    assert not found["missing_keys"] and not found["unexpected_keys"]
    return model.eval()


# The last two of them longer than what positions were first trained for.
@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 1), (1, 3), (2, 2)])
def test_logits_are_those_of_the_published_layers(rows, columns, composed):
    weights = published()
    reference = Published(weights)
    torch.manual_seed(2)
    tiles = torch.randn(1 + rows * columns, 3, SIDE, SIDE)
    expected = reference.picture(tiles, rows, columns)
    # Filled up with empty tiles, as published.
    filled = torch.cat([tiles, torch.zeros(7 - len(tiles), 3, SIDE, SIDE)])[None]
    ids = torch.tensor([[1, *[-1] * len(expected), 7, 8, 9]])
    embedded = weights["model.embed_tokens.weight"][ids[0].clamp(min=0)]
    embedded[1 : 1 + len(expected)] = expected
    with torch.inference_mode():
        found = composed(input_ids=ids, pixel_values=filled, image_sizes=torch.tensor([[rows * SIDE, columns * SIDE]])).logits[0]
    torch.testing.assert_close(found, reference.logits(embedded), atol=2e-5, rtol=1e-4)
    assert (len(embedded) > NEAR) == (rows * columns > 2)


def test_positions_turn_as_phi_3s(composed):
    names = ("hidden_size", "num_attention_heads", "max_position_embeddings", "original_max_position_embeddings", "rope_parameters")
    theirs = Phi3RotaryEmbedding(Phi3Config(**{name: getattr(composed.config, name) for name in names}))
    for length in (NEAR, NEAR + 1, MOST):
        place = (torch.zeros(1), torch.arange(length)[None])
        for one, other in zip(composed.model.language_model.rotary_emb(*place), theirs(*place)):
            torch.testing.assert_close(one, other)


@torch.inference_mode()
def test_generate_reads_anew_where_positions_begin_to_mean_something_else(composed):
    tiles, sizes = torch.randn(1, 2, 3, SIDE, SIDE), torch.tensor([[SIDE, SIDE]])
    ids = torch.tensor([[1, *[-1] * 13, 7, 8, 9]])
    mask = torch.ones_like(ids)
    found = composed.generate(input_ids=ids, attention_mask=mask, pixel_values=tiles, image_sizes=sizes, max_new_tokens=14, min_new_tokens=14, do_sample=False)
    expected = ids
    while expected.shape[1] < found.shape[1]:
        logits = composed(input_ids=expected, pixel_values=tiles, image_sizes=sizes).logits[0, -1]
        logits[2] = -math.inf
        expected = torch.cat([expected, logits.argmax()[None, None]], 1)
    assert found.tolist() == expected.tolist() and found.shape[1] > NEAR + 4


def test_files_have_the_published_names_and_the_published_config_describes_clip(composed, tmp_path):
    composed.save_pretrained(tmp_path)
    for name, value in load_file(tmp_path / "model.safetensors").items():
        assert torch.equal(value, published()[name]), name
    config = {name: value for name, value in CONFIG.items() if name != "vision_config"}
    vision = Phi3VConfig(**config).vision_config
    assert (vision.hidden_size, vision.num_hidden_layers, vision.image_size, vision.patch_size, vision.hidden_act) == (1024, 24, 336, 14, "quick_gelu")


SIZES = [(672, 672), (300, 200), (200, 300), (1280, 640), (500, 374), (90, 800), (1000, 30), (336, 336), (41, 37)]


@pytest.fixture(scope="module")
def full_size(tmp_path_factory):
    """A narrow model that sees pictures as large as the published one does, and pictures of several shapes."""
    folder = tmp_path_factory.mktemp("full-size")
    write_tiny("phi3-v", folder)
    config = json.loads((folder / "config.json").read_text())
    config["vision_config"] |= {"image_size": 336, "patch_size": 14}
    Phi3VForCausalLM(Phi3VConfig(**config)).save_pretrained(folder)
    for i, (width, height) in enumerate(SIZES):
        pixels = np.random.RandomState(i).randint(0, 255, (height // 5 + 1, width // 5 + 1, 3)).astype("uint8")
        Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC).save(folder / f"{i}.png")
    return folder


def preprocess(folder, **settings):
    path = folder / "preprocessor_config.json"
    path.write_text(json.dumps({"image_processor_type": "Phi3VImageProcessor", "processor_class": "Phi3VProcessor", "num_img_tokens": 144, **settings}))


def reference_pixels(image, crops):
    """Step by step as the published processor's."""
    is_tall = image.width < image.height
    image = image.transpose(Image.Transpose.TRANSPOSE) if is_tall else image
    ratio, scale = image.width / image.height, 1
    while scale * np.ceil(scale / ratio) <= crops:
        scale += 1
    width = (scale - 1) * 336
    image = image.resize((width, int(width / ratio)), Image.Resampling.BILINEAR)
    target = int(np.ceil(image.height / 336) * 336)
    top = int((target - image.height) / 2)
    image = ImageOps.expand(image, (0, top, 0, target - image.height - top), (255, 255, 255))
    image = image.transpose(Image.Transpose.TRANSPOSE) if is_tall else image
    levels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    mean, std = torch.tensor([0.48145466, 0.4578275, 0.40821073]), torch.tensor([0.26862954, 0.26130258, 0.27577711])
    levels = (levels - mean[:, None, None]) / std[:, None, None]
    height, width = levels.shape[1:]
    whole = interpolate(levels[None], size=(336, 336), mode="bicubic")
    cut = levels.reshape(1, 3, height // 336, 336, width // 336, 336).permute(0, 2, 4, 1, 3, 5).reshape(-1, 3, 336, 336)
    tokens = ((height // 336) * (width // 336) + 1) * 144 + 1 + (height // 336 + 1) * 12
    return torch.cat([whole, cut]), [height, width], tokens


@pytest.mark.parametrize("crops", [1, 4, 6, 16])
def test_pixels_are_those_of_the_published_processor_in_the_trainer_and_in_node(crops, full_size, root):
    preprocess(full_size, num_crops=crops)
    family = load(full_size)
    paths = [str(full_size / f"{i}.png") for i in range(len(SIZES))]
    node = root / "node_modules" / "node" / "bin" / "node"
    asked = json.dumps({"folder": str(full_size), "images": paths})
    run = subprocess.run([str(node), "test/trainer/prepare_images.ts"], input=asked, cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    for path, prepared in zip(paths, map(json.loads, run.stdout.splitlines()), strict=True):
        with Image.open(path) as image:
            expected, size, tokens = reference_pixels(image.convert("RGB"), crops)
            found = family.pixels(image)["pixel_values"]
        picture = Picture(path, *Image.open(path).size)
        assert family.vision_feeds({"pixel_values": found}, picture)["image_sizes"].tolist() == [size]
        assert len(family.image_ids(picture)) == tokens
        torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)
        assert prepared["image_sizes"]["values"] == size
        pixels = np.frombuffer(base64.b64decode(prepared["pixel_values"]["values"]), np.float32).reshape(prepared["pixel_values"]["dims"])
        np.testing.assert_allclose(pixels[0], expected.numpy(), atol=2e-6, rtol=0)


def test_prompts_are_those_of_the_published_processor(full_size):
    preprocess(full_size, num_crops=4)
    family = load(full_size)
    said = [
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "what colour?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "red"}]},
        {"role": "user", "content": [{"type": "text", "text": "and "}, {"type": "image"}, {"type": "text", "text": "?"}]},
    ]
    text = "<|user|>\n<|image_1|>\nwhat colour?<|end|>\n<|assistant|>\nred<|end|>\n<|user|>\nand <|image_2|>\n?<|end|>\n<|assistant|>\n"
    assert family.prompt_text(said) == text
    ids = family.tokenizer.convert_tokens_to_ids
    first, second, third = (family.tokenizer(piece).input_ids for piece in ("<|user|>\n", text.split("<|image_1|>")[1].split("<|image_2|>")[0], "\n?<|end|>\n<|assistant|>\n"))
    assert first[0] == second[0] == third[0] == ids("<s>"), "each piece is begun"
    sequence = family.encode(said, [str(full_size / "0.png"), str(full_size / "3.png")], None)
    image = ids("<|image|>")
    # Of 2 · 2 crops, and of 1 · 2.
    assert sequence.ids == [*first, *[image] * 757, *second, *[image] * 457, *third]


def test_a_folder_that_does_not_say_how_pictures_are_cut_is_refused(full_size):
    preprocess(full_size)
    with pytest.raises(FamilyError, match="does not say into how many crops a picture is cut"):
        load(full_size)


def as_published(folder):
    """Its JSON files as published folders have them: no image token, the scaling by its older name, one end token that is not the template's."""
    config = json.loads((folder / "config.json").read_text())
    del config["image_token_id"], config["image_token_index"]
    rope = config.pop("rope_parameters")
    config |= {"rope_theta": rope["rope_theta"], "rope_scaling": {"type": "su", "long_factor": rope["long_factor"], "short_factor": rope["short_factor"]}}
    (folder / "config.json").write_text(json.dumps(config))
    generation = json.loads((folder / "generation_config.json").read_text())
    (folder / "generation_config.json").write_text(json.dumps(generation | {"eos_token_id": 2}))


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    write_tiny("phi3-v", folder / "tiny")
    family = load(folder / "tiny")
    family.export(folder / "onnx")
    as_published(folder / "onnx")
    Image.fromarray(np.random.RandomState(5).randint(0, 255, (40, 60, 3)).astype("uint8")).save(folder / "0.png")
    return family, folder / "onnx", str(folder / "0.png")


def test_near_and_far_prompts_are_answered_side_by_side_and_none_goes_from_near_to_far(exported, root):
    family, folder, image = exported
    texts = ["what colour?", "which of these is a solid? " * 4, "green blue yellow black white " * 12, "what colour is the picture? " * 11]
    said = [[{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": text}]}] for text in texts]
    sequences = [family.encode(one, [image], None) for one in said]
    lengths = [len(sequence.ids) for sequence in sequences]
    assert min(lengths) < PHI3_V_NEAR - 40 < lengths[1] < PHI3_V_NEAR < lengths[2] < lengths[3], lengths
    with torch.inference_mode():
        features = [family.project(family.see([family.pixels(Image.open(image))]), list(sequence.pictures)) for sequence in sequences]
        expected = family.generate(sequences, features, 40)
    prompts = [{"key": str(i), "text": text, "image": image} for i, text in enumerate(texts)]
    request = {str(folder): {"newTokens": 40, "prompts": prompts, "scored": [["", "a solid"], ["", "blue"]]}}
    node = root / "node_modules" / "node" / "bin" / "node"
    run = subprocess.run([str(node), "test/trainer/run_models.ts"], input=json.dumps(request), cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-3000:]
    answers = {}
    for line in map(json.loads, run.stdout.splitlines()):
        answers.setdefault(int(line["key"]), {}).update(line)
    for i, (length, sequence) in enumerate(zip(lengths, sequences)):
        assert answers[i]["output"] == family.decode(expected[i]), f"prompt {i} of {length} tokens"
        written = answers[i]["usage"]["outputTokens"]
        assert written == (min(40, PHI3_V_NEAR - length) if length < PHI3_V_NEAR else 40) or answers[i]["finishReason"] == "stop"
        target = family.encode(said[i], [image], "a solid")
        with torch.inference_mode():
            words = family.logits(family.collate([target]), features[i]).log_softmax(-1)
        scores = words.gather(1, torch.tensor(target.target)[:, None])[:-1, 0]
        if length < PHI3_V_NEAR < length + len(scores):
            assert answers[i]["error"] == f"Prompt and text are {length + len(scores)} tokens long, and the model takes {PHI3_V_NEAR}."
        else:
            np.testing.assert_allclose(answers[i]["tokens"][0], scores, atol=1e-4)


def test_the_worker_scores_no_text_that_goes_from_near_to_far(exported):
    family, folder, image = exported
    heard = []

    class Channel:
        def send(self, kind, **content):
            heard.append((kind, content))

    content = [{"type": "image", "path": image}, {"type": "text", "text": "what colour?"}]
    texts = [{"given": "", "text": "green blue yellow " * 20}]
    worker_load(str(folder.parent / "tiny"), "cpu", [], False).score([{"key": "far", "messages": [{"role": "user", "content": content}], "texts": texts}], Channel())
    [scores] = [content["scores"] for kind, content in heard if kind == "scores"]
    assert scores[0]["error"].endswith(f"tokens long, and the model takes {PHI3_V_NEAR}.")
