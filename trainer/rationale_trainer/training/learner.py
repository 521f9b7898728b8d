"""Everything that learns, and one step of it: forward and backward of a step's batches, then the update."""

import torch
from accelerate import Accelerator

from .adapters import trainable
from .objectives import make_objective
from .objectives.base import Scales, Tokens
from .optimiser import learning_rate, make_optimiser
from .plan import Plan
from .run_folder import RunFolder
from .stored import silent
from .student import load_student
from .teacher import encode_part, make_teacher
from .vision import Vision


class Learner:
    def __init__(self, run: RunFolder, accelerator: Accelerator, tell=silent):
        self.run, self.accelerator, self.recipe = run, accelerator, run.recipe
        self.objective = make_objective(self.recipe["objective"])
        self.family = load_student(self.recipe, accelerator.device)
        # The texts of each example, as many as the objective has parts.
        self.texts = [[encode_part(self.family, example, part) for part in self.objective.parts] for example in run.train]
        lengths = [sum(len(text.ids) for text in texts) for texts in self.texts]
        self.plan = Plan(lengths, *(self.recipe[name] for name in ("batch", "accumulation", "epochs", "seed")))
        self.objective.steps = self.plan.steps
        self.parameters = list(trainable(self.family).values())
        self.vision = Vision(self.family, run.features, accelerator, tell)
        self.teacher = make_teacher(run, self.objective, self.family, self.texts, accelerator, tell)
        self.scaler = accelerator.scaler
        self.forget()

    def forget(self):
        """A fresh optimiser. (Where nothing learns, preflight says so.)"""
        self.optimiser = make_optimiser(self.recipe["optimiser"], self.parameters) if self.parameters else None

    def fill(self, indices: list[int], keep: bool = True):
        """Computes beforehand what is needed of some examples, and keeps it in the run folder."""
        self.vision.fill([picture for i in indices for text in self.texts[i] for picture in text.pictures], keep)
        self.teacher.fill(indices, keep)

    def step_gradients(self, batches: list[list[int]]) -> float:
        """Adds up the gradients of a step and returns its loss, a mean over all that the step holds.

        Every process takes its share of each batch's examples; as all is divided by the totals of the whole step, how a
        step is cut into batches and shared among processes does not change it.
        """
        examples = [i for batch in batches for i in batch]
        weights = {i: self.run.train[i].weight for i in examples}
        everything = sum(weights.values())
        tokens = [sum(weights[i] * len(self.texts[i][part].target) for i in examples) for part in range(len(self.objective.parts))]
        total, accelerator = torch.zeros((), device=self.accelerator.device), self.accelerator
        for batch in batches:
            own = batch[accelerator.process_index :: accelerator.num_processes]
            if own:
                by_token = [weights[i] * part / count for i in own for part, count in zip(self.objective.part_weights, tokens)]
                by_example = [weights[i] / everything for i in own for _ in self.objective.parts]
                scales = Scales(*(torch.tensor(values, device=total.device) for values in (by_token, by_example)))
                loss = self._loss(own, scales)
                accelerator.backward(loss)
                total += loss.detach()
        self._share_gradients(total)
        return total.item()

    def update(self, step: int) -> tuple[float, float]:
        """Moves the weights by the gradients. Returns the gradients' norm, before it was clipped, and the learning rate."""
        rate = learning_rate(self.recipe["optimiser"], self.recipe["schedule"], step, self.plan.steps)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        if self.scaler:
            self.scaler.unscale_(self.optimiser)
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.recipe["optimiser"]["clip"] or float("inf")).item()
        if self.scaler:
            self.scaler.step(self.optimiser)
            self.scaler.update()
        else:
            self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        return norm, rate

    def tokens(self, batches: list[list[int]]) -> int:
        return sum(len(text.ids) for batch in batches for i in batch for text in self.texts[i])

    def _loss(self, indices: list[int], scales: Scales) -> torch.Tensor:
        batch = self.family.collate([text for i in indices for text in self.texts[i]]).to(scales.token.device)
        given = self.teacher.given(indices)
        with self.accelerator.autocast():
            logits = self.family.logits(batch, self.vision.features(batch))
        return self.objective.loss(Tokens(logits.float(), batch.targets, batch.rows), scales, given)

    def _share_gradients(self, total: torch.Tensor):
        if self.accelerator.num_processes == 1:
            return
        for parameter in self.parameters:
            # A process without a share of the batch, or without a picture in it, adds nothing.
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            torch.distributed.all_reduce(parameter.grad)
        torch.distributed.all_reduce(total)


