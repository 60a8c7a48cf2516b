"""Processes: one or many that train one model, as torchrun starts them: replicated (DDP) or sharded
(FSDP). One process needs no process group."""

from __future__ import annotations

import contextlib
import os
from typing import Iterator

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.nn.parallel import DistributedDataParallel

WAYS = ("ddp", "fsdp")


class Processes:
    """Use as a context: the group lives as long."""

    def __init__(self, way: str = "ddp"):
        if way not in WAYS:
            raise ValueError(f"way {way!r}: expected one of {WAYS}")
        self.way = way
        self.rank = int(os.environ.get("RANK", 0))
        self.world = int(os.environ.get("WORLD_SIZE", 1))
        cuda = torch.cuda.is_available()
        local = int(os.environ.get("LOCAL_RANK", 0))
        self.device = torch.device("cuda", local) if cuda else torch.device("cpu")

    def __enter__(self) -> Processes:
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        if self.world > 1:
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")
        return self

    def __exit__(self, *_: object) -> None:
        if self.world > 1:
            dist.destroy_process_group()

    def wrap(self, model: nn.Module) -> nn.Module:
        model = model.to(self.device)
        if self.world == 1:
            return model
        if self.way == "ddp":
            return DistributedDataParallel(model)
        for layer in model.blk:
            fully_shard(layer)
        fully_shard(model)
        return model

    @contextlib.contextmanager
    def exchanges(self, model: nn.Module, wanted: bool) -> Iterator[None]:
        """Whether a backward pass inside adds up the processes' gradients."""
        if isinstance(model, DistributedDataParallel) and not wanted:
            with model.no_sync():
                yield
            return
        if isinstance(model, FSDPModule):
            model.set_requires_gradient_sync(wanted)
        yield

    def sum(self, value: Tensor) -> Tensor:
        if self.world > 1:
            dist.all_reduce(value)
        return value

    def wait(self) -> None:
        if self.world > 1:
            dist.barrier()
