"""Models that see a picture as a small whole and tiles of a large one."""

import transformers as hf

from ..phi3_v.model import Phi3VConfig, Phi3VForCausalLM
from .whole import LLAVA_TEMPLATE
from .writing import NORMALISED, TEXT, VISION, Tiny

PINPOINTS = [[32, 64], [64, 32], [64, 64], [32, 96]]


def _llava_next(token, words):
    text, vision = hf.LlamaConfig(**TEXT, vocab_size=words), hf.CLIPVisionConfig(**VISION, projection_dim=32)
    config = hf.LlavaNextConfig(vision_config=vision, text_config=text, image_token_id=token("<image>"), image_seq_length=16, image_grid_pinpoints=PINPOINTS)
    return hf.LlavaNextForConditionalGeneration(config)


LLAVA_NEXT = Tiny(
    _llava_next,
    {
        "image_processor_type": "LlavaNextImageProcessor", "processor_class": "LlavaNextProcessor", "do_convert_rgb": True, "do_resize": True,
        "size": {"shortest_edge": 32}, "do_center_crop": True, "crop_size": {"height": 32, "width": 32}, "resample": 3, "do_pad": True,
        "image_grid_pinpoints": PINPOINTS, **NORMALISED,
    },
    {"processor_class": "LlavaNextProcessor", "patch_size": 8, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1, "image_token": "<image>"},
    template=LLAVA_TEMPLATE,
)  # fmt: skip


def _llava_onevision(token, words):
    text = hf.Qwen2Config(**TEXT, vocab_size=words)
    vision = hf.SiglipVisionConfig(**VISION, vision_use_head=False)
    config = hf.LlavaOnevisionConfig(
        vision_config=vision, text_config=text, image_token_index=token("<image>"), video_token_index=token("<video>"),
        image_grid_pinpoints=PINPOINTS, vision_aspect_ratio="anyres_max_1",
    )  # fmt: skip
    return hf.LlavaOnevisionForConditionalGeneration(config)


LLAVA_ONEVISION = Tiny(
    _llava_onevision,
    {
        "image_processor_type": "LlavaOnevisionImageProcessor", "processor_class": "LlavaOnevisionProcessor", "do_convert_rgb": True, "do_resize": True,
        "size": {"height": 32, "width": 32}, "resample": 3, "do_pad": True, "image_grid_pinpoints": PINPOINTS, **NORMALISED,
    },
    {"processor_class": "LlavaOnevisionProcessor", "num_image_tokens": 16, "vision_feature_select_strategy": "full", "vision_aspect_ratio": "anyres_max_1"},
    special=("<image>", "<video>"),
    template=LLAVA_TEMPLATE,
)  # fmt: skip

TILES = tuple(f"<row_{row + 1}_col_{column + 1}>" for row in range(6) for column in range(6))
IDEFICS3_TEMPLATE = (
    "<|im_start|>{% for message in messages %}{{ message['role'] | capitalize }}:{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<image>{% else %} {{ part['text'] }}{% endif %}{% endfor %}<end_of_utterance>\n{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)


def _idefics3(name: str) -> Tiny:
    def build(token, words):
        text, vision = hf.LlamaConfig(**TEXT, vocab_size=words), dict(VISION)
        config = getattr(hf, f"{name}Config")(vision_config=vision, text_config=text, image_token_id=token("<image>"), scale_factor=2, pad_token_id=0)
        return getattr(hf, f"{name}ForConditionalGeneration")(config)

    images = {
        "image_processor_type": f"{name}ImageProcessor", "processor_class": f"{name}Processor", "do_convert_rgb": True, "do_resize": True,
        "size": {"longest_edge": 64}, "max_image_size": {"longest_edge": 32}, "do_image_splitting": True, "do_pad": True, "resample": 1, **NORMALISED,
    }  # fmt: skip
    special = ("<image>", "<|im_start|>", "<end_of_utterance>", "<fake_token_around_image>", "<global-img>", *TILES)
    return Tiny(build, images, {"processor_class": f"{name}Processor", "image_seq_len": 4}, special, IDEFICS3_TEMPLATE)


IDEFICS3, SMOLVLM = _idefics3("Idefics3"), _idefics3("SmolVLM")


def _mllama(token, words):
    text = {**TEXT, "num_hidden_layers": 3, "vocab_size": words, "cross_attention_layers": [1]}
    text["rope_parameters"] = {"rope_type": "default", "rope_theta": 10000.0}
    vision = {
        "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_global_layers": 1, "attention_heads": 2, "image_size": 32, "patch_size": 8,
        "intermediate_layers_indices": [1], "vision_output_dim": 64, "max_num_tiles": 4,
    }  # fmt: skip
    return hf.MllamaForConditionalGeneration(hf.MllamaConfig(vision_config=vision, text_config=text, image_token_index=token("<|image|>")))


MLLAMA = Tiny(
    _mllama,
    {
        "image_processor_type": "MllamaImageProcessor", "processor_class": "MllamaProcessor", "do_convert_rgb": True, "do_resize": True, "do_pad": True,
        "size": {"height": 32, "width": 32}, "max_image_tiles": 4, "resample": 2, **NORMALISED,
    },
    special=("<|image|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    template=(
        "{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n"
        "{% for part in message['content'] %}{% if part['type'] == 'image' %}<|image|>{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|eot_id|>{% endfor %}"
        "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
    ),
)  # fmt: skip


def _internvl(token, words):
    vision = {**VISION, "image_size": [32, 32], "patch_size": [8, 8]}
    text = {"model_type": "qwen2", **TEXT, "vocab_size": words}
    return hf.InternVLForConditionalGeneration(hf.InternVLConfig(vision_config=vision, text_config=text, image_token_id=token("<IMG_CONTEXT>"), image_seq_length=4))


INTERNVL = Tiny(
    _internvl,
    {
        "image_processor_type": "GotOcr2ImageProcessor", "processor_class": "InternVLProcessor", "do_convert_rgb": True, "do_resize": True,
        "size": {"height": 32, "width": 32}, "crop_to_patches": True, "min_patches": 1, "max_patches": 4, "resample": 3, **NORMALISED,
    },
    {"processor_class": "InternVLProcessor", "image_seq_length": 4},
    special=("<img>", "</img>", "<IMG_CONTEXT>", "<video>", "<|im_start|>", "<|im_end|>"),
    named={"start_image_token": "<img>", "end_image_token": "</img>", "context_image_token": "<IMG_CONTEXT>", "video_token": "<video>"},
    template=(
        "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{% for part in message['content'] %}"
        "{% if part['type'] == 'image' %}<IMG_CONTEXT>\n{% else %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
)  # fmt: skip


def _phi3_v(token, words):
    rope = {"type": "su", "short_factor": [1.0 + 0.1 * i for i in range(8)], "long_factor": [2.0 + 0.5 * i for i in range(8)]}
    vision = {**VISION, "projection_dim": 32, "hidden_act": "quick_gelu"}
    lengths = {**TEXT, "original_max_position_embeddings": PHI3_V_NEAR}
    return Phi3VForCausalLM(Phi3VConfig(**lengths, vocab_size=words, rope_scaling=rope, rope_theta=10000.0, vision_config=vision))


# Behind so many tokens, positions mean something else.
PHI3_V_NEAR = 96
PHI3_V = Tiny(
    _phi3_v,
    {"image_processor_type": "Phi3VImageProcessor", "processor_class": "Phi3VProcessor", "num_crops": 6, "num_img_tokens": 4, **NORMALISED},
    special=("<|image|>", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>"),
    # As published: contents are text.
    template=(
        "{% for message in messages %}{{'<|' + message['role'] + '|>\n' + message['content'] + '<|end|>\n' }}{% endfor %}"
        "{% if add_generation_prompt and messages[-1]['role'] != 'assistant' %}{{- '<|assistant|>\n' -}}{% endif %}"
    ),
    begins=True,
)  # fmt: skip
