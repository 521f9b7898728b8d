"""Trainings in processes of their own, which can be killed. They are forked from one that has imported everything."""

import multiprocessing
import os
import signal
import sys
from importlib import import_module
from pathlib import Path

LONGEST = 120

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["rationale_trainer.training.train", "rationale_trainer.training.preflight", "rationale_trainer.families.llava", "peft"])


def trained(folder: Path, kill: tuple[str, str, int] | None = None, prepare=None) -> int:
    """The exit status of a training; negative: the signal that ended it.

    `kill`: (module, function, n) kills the process just before the function's nth call. `prepare` is called first.
    """
    process = _context.Process(target=_train, args=(folder, kill, prepare))
    process.start()
    process.join(LONGEST)
    if process.exitcode is None:
        process.kill()
        raise AssertionError("the training did not come to an end")
    return process.exitcode


def _train(folder: Path, kill, prepare):
    from rationale_trainer.training.command import train_command

    if prepare:
        prepare()
    if kill:
        module, name, left = import_module(kill[0]), kill[1], [kill[2]]
        function = getattr(module, name)

        def last(*arguments, **named):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        setattr(module, name, last)
    sys.exit(train_command(folder, check=False))
