"""Models of other shapes: a picture as latent queries, and choices filled into a masked place."""

import transformers as hf

from .writing import NORMALISED, TEXT, VISION, Tiny

FIXED = {"do_convert_rgb": True, "do_resize": True, "size": {"shortest_edge": 32}, "do_center_crop": True, "crop_size": {"height": 32, "width": 32}, "resample": 3}
GROUNDING = ("</doc>", "<image>", "</image>", "</chunk>", "</line>", "<phrase>", "</phrase>", "<object>", "</object>", "</delimiter_of_multi_objects/>", "<grounding>")
PATCHES = 16


def _kosmos_2(token, words):
    text = {"vocab_size": words, "embed_dim": 64, "layers": 2, "ffn_dim": 96, "attention_heads": 4, "max_position_embeddings": 256, "dropout": 0.0}
    text |= {name: TEXT[name] for name in ("bos_token_id", "eos_token_id", "pad_token_id")} | {"attention_dropout": 0.0}
    return hf.Kosmos2ForConditionalGeneration(hf.Kosmos2Config(text_config=text, vision_config=dict(VISION)))


# The processor names a picture's places after the unknown token, as Kosmos-2's vocabulary does, and its grid of patches.
KOSMOS_2 = Tiny(
    _kosmos_2,
    {"image_processor_type": "CLIPImageProcessor", "processor_class": "Kosmos2Processor", **FIXED, **NORMALISED},
    {"processor_class": "Kosmos2Processor", "num_patch_index_tokens": PATCHES},
    special=(*GROUNDING, *(f"<patch_index_{i:04d}>" for i in range(PATCHES))),
)


def _vilt(token, words):
    config = hf.ViltConfig(vocab_size=words, **{**VISION, "image_size": 32}, max_position_embeddings=64, pad_token_id=0)
    return hf.ViltForMaskedLM(config)


VILT = Tiny(
    _vilt,
    {
        "image_processor_type": "ViltImageProcessor", "processor_class": "ViltProcessor", "do_convert_rgb": True, "do_resize": True,
        "size": {"shortest_edge": 32}, "size_divisor": 8, "do_pad": True, "resample": 3, **NORMALISED,
    },
    special=("[CLS]", "[SEP]", "[MASK]"),
)  # fmt: skip
