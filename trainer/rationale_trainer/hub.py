"""Where a model is: a folder, or a repository of the hub that is in the cache or can be reached."""

import os
from pathlib import Path

from .failure import FamilyError


def model_folder(name: str) -> Path:
    """The folder of a model. @throws FamilyError, in one sentence, for what is neither a folder nor a repository that is here."""
    folder = Path(name)
    if folder.is_dir():
        return folder
    if name.startswith((".", "/", "~")) or name.count("/") != 1:
        raise FamilyError(f"There is no model folder {name}.")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt", "*.onnx"]))
    except LocalEntryNotFoundError as error:
        offline = "HF_HUB_OFFLINE is set" if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE") else "the hub cannot be reached"
        raise FamilyError(f"The model {name} is no folder and not in the model cache, and {offline}: download it where there is a network, or name a folder.") from error
    except (HfHubHTTPError, OSError, ValueError) as error:
        raise FamilyError(f"The model {name} cannot be had from the hub: {str(error).splitlines()[0]}") from error
