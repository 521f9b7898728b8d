"""Paths of the trainer's tests. Run with: .venv/bin/python -m pytest test/trainer"""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "trainer"))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sample(root) -> Path:
    return root / "samples" / "sketchbook"


@pytest.fixture(scope="session")
def untrained(tmp_path_factory) -> Path:
    """A tiny random model in the layout of an export."""
    from rationale_trainer.untrained import write_untrained

    folder = tmp_path_factory.mktemp("untrained")
    write_untrained(folder, seed=3)
    return folder
