"""Modules that only a benchmark or a maker of golden files starts are whole too."""

import importlib
import pkgutil

import pytest
import rationale_trainer

NAMES = [module.name for module in pkgutil.walk_packages(rationale_trainer.__path__, "rationale_trainer.")]


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("__main__")])
def test_every_module_finds_what_it_imports_of_ours(name):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        # References, such as NLTK, are installed for golden files alone.
        if error.name.split(".")[0] == "rationale_trainer":
            raise
