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


ROPE = {"rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 10000.0}
QWEN_VISION = {"depth": 2, "hidden_size": 64, "num_heads": 2, "patch_size": 8, "spatial_merge_size": 2, "temporal_patch_size": 2}


def _qwen(version: str, text: dict, vision: dict):
    def build(token, words):
        config = getattr(hf, f"{version}Config")(
            text_config={**TEXT, "vocab_size": words, "rope_parameters": ROPE, **text}, vision_config={**QWEN_VISION, **vision},
            image_token_id=token("<|image_pad|>"), video_token_id=token("<|video_pad|>"),
            vision_start_token_id=token("<|vision_start|>"), vision_end_token_id=token("<|vision_end|>"),
        )  # fmt: skip
        return getattr(hf, f"{version}ForConditionalGeneration")(config)

    return Tiny(
        build,
        {
            # Of all of them.
            "image_processor_type": "Qwen2VLImageProcessor", "processor_class": f"{version}Processor", "do_convert_rgb": True, "do_resize": True,
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


QWEN2_VL = _qwen("Qwen2VL", {}, {"embed_dim": 32, "mlp_ratio": 2})
# A window of two by two merged patches, left in the last layer.
QWEN2_5_VL = _qwen("Qwen2_5_VL", {}, {"hidden_size": 32, "out_hidden_size": 64, "intermediate_size": 48, "window_size": 32, "fullatt_block_indexes": [1]})
QWEN3_VL = _qwen(
    "Qwen3VL",
    {"head_dim": 16, "rope_parameters": {**ROPE, "mrope_interleaved": True}},
    {"hidden_size": 32, "out_hidden_size": 64, "intermediate_size": 48, "num_position_embeddings": 16, "deepstack_visual_indexes": [0, 1]},
)


def _gemma3(token, words):
    # A window shorter than prompts are.
    text = {**TEXT, "head_dim": 16, "vocab_size": words, "sliding_window": 12, "layer_types": ["sliding_attention", "full_attention"], "query_pre_attn_scalar": 16}
    vision = {**VISION, "vision_use_head": False}
    config = hf.Gemma3Config(
        text_config=text, vision_config=vision, mm_tokens_per_image=4, image_token_index=token("<image_soft_token>"),
        boi_token_index=token("<start_of_image>"), eoi_token_index=token("<end_of_image>"),
    )  # fmt: skip
    return hf.Gemma3ForConditionalGeneration(config)


GEMMA_3 = Tiny(
    _gemma3,
    {"image_processor_type": "Gemma3ImageProcessor", "processor_class": "Gemma3Processor", "image_seq_length": 4, **FIXED},
    {"processor_class": "Gemma3Processor", "image_seq_length": 4},
    special=("<start_of_image>", "<end_of_image>", "<image_soft_token>", "<start_of_turn>", "<end_of_turn>"),
    named={"boi_token": "<start_of_image>", "eoi_token": "<end_of_image>", "image_token": "<image_soft_token>"},
    template=(
        "{{ bos_token }}{% for message in messages %}<start_of_turn>{{ 'model' if message['role'] == 'assistant' else message['role'] }}\n"
        "{% for part in message['content'] %}{% if part['type'] == 'image' %}<start_of_image>{% else %}{{ part['text'] | trim }}{% endif %}{% endfor %}"
        "<end_of_turn>\n{% endfor %}{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
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
