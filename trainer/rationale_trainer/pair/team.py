"""Data-parallel training in forked processes of one thread each.

On a few busy cores this is much faster than one process with several threads, which waits for the slowest thread in
every operation instead of once a step. Forked workers share the encoded records and the features with their parent.
"""

import os
import tempfile

import torch
import torch.distributed as distributed


class Team:
    """`size` processes of which this one is `rank`; use as a context. Workers end with it, the leader (rank 0) goes on."""

    def __init__(self, size: int):
        self.size, self.rank, self.workers = size, 0, []

    def __enter__(self):
        if self.size > 1:
            meeting = tempfile.mktemp(prefix="rationale-team-")
            for rank in range(1, self.size):
                child = os.fork()
                if child == 0:
                    self.rank, self.workers = rank, []
                    break
                self.workers.append(child)
            distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=self.rank, world_size=self.size)
        return self

    def __exit__(self, kind, error, trace):
        if self.rank > 0:
            os._exit(0 if kind is None else 1)
        if self.size > 1:
            if kind is None:
                distributed.destroy_process_group()
            for worker in self.workers:
                if kind is not None:
                    os.kill(worker, 15)
                os.waitpid(worker, 0)

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def share(self, items: list) -> list:
        """This process's part of a batch; parts differ in size by one at most."""
        return items[self.rank :: self.size]

    def average_gradients(self, parameters: list[torch.nn.Parameter]):
        """A parameter that only some processes used (the projector, where a part has no picture) counts as zero elsewhere."""
        if self.size > 1:
            for parameter in parameters:
                if parameter.grad is None:
                    parameter.grad = torch.zeros_like(parameter)
            flat = torch.cat([parameter.grad.flatten() for parameter in parameters])
            distributed.all_reduce(flat)
            flat /= self.size
            for parameter, mean in zip(parameters, flat.split([parameter.numel() for parameter in parameters])):
                parameter.grad.copy_(mean.view_as(parameter))
