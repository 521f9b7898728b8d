"""The JSON files of an exported folder, as transformers.js reads them: flat, explicit, the chat template in the tokenizer's."""

import json
from pathlib import Path

# What transformers.js looks for beside the text model's config, not inside it, in some architectures.
FLAT = ("num_hidden_layers", "num_attention_heads", "num_key_value_heads", "hidden_size", "head_dim", "vocab_size", "max_position_embeddings")


def write_json_files(family, folder: Path, external: list[str]):
    """`external`: graphs whose weights lie in files of their own."""
    model, tokenizer = family.model, family.tokenizer
    config = model.config.to_dict()
    for part, own in (("text_config", model.config.get_text_config()), ("vision_config", model.config.vision_config)):
        if own is not model.config:
            config[part] = own.to_dict()
    config["architectures"] = [type(model).__name__]
    config["image_token_index"] = config["image_token_id"] = family.image_token
    if family.prefix is not None:
        _shorten(config, family.prefix.tokens)
    if family.flat_config:
        config |= {name: config["text_config"][name] for name in FLAT if config["text_config"].get(name) is not None}
    if external:
        config["transformers.js_config"] = {"use_external_data_format": {f"{name}.onnx": 1 for name in external}}
    write_json(folder / "config.json", config)
    ends = family.ends
    generation = model.generation_config.to_diff_dict() | {"eos_token_id": ends[0] if len(ends) == 1 else ends, "pad_token_id": family.pad, "do_sample": False}
    write_json(folder / "generation_config.json", {name: value for name, value in generation.items() if name not in ("temperature", "top_p", "top_k")})
    write_json(folder / "preprocessor_config.json", family.image_settings())
    processor = family.processor_settings()
    if processor:
        write_json(folder / "processor_config.json", processor)
    tokenizer.save_pretrained(folder)
    settings = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
    settings |= {"tokenizer_class": "PreTrainedTokenizerFast", "chat_template": tokenizer.chat_template, "padding_side": "left"}
    write_json(folder / "tokenizer_config.json", settings)
    if family.prefix is not None:
        family.prefix.save(folder)


def _shorten(config: dict, taken: int):
    """A learnt prefix takes the first of the places that the decoder has."""
    for name, value in config.items():
        if isinstance(value, dict):
            _shorten(value, taken)
        elif name in ("max_position_embeddings", "original_max_position_embeddings"):
            config[name] = value - taken


def write_json(path: Path, value: dict):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
