"""Models that see a picture whole."""

import transformers as hf

from ..moondream.model import MoondreamConfig, MoondreamForConditionalGeneration
from .writing import NORMALISED, TEXT, VISION, Tiny

FIXED = {"do_convert_rgb": True, "do_resize": True, "size": {"height": 32, "width": 32}, "resample": 3, **NORMALISED}
LLAVA_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{ message['role'] | upper }}: "
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}<image>\n{% else %}{{ part['text'] }} {% endif %}{% endfor %}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)


def _llava(token, words):
    text = hf.LlamaConfig(**TEXT, vocab_size=words)
    vision = hf.CLIPVisionConfig(**VISION, projection_dim=32)
    return hf.LlavaForConditionalGeneration(hf.LlavaConfig(vision_config=vision, text_config=text, image_token_id=token("<image>"), image_seq_length=16))


LLAVA = Tiny(
    _llava,
    {
        "image_processor_type": "CLIPImageProcessor", "processor_class": "LlavaProcessor", "do_convert_rgb": True, "do_resize": True,
        "size": {"shortest_edge": 32}, "do_center_crop": True, "crop_size": {"height": 32, "width": 32}, "resample": 3, **NORMALISED,
    },
    {"processor_class": "LlavaProcessor", "patch_size": 8, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1, "image_token": "<image>"},
    template=LLAVA_TEMPLATE,
)  # fmt: skip


def _pixtral(token, words):
    text = hf.MistralConfig(**TEXT, vocab_size=words, head_dim=16, sliding_window=None)
    vision = hf.PixtralVisionConfig(**{**VISION, "image_size": 64}, head_dim=16)
    config = hf.LlavaConfig(vision_config=vision, text_config=text, image_token_id=token("[IMG]"), vision_feature_layer=-1, vision_feature_select_strategy="full")
    return hf.LlavaForConditionalGeneration(config)


PIXTRAL = Tiny(
    _pixtral,
    {
        "image_processor_type": "PixtralImageProcessor", "processor_class": "PixtralProcessor", "do_convert_rgb": True, "do_resize": True,
        "size": {"longest_edge": 64}, "patch_size": {"height": 8, "width": 8}, "resample": 3, **NORMALISED,
    },
    {"processor_class": "PixtralProcessor", "patch_size": 8, "image_token": "[IMG]", "image_break_token": "[IMG_BREAK]", "image_end_token": "[IMG_END]"},
    special=("[IMG]", "[IMG_BREAK]", "[IMG_END]", "[INST]", "[/INST]"),
    template=(
        "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %}"
        "{% for part in message['content'] %}{{ part['text'] }}{% endfor %}{{ eos_token }}{% else %}[INST]"
        "{% for part in message['content'] %}{% if part['type'] == 'image' %}[IMG]{% else %}{{ part['text'] }}{% endif %}{% endfor %}[/INST]"
        "{% endif %}{% endfor %}"
    ),
)  # fmt: skip


def _qwen2_vl(token, words):
    text = {**TEXT, "vocab_size": words, "rope_parameters": {"rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 10000.0}}
    vision = {"depth": 2, "embed_dim": 32, "hidden_size": 64, "mlp_ratio": 2, "num_heads": 2, "patch_size": 8, "spatial_merge_size": 2, "temporal_patch_size": 2}
    config = hf.Qwen2VLConfig(
        text_config=text, vision_config=vision, image_token_id=token("<|image_pad|>"), video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"), vision_end_token_id=token("<|vision_end|>"),
    )  # fmt: skip
    return hf.Qwen2VLForConditionalGeneration(config)


QWEN2_VL = Tiny(
    _qwen2_vl,
    {
        "image_processor_type": "Qwen2VLImageProcessor", "processor_class": "Qwen2VLProcessor", "do_convert_rgb": True, "do_resize": True,
        "size": {"shortest_edge": 256, "longest_edge": 4096}, "min_pixels": 256, "max_pixels": 4096, "resample": 3,
        "patch_size": 8, "merge_size": 2, "temporal_patch_size": 2, **NORMALISED,
    },
    special=("<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"),
    template=(
        "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{% for part in message['content'] %}"
        "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part['text'] }}{% endif %}{% endfor %}"
        "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
)  # fmt: skip


def _paligemma(token, words):
    text = {"model_type": "gemma", **TEXT, "num_key_value_heads": 1, "head_dim": 16, "vocab_size": words}
    vision = {"model_type": "siglip_vision_model", **VISION, "projection_dim": 64, "vision_use_head": False}
    config = hf.PaliGemmaConfig(vision_config=vision, text_config=text, image_token_index=token("<image>"), projection_dim=64, hidden_size=64)
    return hf.PaliGemmaForConditionalGeneration(config)


# As published, without a chat template: PaliGemma's prompt is made by its processor.
PALIGEMMA = Tiny(_paligemma, {"image_processor_type": "SiglipImageProcessor", "processor_class": "PaliGemmaProcessor", "image_seq_length": 16, **FIXED})


def _moondream(token, words):
    text = hf.PhiConfig(**{**TEXT, "num_key_value_heads": 4}, vocab_size=words, rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5})
    vision = hf.SiglipVisionConfig(**VISION, vision_use_head=False)
    return MoondreamForConditionalGeneration(MoondreamConfig(text_config=text, vision_config=vision, image_token_index=token("<image>")))


MOONDREAM = Tiny(_moondream, {"image_processor_type": "SiglipImageProcessor", "processor_class": "MoondreamProcessor", **FIXED})
