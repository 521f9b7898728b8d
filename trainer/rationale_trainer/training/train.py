"""The line of a run, read downward: folder, student, checks, steps, model."""

import json
import math
import signal
import time
from pathlib import Path

import torch
from accelerate import Accelerator
from transformers.utils import logging

from ..failure import Cut, Failed, Stopped, Unusable
from .checkpoints import checkpoints, read_state, read_weights, restore, save_checkpoint
from .environment import device_name, environment, memory_used
from .evaluation import Evaluation
from .events import Events, read_events
from .learner import Learner
from .preflight import preflight
from .run_folder import RunFolder, features_limit, read_run_folder
from .stored import keep_within
from .student import put_weights, save_merged, weights
from .tensorboard import Curves

# Other runs, and the clocks of other machines, may be behind by less.
HOUR = 3600
MIXED = {"fp32": "no", "bf16": "bf16", "fp16": "fp16"}


def train(path: Path, check: bool):
    """@throws Unusable, Failed"""
    logging.disable_progress_bar()
    run = read_run_folder(path)
    accelerator = make_accelerator(run.recipe["precision"])
    events = Events(run.events, accelerator.is_main_process, echo=check)
    if not check and is_finished(run):
        return
    signal.signal(signal.SIGTERM, _end)
    learner = Learner(run, accelerator, lambda what, done, total: events.write("progress", what=what, done=done, total=total))
    findings = preflight(learner, events)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        more = f" ({len(errors) - 1} more in events.jsonl)" if len(errors) > 1 else ""
        raise Unusable(errors[0].message + more)
    if check:
        return
    if accelerator.is_main_process:
        text = json.dumps(environment(run.path, accelerator.device, accelerator.num_processes), indent=2)
        (run.path / "environment.json").write_text(text + "\n", encoding="utf-8")
    Run(run, learner, accelerator, events).go()


def make_accelerator(precision: str) -> Accelerator:
    """@throws Unusable"""
    if precision == "fp16" and not torch.cuda.is_available():
        raise Unusable("Precision fp16 needs a CUDA GPU, where losses are scaled: use bf16 or fp32.")
    # Accelerate joins processes without a GPU only when it is told that there is none.
    return Accelerator(mixed_precision=MIXED[precision], cpu=not torch.accelerator.is_available())


def _end(signal, frame):
    """Before the first step there is nothing to save: what was computed beforehand is on disk."""
    raise Stopped


def is_finished(run: RunFolder) -> bool:
    events = read_events(run.events)
    return bool(events) and events[-1]["type"] == "finished" and (run.path / "model").is_dir()


class Run:
    def __init__(self, run: RunFolder, learner: Learner, accelerator: Accelerator, events: Events):
        self.run, self.recipe, self.learner, self.accelerator, self.events = run, run.recipe, learner, accelerator, events
        self.evaluation = Evaluation(run, learner.family, learner.vision, accelerator, events) if run.evaluation else None
        self.step, self.begun, self.saved = 0, time.monotonic(), -1
        self.opened = time.time()
        self.asked = self.cut = False

    def go(self):
        learner, plan = self.learner, self.learner.plan
        learner.fill(list(range(len(self.run.train))))
        if self.evaluation:
            learner.vision.fill(self.evaluation.pictures)
        learner.teacher.release()
        if self.accelerator.is_main_process:
            keep_within(self.run.features, features_limit(), since=self.opened - HOUR)
        resumed = self._resume()
        # From here on the step that is being done comes to its end.
        signal.signal(signal.SIGTERM, self._ask)
        self._started(resumed)
        curves = Curves(self.run.path / "tensorboard", self.step) if self.accelerator.is_main_process else None
        learner.family.model.train()
        if not self._is_evaluated():
            self._evaluate()
        while self.step < plan.steps:
            if self.cut or self._is_asked():
                return self._stop("Asked to stop; started again, the run goes on from here.")
            self._one_step(curves)
            collapsed = self._evaluate()
            if self.step % self.recipe["checkpoint"]["every"] == 0 or self.step == plan.steps:
                self._save()
            if collapsed and self.recipe["evaluation"]["stop_on_collapse"]:
                return self._stop(f"The student collapsed: {collapsed}")
        if self.cut:
            return self._stop("Asked to stop during the last evaluation; started again, the run ends with it.")
        self._finish()

    def _one_step(self, curves):
        begun, learner = time.monotonic(), self.learner
        batches = learner.plan.step(self.step)
        loss = learner.step_gradients(batches)
        if not math.isfinite(loss):
            raise self._failed(f"The loss of step {self.step + 1} is {loss}")
        norm, rate = learner.update(self.step)
        # In half precision such a step was left out, and the losses of the next are scaled less.
        if not math.isfinite(norm) and not learner.scaler:
            raise self._failed(f"The gradients of step {self.step + 1} are not finite")
        learner.objective.after_step(loss)
        self.step += 1
        values = {"loss": loss, "learning_rate": rate, "gradient_norm": norm, "tokens": learner.tokens(batches)}
        values |= {"seconds": time.monotonic() - begun, "memory_bytes": memory_used(self.accelerator.device)}
        self.events.write("step", step=self.step, epoch=self.step / learner.plan.steps_an_epoch, **values)
        if curves:
            curves.add(self.step, values)

    def _evaluate(self) -> str | None:
        every = self.recipe["evaluation"]["every"]
        if self.evaluation is None or (self.step % every and self.step < self.learner.plan.steps):
            return None
        try:
            return self.evaluation.run_at(self.step, self._is_asked_here)
        except Cut:
            self.cut = True
            return None

    def _is_evaluated(self) -> bool:
        """Whether the evaluation of the step that the run goes on from was done: one may have been cut off there."""
        return any(event["type"] == "evaluation" and event["step"] == self.step for event in read_events(self.run.events))

    def _save(self):
        if self.saved == self.step:
            return
        state = {"identity": self.run.identity, "objective": self.learner.objective.state()}
        learner = self.learner
        folder = save_checkpoint(
            self.run.checkpoints, self.step, self.recipe["checkpoint"]["keep"], weights(learner.family), learner.optimiser, learner.scaler, state, self.accelerator
        )  # fmt: skip
        self.saved = self.step
        self.events.write("checkpoint", step=self.step, folder=str(folder.relative_to(self.run.path)))

    def _resume(self) -> Path | None:
        found = checkpoints(self.run.checkpoints)
        if not found:
            return None
        state = read_state(found[-1], self.run.identity)
        put_weights(self.learner.family, read_weights(found[-1]))
        restore(found[-1], self.learner.optimiser, self.learner.scaler, self.accelerator.process_index)
        self.learner.objective.restore(state["objective"])
        self.step = self.saved = state["step"]
        return found[-1]

    def _started(self, resumed: Path | None):
        learner = self.learner
        self.events.write(
            "started",
            steps=learner.plan.steps,
            examples=len(self.run.train),
            trainable=sum(parameter.numel() for parameter in learner.parameters),
            total=sum(parameter.numel() for parameter in learner.family.model.parameters()),
            device=device_name(self.accelerator.device),
            resumed_from=str(resumed.relative_to(self.run.path)) if resumed else None,
        )

    def _finish(self):
        if self.accelerator.is_main_process:
            save_merged(self.learner.family, self.recipe, self.run.path / "model")
            if self.recipe["export"]["onnx"]:
                self._export()
            self.events.write("finished", step=self.step, seconds=time.monotonic() - self.begun)
        self.accelerator.wait_for_everyone()

    def _export(self):
        from .export import export_run

        export_run(self.run, self.learner.family, self.events)

    def _ask(self, signal, frame):
        self.asked = True

    def _is_asked(self) -> bool:
        """By the file `stop` or by SIGTERM, to whichever process it came."""
        asked = self._is_asked_here()
        if self.accelerator.num_processes > 1:
            flag = torch.tensor(float(asked), device=self.accelerator.device)
            torch.distributed.all_reduce(flag)
            return flag.item() > 0
        return asked

    def _is_asked_here(self) -> bool:
        return self.asked or (self.accelerator.is_main_process and self.run.stop.exists())

    def _stop(self, reason: str):
        self._save()
        if self.accelerator.is_main_process:
            self.run.stop.unlink(missing_ok=True)
        self.events.write("stopped", step=self.step, reason=reason)

    def _failed(self, what: str) -> Failed:
        """The same run would come to the same end. What was learnt before is left as a model, from which another can begin."""
        found = checkpoints(self.run.checkpoints)
        change = "with a lower optimiser.learning_rate, or with precision fp32 or bf16"
        if not found:
            return Failed(f"{what}; there was no checkpoint yet.", f"Train again {change}: a changed recipe makes a run of its own.")
        put_weights(self.learner.family, read_weights(found[-1]))
        folder = self.run.path / "recovered"
        if self.accelerator.is_main_process:
            save_merged(self.learner.family, self.recipe, folder)
        return Failed(f"{what}; checkpoints/{found[-1].name} is whole.", f"To go on from it, train the student {folder} {change}: a changed recipe makes a run of its own.")
