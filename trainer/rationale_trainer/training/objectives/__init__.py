"""The table of objectives: an objective is one file here and one line in the table."""

from importlib import import_module

from .base import Objective

# Modules are imported when a recipe names them.
OBJECTIVES = {
    "sft": ("sft", "SupervisedFineTuning"),
    "two-task": ("two_task", "TwoTask"),
    "forward-kl": ("forward_kl", "ForwardKL"),
    "reverse-kl": ("reverse_kl", "ReverseKL"),
    "js": ("jensen_shannon", "JensenShannon"),
    "taid": ("taid", "TAID"),
    "uld": ("uld", "UniversalLogitDistillation"),
    "dpo": ("dpo", "DirectPreference"),
    "redi": ("redi", "ReinforcementDistillation"),
}


def make_objective(settings: dict) -> Objective:
    """`settings`: the recipe's `objective`; what is null there does not apply to its kind."""
    module, name = OBJECTIVES[settings["kind"]]
    return getattr(import_module(f".{module}", __name__), name)({key: value for key, value in settings.items() if value is not None})
