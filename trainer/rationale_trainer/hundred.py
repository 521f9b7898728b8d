"""A random LLaVA of a hundred million parameters, exported, and Hugging Face `generate` on it: for the bench of inference."""

import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnxruntime
import torch
import transformers
from PIL import Image

from .exporting.checked import export_checked
from .exporting.graphs import USUAL
from .exporting.quantise import suffixes
from .families import load
from .generate import image_path
from .prompts import messages
from .tiny.whole import LLAVA_TEMPLATE
from .tiny.writing import NORMALISED, Tiny, write

SIDE = 112
# Words are few, as the tokenizer is tiny: nearly all parameters are in the layers.
TEXT = {
    "hidden_size": 640, "intermediate_size": 1728, "num_hidden_layers": 18, "num_attention_heads": 10, "num_key_value_heads": 10,
    "max_position_embeddings": 2048, "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0,
}  # fmt: skip
VISION = {"hidden_size": 384, "intermediate_size": 1536, "num_hidden_layers": 6, "num_attention_heads": 6, "image_size": SIDE, "patch_size": 16}


def _build(token, words):
    text, vision = transformers.LlamaConfig(**TEXT, vocab_size=words), transformers.CLIPVisionConfig(**VISION)
    tokens = (SIDE // VISION["patch_size"]) ** 2
    config = transformers.LlavaConfig(vision_config=vision, text_config=text, image_token_id=token("<image>"), image_seq_length=tokens)
    return transformers.LlavaForConditionalGeneration(config)


SIZE = {"height": SIDE, "width": SIDE}
HUNDRED = Tiny(
    _build,
    {"image_processor_type": "CLIPImageProcessor", "processor_class": "LlavaProcessor", "do_resize": True, "size": SIZE, "do_center_crop": False, "resample": 3, **NORMALISED},
    {"processor_class": "LlavaProcessor", "patch_size": 16, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1, "image_token": "<image>"},
    template=LLAVA_TEMPLATE,
)  # fmt: skip


def write_hundred(folder: Path):
    """FOLDER/model, and beside it the exports onnx and onnx-int8."""
    write(HUNDRED, folder / "model", seed=0)
    export_checked(load(folder / "model"), folder / "onnx", [], 0, ["int8"])


def time_hundred(folder: Path, dataset: Path, split: str, limit: int, batch: int, new_tokens: int):
    """Prints the outputs as a JSON object, and the seconds of processor time that they took. Loading is not counted."""
    model = transformers.LlavaForConditionalGeneration.from_pretrained(folder).eval()
    processor = transformers.AutoProcessor.from_pretrained(folder)
    processor.tokenizer.padding_side = "left"
    records = [(key, record) for key, record in json.loads(dataset.read_text(encoding="utf-8")).items() if record["split"] == split][:limit]
    begun = time.process_time()
    groups, outputs = defaultdict(list), {}
    for identifier, record in records:
        text = processor.tokenizer.apply_chat_template(messages(record, 1, record["image"]), tokenize=False, add_generation_prompt=True)
        path = image_path(dataset, identifier, record)
        groups[path is not None].append((identifier, text, path))
    for pictured, members in groups.items():
        for start in range(0, len(members), batch):
            rows = members[start : start + batch]
            images = [Image.open(path).convert("RGB") for _, _, path in rows] if pictured else None
            inputs = processor(images=images, text=[text for _, text, _ in rows], padding=True, add_special_tokens=False, return_tensors="pt")
            with torch.inference_mode():
                found = model.generate(**inputs, max_new_tokens=new_tokens, do_sample=False)[:, inputs["input_ids"].shape[1] :]
            for (identifier, _, _), row in zip(rows, found.tolist()):
                row = row[: row.index(2)] if 2 in row else row
                outputs[identifier] = processor.tokenizer.decode(row, skip_special_tokens=False)
    print(json.dumps({"outputs": outputs, "seconds": time.process_time() - begun}))


def time_decoder(folder: Path, rows: int, prompt: int, new_tokens: int):
    """Prints the seconds of processor time of a plain decode loop in ONNX Runtime's Python, over rows of one length."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    decoder, embed = (
        onnxruntime.InferenceSession(folder / "onnx" / f"{name}{suffixes(folder).get(name, '')}.onnx", options, providers=["CPUExecutionProvider"])
        for name in (USUAL.decoder, USUAL.embed)
    )
    ids = np.random.RandomState(0).randint(3, 100, (rows, prompt))
    caches = [value for value in decoder.get_inputs() if value.name.startswith("past_key_values.")]
    past = [np.zeros((rows, value.shape[1], 0, value.shape[3]), np.float32) for value in caches]
    begun = time.process_time()
    for _ in range(new_tokens):
        used, length = past[0].shape[2], ids.shape[1]
        feeds = {
            "inputs_embeds": embed.run(None, {"input_ids": ids})[0],
            "attention_mask": np.ones((rows, used + length), np.int64),
            "position_ids": np.tile(np.arange(used, used + length), (rows, 1)),
            "num_logits_to_keep": np.array(1),
        }
        logits, *past = decoder.run(None, feeds | {value.name: half for value, half in zip(caches, past)})
        ids = logits[:, -1:].argmax(2)
    print(json.dumps({"seconds": time.process_time() - begun}))
