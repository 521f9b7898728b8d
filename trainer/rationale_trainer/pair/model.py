"""Building the LLaVA models from scratch."""

import torch
from transformers import CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

from .configuration import Architecture
from ..tokens import BOS, EOS, IMAGE, PAD, SPECIAL

HEAD = 32
POSITIONS = 512
ROPE_BASE = 10_000.0
# How the decoder starts, see _start_text: standard deviations of weights and embeddings, the share of them that layers
# add, the shared direction's length, look-back distances and sharpness, and the reach (tokens) and weight of likeness.
START, EMBEDDING, ADDED = 0.04, 0.08, 0.25
SHARED, LOOKS_BACK, SHARPNESS = 0.8, (1, 2, 3), 5.0
REACH, ALIKE = 40, 2.5

# Drawings are ink on light paper: these bring the pixels near zero mean and unit scale.
PIXEL_MEAN, PIXEL_STD = 0.9, 0.3


def build(architecture: Architecture, vocabulary: int, seed: int) -> LlavaForConditionalGeneration:
    """A fresh model; `vocabulary` is the tokenizer's true size."""
    torch.manual_seed(seed)
    a = architecture
    vision = CLIPVisionConfig(
        hidden_size=a.vision_width,
        intermediate_size=a.vision_mlp,
        num_hidden_layers=a.vision_layers,
        num_attention_heads=a.vision_width // HEAD,
        image_size=a.image,
        patch_size=a.patch,
        projection_dim=a.vision_width,
        hidden_act="gelu",
    )
    text = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=a.text_width,
        intermediate_size=a.text_mlp,
        num_hidden_layers=a.text_layers,
        num_attention_heads=a.text_width // HEAD,
        num_key_value_heads=a.text_width // HEAD,
        max_position_embeddings=POSITIONS,
        tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_BASE},
        initializer_range=START,
        pad_token_id=SPECIAL.index(PAD),
        bos_token_id=SPECIAL.index(BOS),
        eos_token_id=SPECIAL.index(EOS),
    )
    configuration = LlavaConfig(
        vision_config=vision,
        text_config=text,
        image_token_id=SPECIAL.index(IMAGE),
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
        image_seq_length=a.image_tokens,
        tie_word_embeddings=True,
    )
    model = LlavaForConditionalGeneration(configuration)
    _start_vision(model, a)
    _start_text(model)
    return model.eval()


@torch.no_grad()
def _start_vision(model, a: Architecture):
    """CLIP's own initialisation does not train at this size: sin-cos positions and larger patch weights do."""
    grid = a.image // a.patch
    frequencies = 30 ** -(torch.arange(a.vision_width // 4) / (a.vision_width // 4))
    rows, columns = torch.meshgrid(torch.arange(grid).float(), torch.arange(grid).float(), indexing="ij")
    waves = [wave(axis.reshape(-1, 1) * frequencies) for axis in (columns, rows) for wave in (torch.sin, torch.cos)]
    embeddings = vision_tower(model).embeddings
    embeddings.position_embedding.weight[1:] = 0.25 * torch.cat(waves, 1)
    embeddings.patch_embedding.weight.normal_(0, 0.04)


@torch.no_grad()
def _start_text(model):
    """Gives the decoder the parts of a look-up, which it is slow to find: binding phrases to letters starts from there.

    Embeddings outweigh what the layers add at first, so that a token can be recognised. In layer 0, head n looks n + 1
    tokens back: all embeddings share a direction (which the tied output's softmax ignores), queries and keys read it,
    and RoPE makes their product largest at that distance. In the other layers keys begin equal to queries, weighted
    towards the slow RoPE frequencies, so that a token looks at its equals wherever they stand.
    """
    text = model.model.language_model
    embeddings = text.embed_tokens.weight.mul_(EMBEDDING / START)
    shared = torch.nn.functional.normalize(torch.randn(text.config.hidden_size), dim=0)
    embeddings.add_(SHARED * shared)
    # What the shared direction measures after the first RMS norm.
    read = SHARED / embeddings.square().mean().sqrt()
    for layer in text.layers:
        layer.self_attn.o_proj.weight.mul_(ADDED)
        layer.mlp.down_proj.weight.mul_(ADDED)

    frequencies = ROPE_BASE ** -(torch.arange(HEAD // 2) / (HEAD // 2))
    first, *others = (layer.self_attn for layer in text.layers)
    for head, distance in enumerate(LOOKS_BACK[: text.config.num_attention_heads]):
        rows = slice(head * HEAD, (head + 1) * HEAD)
        query = torch.cat([torch.ones(HEAD // 2), torch.zeros(HEAD // 2)])
        key = torch.cat([torch.cos(frequencies * distance), torch.sin(frequencies * distance)])
        for projection, vector in ((first.q_proj, query), (first.k_proj, key)):
            projection.weight[rows] += torch.outer(SHARPNESS * vector / read, shared)
    slow = torch.where(frequencies * REACH < 1, ALIKE, 1.0).repeat(2)
    for attention in others:
        attention.q_proj.weight.unflatten(0, (-1, HEAD)).mul_(slow[:, None])
        attention.k_proj.weight.copy_(attention.q_proj.weight)


def vision_tower(model):
    tower = model.model.vision_tower
    return getattr(tower, "vision_model", tower)


def pixel_values(images) -> torch.Tensor:
    """float32 [n, 3, 96, 96] from uint8 [n, 96, 96, 3]: the preprocessor's arithmetic for images of the right size."""
    return ((torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255 - PIXEL_MEAN) / PIXEL_STD).contiguous()


def vision_features(model, pixels: torch.Tensor) -> torch.Tensor:
    """[n, image tokens, vision width]: the vision tower's output, class token first, before the projector."""
    return model.model.vision_tower(pixels).last_hidden_state


def parameter_count(model) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
