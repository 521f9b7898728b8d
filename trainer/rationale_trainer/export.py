"""Export of a LLaVA model to the folder that transformers.js reads, and the way back.

Weights are stored as float16 initialisers followed by a Cast, so files are half the size while ONNX Runtime, which
folds the casts when it loads, computes in float32. Every weight keeps its PyTorch parameter name, so `load_exported`
rebuilds the model from the ONNX files and no second copy of the weights is needed.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer
from transformers import CLIPVisionConfig, GenerationConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration

from .chat import CHAT_TEMPLATE
from .decoder_graph import BATCH, LENGTH, TRANSPOSED, decoder_graph
from .tokens import BOS, EOS, IMAGE, PAD, SPECIAL

OPSET = 20
NEW_TOKENS = 160
AUTO = torch.export.Dim.AUTO
VISION, EMBED, DECODER = "vision_encoder", "embed_tokens", "decoder_model_merged"


class VisionEncoder(torch.nn.Module):
    """pixel_values [batch, 3, side, side] -> image_features [batch, image tokens, text width]"""

    def __init__(self, model):
        super().__init__()
        self.model = model.model

    def forward(self, pixel_values):
        return self.model.multi_modal_projector(self.model.vision_tower(pixel_values).last_hidden_state)


class EmbedTokens(torch.nn.Module):
    """input_ids [batch, length] -> inputs_embeds [batch, length, text width]"""

    def __init__(self, model):
        super().__init__()
        self.model = model.model

    def forward(self, input_ids):
        return self.model.language_model.embed_tokens(input_ids)


def export_model(model: LlavaForConditionalGeneration, tokenizer: Tokenizer, folder: Path, mean: float, std: float):
    """Writes the folder. The model's weights are rounded to float16 values first, in place: what is stored is what it is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "onnx").mkdir(exist_ok=True)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    model.eval()
    _write_json_files(model, tokenizer, folder, mean, std)
    text, side = model.config.text_config, model.config.vision_config.image_size
    _export(
        VisionEncoder(model), (torch.randn(2, 3, side, side),), ({0: AUTO},), folder / "onnx" / f"{VISION}.onnx",
        {"pixel_values": {0: BATCH}}, {"image_features": {0: BATCH}}, model,
    )  # fmt: skip
    _export(
        EmbedTokens(model), (torch.ones(2, 5, dtype=torch.long),), ({0: AUTO, 1: AUTO},), folder / "onnx" / f"{EMBED}.onnx",
        {"input_ids": {0: BATCH, 1: LENGTH}}, {"inputs_embeds": {0: BATCH, 1: LENGTH}}, model,
    )  # fmt: skip
    # The exporter's own decoder takes twice as long to run.
    decoder = decoder_graph(text, dict(model.named_parameters()), OPSET)
    onnx.checker.check_model(decoder, full_check=True)
    onnx.save(decoder, folder / "onnx" / f"{DECODER}.onnx")


def _export(module, arguments, shapes, path: Path, inputs: dict, outputs: dict, model):
    """Exports, names the free dimensions, strips what only debugging needs, and stores the weights in half precision."""
    torch.onnx.export(
        module.eval(), arguments, path, dynamo=True, input_names=list(inputs), output_names=list(outputs),
        dynamic_shapes=shapes, opset_version=OPSET, external_data=False, optimize=True, verbose=False,
    )  # fmt: skip
    graph_model = onnx.load(path)
    graph = graph_model.graph
    for value in [*graph.input, *graph.output]:
        for place, name in {**inputs, **outputs}[value.name].items():
            dimension = value.type.tensor_type.shape.dim[place]
            dimension.Clear()
            dimension.dim_param = name
    _name_weights(graph, model)
    _halve_weights(graph)
    del graph.value_info[:]
    for part in [graph_model, graph, *graph.node, *graph.input, *graph.output, *graph.initializer]:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.checker.check_model(graph_model)
    onnx.save(graph_model, path)


def _name_weights(graph, model):
    """Renames initialisers to the parameters whose values they hold; the optimiser's folded transposes get TRANSPOSED."""
    values = {}
    for name, parameter in model.named_parameters():
        array = parameter.detach().numpy()
        values.setdefault(_fingerprint(array), name)
        if array.ndim == 2:
            values.setdefault(_fingerprint(array.T), name + TRANSPOSED)
    renamed = {}
    for initializer in graph.initializer:
        if initializer.data_type == TensorProto.FLOAT:
            array = numpy_helper.to_array(initializer)
            name = values.get(_fingerprint(array))
            if name and name not in renamed.values():
                renamed[initializer.name] = name
    for initializer in graph.initializer:
        initializer.name = renamed.get(initializer.name, initializer.name)
    for node in graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = renamed.get(name, name)


def _fingerprint(array: np.ndarray) -> tuple:
    """Shape without dimensions of 1 (the exporter adds and drops them) and values."""
    return tuple(size for size in array.shape if size != 1), array.tobytes()


def _halve_weights(graph):
    """float32 initialisers whose values float16 can hold become float16 plus a Cast back."""
    casts = []
    for initializer in list(graph.initializer):
        if initializer.data_type != TensorProto.FLOAT or len(initializer.dims) == 0:
            continue
        array = numpy_helper.to_array(initializer)
        half = array.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), array):
            continue
        name = initializer.name
        initializer.CopyFrom(numpy_helper.from_array(half, name))
        casts.append(helper.make_node("Cast", [name], [f"{name}.float"], to=TensorProto.FLOAT))
        for node in graph.node:
            for i, used in enumerate(node.input):
                if used == name:
                    node.input[i] = f"{name}.float"
    for i, cast in enumerate(casts):
        graph.node.insert(i, cast)


def _write_json_files(model, tokenizer: Tokenizer, folder: Path, mean: float, std: float):
    config = json.loads(model.config.to_json_string(use_diff=False))
    keep = ("architectures", "model_type", "image_token_id", "image_seq_length", "projector_hidden_act", "vision_feature_layer",
            "vision_feature_select_strategy", "multimodal_projector_bias", "tie_word_embeddings")  # fmt: skip
    text, vision = model.config.text_config, model.config.vision_config
    _json(
        folder / "config.json",
        {name: config[name] for name in keep if name in config}
        | {"architectures": ["LlavaForConditionalGeneration"], "image_token_index": model.config.image_token_id}
        | {"text_config": text.to_diff_dict() | {"num_attention_heads": text.num_attention_heads, "num_key_value_heads": text.num_key_value_heads, "head_dim": text.head_dim}}
        | {"vision_config": vision.to_diff_dict()},
    )
    tokens = {"bos_token_id": SPECIAL.index(BOS), "eos_token_id": SPECIAL.index(EOS), "pad_token_id": SPECIAL.index(PAD)}
    _json(folder / "generation_config.json", {**tokens, "do_sample": False, "max_new_tokens": NEW_TOKENS})
    side, patch = vision.image_size, vision.patch_size
    _json(
        folder / "preprocessor_config.json",
        {
            "image_processor_type": "CLIPImageProcessor", "processor_class": "LlavaProcessor",
            "do_convert_rgb": True, "do_resize": True, "size": {"height": side, "width": side}, "resample": 3,
            "do_center_crop": False, "do_rescale": True, "rescale_factor": 1 / 255,
            "do_normalize": True, "image_mean": [mean] * 3, "image_std": [std] * 3,
        },
    )  # fmt: skip
    _json(
        folder / "processor_config.json",
        {
            "processor_class": "LlavaProcessor", "image_token": IMAGE, "patch_size": patch,
            "num_additional_image_tokens": 1, "vision_feature_select_strategy": "full",
        },
    )  # fmt: skip
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"bos_token": BOS, "eos_token": EOS, "pad_token": PAD, "image_token": IMAGE}
    _json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast", "processor_class": "LlavaProcessor", **special,
            "additional_special_tokens": list(SPECIAL[3:]), "model_max_length": text.max_position_embeddings,
            "clean_up_tokenization_spaces": False, "padding_side": "left", "chat_template": CHAT_TEMPLATE,
        },
    )  # fmt: skip
    (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE, encoding="utf-8")


def _json(path: Path, value: dict):
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False, sort_keys=False) + "\n", encoding="utf-8")


def is_exported(folder: Path) -> bool:
    """Whether a model folder keeps its weights in ONNX files alone."""
    return (folder / "onnx" / f"{DECODER}.onnx").is_file() and not any(folder.glob("*.safetensors"))


def load_exported(folder: Path) -> tuple[LlavaForConditionalGeneration, Tokenizer]:
    """The PyTorch model whose weights an exported folder holds."""
    config = json.loads((folder / "config.json").read_text())
    config = LlavaConfig(
        **{name: value for name, value in config.items() if name not in ("text_config", "vision_config", "image_token_index", "architectures", "model_type")},
        image_token_id=config["image_token_index"],
        text_config=LlamaConfig(**config["text_config"]),
        vision_config=CLIPVisionConfig(**config["vision_config"]),
    )
    model = LlavaForConditionalGeneration(config).eval()
    weights = {}
    for file in (VISION, EMBED, DECODER):
        for initializer in onnx.load(folder / "onnx" / f"{file}.onnx").graph.initializer:
            array = torch.from_numpy(numpy_helper.to_array(initializer).copy())
            name = initializer.name
            weights[name.removesuffix(TRANSPOSED)] = array.T.float() if name.endswith(TRANSPOSED) else array.float()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in weights:
                parameter.copy_(weights[name].reshape(parameter.shape))
            elif "post_layernorm" not in name:
                raise ValueError(f"{folder}: no weight {name}")
    model.generation_config = GenerationConfig(**json.loads((folder / "generation_config.json").read_text()))
    return model, Tokenizer.from_file(str(folder / "tokenizer.json"))
