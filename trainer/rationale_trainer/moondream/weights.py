"""The weights of Moondream 2's revisions of 2024, by the names they have there, as the composed model's."""

import re

import torch

TEXT, VISION = "model.language_model", "model.vision_tower"
ATTENTION = ("q_proj", "k_proj", "v_proj")

# From what a name begins with to what it begins with here; numbers of layers stay in between.
NAMES = [
    (r"text_model\.transformer\.embd\.wte", f"{TEXT}.embed_tokens"),
    (r"text_model\.transformer\.h\.(\d+)\.ln", rf"{TEXT}.layers.\1.input_layernorm"),
    (r"text_model\.transformer\.h\.(\d+)\.mixer\.Wqkv", rf"{TEXT}.layers.\1.self_attn.QKV"),
    (r"text_model\.transformer\.h\.(\d+)\.mixer\.out_proj", rf"{TEXT}.layers.\1.self_attn.dense"),
    (r"text_model\.transformer\.h\.(\d+)\.mlp", rf"{TEXT}.layers.\1.mlp"),
    (r"text_model\.lm_head\.ln", f"{TEXT}.final_layernorm"),
    (r"text_model\.lm_head\.linear", "lm_head"),
    (r"vision_encoder\.encoder\.model\.visual\.patch_embed\.linear", f"{VISION}.embeddings.patch_embedding"),
    (r"vision_encoder\.encoder\.model\.visual\.pos_embed", f"{VISION}.embeddings.position_embedding.weight"),
    (r"vision_encoder\.encoder\.model\.visual\.blocks\.(\d+)\.attn\.qkv", rf"{VISION}.encoder.layers.\1.self_attn.QKV"),
    (r"vision_encoder\.encoder\.model\.visual\.blocks\.(\d+)\.attn\.proj", rf"{VISION}.encoder.layers.\1.self_attn.out_proj"),
    (r"vision_encoder\.encoder\.model\.visual\.blocks\.(\d+)\.norm([12])", rf"{VISION}.encoder.layers.\1.layer_norm\2"),
    (r"vision_encoder\.encoder\.model\.visual\.blocks\.(\d+)\.mlp", rf"{VISION}.encoder.layers.\1.mlp"),
    (r"vision_encoder\.encoder\.model\.visual\.norm", f"{VISION}.post_layernorm"),
    (r"vision_encoder\.projection\.mlp", "model.multi_modal_projector"),
]
# Parts of some revisions that answering does without: finding objects, and a pooling head that was never used.
UNUSED = re.compile(r"region_model\.|vision_encoder\.encoder\.model\.visual\.attn_pool\.")


def is_published(names) -> bool:
    """Whether these are the names that the published revisions have."""
    return any(name.startswith("text_model.transformer.") for name in names)


def from_published(weights: dict[str, torch.Tensor], patch: int) -> dict[str, torch.Tensor]:
    """@raises ValueError: of one sentence, for a name that no revision of 2024 has"""
    found = {}
    for name, tensor in weights.items():
        if UNUSED.match(name):
            continue
        here = next((re.sub(rf"^{pattern}(?=\.|$)", begin, name) for pattern, begin in NAMES if re.match(rf"{pattern}(\.|$)", name)), None)
        if here is None:
            raise ValueError(f"The weight {name} is not one of Moondream 2's revisions of 2024.")
        if "QKV" in here:
            for part, piece in zip(ATTENTION, tensor.chunk(3)):
                found[here.replace("QKV", part)] = piece.clone()
        elif here.endswith("patch_embedding.weight"):
            found[here] = tensor.reshape(len(tensor), 3, patch, patch)
        elif here.endswith("position_embedding.weight"):
            found[here] = tensor[0]
        else:
            found[here] = tensor
    return found
