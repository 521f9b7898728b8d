"""Paths of the trainer's tests. Run with: .venv/bin/python -m pytest test/trainer"""

import os
import sys
from pathlib import Path

# Before PyTorch is imported, here and in the processes that tests start: sums depend on the number of threads.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest  # noqa: E402

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "trainer"))
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "trainer"), str(ROOT / "test" / "trainer")])


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
