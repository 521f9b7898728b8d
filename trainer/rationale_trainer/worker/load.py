"""From a folder of safetensors weights to a model that answers. Nothing is fetched, and nothing in the folder is run
unless the user allowed it."""

import json
from pathlib import Path

import torch
import transformers
from safetensors import safe_open
from transformers import AutoModelForImageTextToText, GenerationConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES
from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES

from ..failure import Unusable
from .composed import COMPOSED, load_composed
from .generate import Writer
from .masked import ChoiceScorer
from .placing import Place, place
from .prefixed import PrefixedPaliGemma, prefix_of
from .processors import processor_of
from .prompts import prompts_of

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
# Where a folder has code and nobody said whether it may run, it may not: transformers would ask on standard input.
transformers.dynamic_module_utils.TIME_OUT_REMOTE_CODE = 0


def load(folder: str, device: str, stop: list[str], remote_code: bool):
    """`device`: "auto", "cuda" or "cpu"; `stop`: what ends an answer besides what the model names; `remote_code`: the folder's
    own code may run. @throws Unusable, in one sentence"""
    path = Path(folder)
    config = _config(path)
    kind = config.get("model_type")
    own_code = _own_code(path, config, remote_code)
    where = place(path, device)
    prefix = prefix_of(path, kind, where)
    try:
        if kind == "vilt":
            model = _loaded(transformers.ViltForMaskedLM, path, where, False, renamed=VILT_BIAS)
            return ChoiceScorer(model.eval(), processor_of(path, False), where)
        if kind in COMPOSED:
            model, prompts = load_composed(path, where)
        else:
            if not own_code and kind not in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES:
                raise Unusable(f"{path} is a model of type {kind}, which transformers {transformers.__version__} cannot show pictures to and have write.")
            is_prefixed_paligemma = prefix is not None and kind == "paligemma"
            model = _loaded(PrefixedPaliGemma if is_prefixed_paligemma else _class(config, own_code), path, where, own_code)
            prompts = prompts_of(kind, processor_of(path, own_code), path)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, TypeError) as error:
        raise Unusable(f"The model in {path} cannot be loaded: {str(error).strip().splitlines()[0]}") from error
    ends, written = _ends(model, prompts.tokenizer, stop)
    pad = prompts.tokenizer.pad_token_id
    # What the user asks for holds, and nothing else that the folder recommends.
    model.generation_config = GenerationConfig(
        eos_token_id=ends, bos_token_id=prompts.tokenizer.bos_token_id, pad_token_id=ends[0] if pad is None else pad, do_sample=False
    )
    if hasattr(model, "text_model") and hasattr(model.text_model, "generation_config"):
        model.text_model.generation_config = model.generation_config
    return Writer(model.eval(), prompts, where, ends, written, prefix)


def _config(path: Path) -> dict:
    if not (path / "config.json").is_file():
        raise Unusable(f"{path} is not a model folder: it has no config.json.")
    if not any(path.glob("*.safetensors")):
        raise Unusable(f"{path} has no weights: no *.safetensors lies in it.")
    try:
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise Unusable(f"{path / 'config.json'} is not JSON: {error}.") from error
    index = path / "model.safetensors.index.json"
    if index.is_file():
        missing = [name for name in set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()) if not (path / name).is_file()]
        if missing:
            raise Unusable(f"The file {min(missing)} is missing in {path}.")
    return config


def _own_code(path: Path, config: dict, allowed: bool) -> bool:
    """Whether the folder's code is to be run. @throws Unusable when it would have to be and is not allowed"""
    code = config.get("auto_map")
    if not code or config.get("model_type") in CONFIG_MAPPING_NAMES or config.get("model_type") in COMPOSED:
        return False
    if not allowed:
        raise Unusable(
            f"{path} is a model of type {config.get('model_type')}, which only its repository's own code can run: "
            "name repository and revision in the setting rationale.remoteCode to allow it."
        )
    if any("--" in str(one) for one in code.values()):
        raise Unusable(f"{path} takes its code from another repository, and that is not allowed.")
    return True


# Of a published ViLT, which was written when this was another name of the same numbers.
VILT_BIAS = {"mlm_score.decoder.bias": "mlm_score.bias"}


def _loaded(kind, path: Path, where: Place, own_code: bool, renamed: dict[str, str] | None = None):
    """@throws Unusable when a part of the model has no weights: transformers would make some up"""
    model, found = kind.from_pretrained(
        path, dtype=where.dtype, device_map=where.device_map, trust_remote_code=own_code, use_safetensors=True, output_loading_info=True
    )  # fmt: skip
    missing = sorted(name for name in found["missing_keys"] if not _found_as((renamed or {}).get(name), model, name, path))
    if missing:
        raise Unusable(f"The weights in {path} are not whole: {len(missing)} tensor{'s are' if len(missing) > 1 else ' is'} missing, such as {missing[0]}.")
    return model


def _found_as(other: str | None, model, name: str, path: Path) -> bool:
    """Takes a tensor from where the file has it under another name."""
    for file in path.glob("*.safetensors") if other else ():
        with safe_open(file, framework="pt") as weights:
            if other in weights.keys():
                with torch.no_grad():
                    model.get_parameter(name).copy_(weights.get_tensor(other))
                return True
    return False


def _class(config: dict, own_code: bool):
    if not own_code or "AutoModelForImageTextToText" in config["auto_map"]:
        return AutoModelForImageTextToText
    return transformers.AutoModelForCausalLM


def _ends(model, tokenizer, stop: list[str]) -> tuple[list[int], list[str]]:
    """The tokens that end an answer, and the texts that do though they are no token of their own."""
    named = model.generation_config.eos_token_id if model.generation_config else None
    named = named if isinstance(named, list) else [named, model.config.get_text_config().eos_token_id]
    of_stop = {text: tokenizer.convert_tokens_to_ids(text) for text in stop}
    known = {text: token for text, token in of_stop.items() if token is not None and token != tokenizer.unk_token_id}
    flat = [token for one in (tokenizer.eos_token_id, *named, *known.values()) for token in (one if isinstance(one, list) else [one])]
    ends = list(dict.fromkeys(token for token in flat if token is not None))
    if not ends:
        raise Unusable("The model names no token that ends its answers.")
    return ends, [text for text in stop if text not in known]
