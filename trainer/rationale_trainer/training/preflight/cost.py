"""What a run costs, from one real step on the longest batch; nothing of it stays."""

import time

import torch

from ..environment import memory_used
from ..learner import Learner
from ..memory import is_out_of_memory
from .finding import Finding


def cost(learner: Learner) -> tuple[dict | None, list[Finding]]:
    """Steps, tokens, memory and seconds of the run; or the finding that there is not enough memory."""
    plan, device = learner.plan, learner.accelerator.device
    longest = plan.longest()
    chance = torch.get_rng_state(), torch.cuda.get_rng_state() if device.type == "cuda" else None
    try:
        learner.fill(longest, keep=False)
        learner.family.model.train()
        begun = time.perf_counter()
        learner.step_gradients([longest])
        # A step that moves nothing takes the optimiser's own memory. Gradients of half precision may be infinite here.
        for parameter in learner.parameters:
            if parameter.grad is not None:
                parameter.grad.zero_()
        for group in learner.optimiser.param_groups:
            group["lr"] = 0.0
        learner.optimiser.step()
        seconds, memory = time.perf_counter() - begun, memory_used(device)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        message = f"Not enough memory for a batch of the {len(longest)} longest examples on {device.type}: lower batch and raise accumulation by as much, which teaches the same."
        return None, [Finding("not-enough-memory", "error", message, learner.run.train[longest[0]].id)]
    finally:
        learner.optimiser.zero_grad(set_to_none=True)
        learner.forget()
        torch.set_rng_state(chance[0])
        if chance[1] is not None:
            torch.cuda.set_rng_state(chance[1])
    everything = sum(plan.lengths) * learner.recipe["epochs"]
    per_token = seconds / sum(plan.lengths[i] for i in longest)
    return {"steps": plan.steps, "tokens": everything, "memory_bytes": memory, "seconds": round(per_token * everything, 3)}, []
