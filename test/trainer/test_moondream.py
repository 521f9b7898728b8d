"""Moondream's published weights, in the composed model, compute what Moondream's own layers compute."""

import pytest
import torch
from rationale_trainer.moondream.model import MoondreamConfig, MoondreamForConditionalGeneration
from rationale_trainer.moondream.weights import from_published, is_published
from torch.nn.functional import adaptive_avg_pool2d, gelu, layer_norm, linear, scaled_dot_product_attention

WIDTH, HEADS, LAYERS, WORDS, SEEN, SIDE, PATCH = 32, 2, 2, 50, 16, 8, 2
PATCHES = (SIDE // PATCH) ** 2
TEXT, VISUAL, PROJECTION = "text_model.", "vision_encoder.encoder.model.visual.", "vision_encoder.projection.mlp."


def published(crops: bool) -> dict[str, torch.Tensor]:
    """Random weights with the names and shapes of the revisions of 2024."""
    torch.manual_seed(1)
    weights = {}

    def layer(name, rows, columns):
        weights[f"{name}.weight"], weights[f"{name}.bias"] = torch.randn(rows, columns) * columns**-0.5, torch.randn(rows) * 0.1

    def norm(name, width):
        weights[f"{name}.weight"], weights[f"{name}.bias"] = 1 + 0.1 * torch.randn(width), 0.1 * torch.randn(width)

    weights[f"{TEXT}transformer.embd.wte.weight"] = torch.randn(WORDS, WIDTH)
    for i in range(LAYERS):
        block, seen = f"{TEXT}transformer.h.{i}.", f"{VISUAL}blocks.{i}."
        norm(f"{block}ln", WIDTH)
        layer(f"{block}mixer.Wqkv", 3 * WIDTH, WIDTH)
        layer(f"{block}mixer.out_proj", WIDTH, WIDTH)
        layer(f"{block}mlp.fc1", 48, WIDTH)
        layer(f"{block}mlp.fc2", WIDTH, 48)
        norm(f"{seen}norm1", SEEN)
        norm(f"{seen}norm2", SEEN)
        layer(f"{seen}attn.qkv", 3 * SEEN, SEEN)
        layer(f"{seen}attn.proj", SEEN, SEEN)
        layer(f"{seen}mlp.fc1", 24, SEEN)
        layer(f"{seen}mlp.fc2", SEEN, 24)
    norm(f"{TEXT}lm_head.ln", WIDTH)
    layer(f"{TEXT}lm_head.linear", WORDS, WIDTH)
    layer(f"{VISUAL}patch_embed.linear", SEEN, 3 * PATCH**2)
    weights[f"{VISUAL}pos_embed"] = torch.randn(1, PATCHES, SEEN)
    norm(f"{VISUAL}norm", SEEN)
    layer(f"{PROJECTION}fc1", 4 * WIDTH, SEEN * (1 + crops))
    layer(f"{PROJECTION}fc2", WIDTH, 4 * WIDTH)
    weights["region_model.coordinate_encoder.weight"] = torch.randn(3, 3)
    return weights


class Published:
    """The published layers, written after their names: what a mixer and a block of it do."""

    def __init__(self, weights):
        self.weights = weights

    def layer(self, name, x):
        return linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def norm(self, name, x):
        return layer_norm(x, x.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], 1e-5)

    def see(self, tiles):
        b, side = len(tiles), SIDE // PATCH
        patches = tiles.reshape(b, 3, side, PATCH, side, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(b, PATCHES, -1)
        x = self.layer(f"{VISUAL}patch_embed.linear", patches) + self.weights[f"{VISUAL}pos_embed"]
        for i in range(LAYERS):
            name = f"{VISUAL}blocks.{i}."
            qkv = self.layer(f"{name}attn.qkv", self.norm(f"{name}norm1", x)).reshape(b, PATCHES, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
            x = x + self.layer(f"{name}attn.proj", scaled_dot_product_attention(*qkv).transpose(1, 2).reshape(b, PATCHES, -1))
            x = x + self.layer(f"{name}mlp.fc2", gelu(self.layer(f"{name}mlp.fc1", self.norm(f"{name}norm2", x)), approximate="tanh"))
        return self.norm(f"{VISUAL}norm", x)

    def project(self, x):
        return self.layer(f"{PROJECTION}fc2", gelu(self.layer(f"{PROJECTION}fc1", x), approximate="tanh"))

    def logits(self, x):
        length, head = x.shape[0], WIDTH // HEADS
        turning = head // 2
        angles = torch.arange(length)[:, None] / 10000.0 ** (torch.arange(0, turning, 2) / turning)
        cos, sin = angles.cos().repeat(1, 2), angles.sin().repeat(1, 2)

        def turn(part):
            turned, kept = part[..., :turning], part[..., turning:]
            left, right = turned.chunk(2, -1)
            return torch.cat([turned * cos + torch.cat([-right, left], -1) * sin, kept], -1)

        for i in range(LAYERS):
            name = f"{TEXT}transformer.h.{i}."
            normed = self.norm(f"{name}ln", x)
            q, k, v = self.layer(f"{name}mixer.Wqkv", normed).reshape(length, 3, HEADS, head).permute(1, 2, 0, 3)
            mixed = scaled_dot_product_attention(turn(q), turn(k), v, is_causal=True).transpose(0, 1).reshape(length, WIDTH)
            x = x + self.layer(f"{name}mixer.out_proj", mixed) + self.layer(f"{name}mlp.fc2", gelu(self.layer(f"{name}mlp.fc1", normed), approximate="tanh"))
        return self.layer(f"{TEXT}lm_head.linear", self.norm(f"{TEXT}lm_head.ln", x))


def composed(weights, crops):
    text = {"vocab_size": WORDS, "hidden_size": WIDTH, "intermediate_size": 48, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS}
    text["rope_parameters"] = {"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5}
    vision = {"hidden_size": SEEN, "intermediate_size": 24, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "image_size": SIDE, "patch_size": PATCH}
    vision |= {"vision_use_head": False, "layer_norm_eps": 1e-5}
    model = MoondreamForConditionalGeneration(MoondreamConfig(text, vision, image_token_index=WORDS - 1, crops=crops))
    model.load_state_dict(from_published(weights, PATCH))
    return model.eval()


@pytest.mark.parametrize(("crops", "rows", "columns"), [(False, 0, 0), (True, 0, 0), (True, 1, 2), (True, 2, 2)])
def test_logits_are_those_of_the_published_layers(crops, rows, columns):
    weights = published(crops)
    assert is_published(weights)
    model, reference = composed(weights, crops), Published(weights)
    tiles = torch.randn(1 + rows * columns, 3, SIDE, SIDE)
    ids = torch.tensor([[1, *[WORDS - 1] * PATCHES, 7, 8, 9]])
    encoded = reference.see(tiles)
    side = SIDE // PATCH
    if crops:
        # As published: the crops' patches laid out as one picture and averaged down to the grid of the whole.
        laid = torch.cat([torch.cat([encoded[1 + r * columns + c].T.reshape(SEEN, side, side) for c in range(columns)], 2) for r in range(rows)], 1) if rows else None
        beside = encoded[0] if laid is None else adaptive_avg_pool2d(laid, (side, side)).reshape(SEEN, PATCHES).T
        encoded = torch.cat([encoded[0], beside], -1)[None]
    embedded = weights[f"{TEXT}transformer.embd.wte.weight"][ids[0]]
    embedded[1 : 1 + PATCHES] = reference.project(encoded[0])
    with torch.inference_mode():
        found = model(input_ids=ids, pixel_values=tiles, crop_grids=torch.tensor([[rows, columns]])).logits[0]
    torch.testing.assert_close(found, reference.logits(embedded), atol=2e-5, rtol=1e-4)


def test_a_name_that_no_revision_has_is_refused():
    with pytest.raises(ValueError, match="The weight text_model.odd is not one of Moondream 2's revisions of 2024"):
        from_published({"text_model.odd": torch.zeros(1)}, PATCH)
