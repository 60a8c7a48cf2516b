"""Checkpoints: all that a run needs to go on bit for bit, each one file, the last two kept.

Parameters that are not trained are not in it: they come from the model that the run began with.
"""

from __future__ import annotations

import os
from pathlib import Path

import torch
from torch import nn
from torch.distributed.checkpoint.state_dict import (StateDictOptions, get_model_state_dict,
                                                     get_state_dict, set_state_dict)
from torch.optim import Optimizer

KEPT = 2
PATTERN = "step-*.pt"


def _options() -> StateDictOptions:
    return StateDictOptions(full_state_dict=True, cpu_offload=True, ignore_frozen_params=True,
                            strict=False)


def whole_weights(model: nn.Module) -> dict[str, torch.Tensor]:
    """The trained parameters, on the CPU. Every process calls it."""
    return get_model_state_dict(model, options=_options())


def latest(folder: Path) -> Path | None:
    return max(folder.glob(PATTERN), default=None)


def save(folder: Path, step: int, model: nn.Module, optimizer: Optimizer, run: dict,
         writes: bool) -> None:
    """Every process calls it, one `writes`. `run`: the run's own state, plain values."""
    parameters, moments = get_state_dict(model, optimizer, options=_options())
    if not writes:
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / PATTERN.replace("*", f"{step:08d}")
    scratch = path.with_suffix(".new")
    with open(scratch, "wb") as file:
        torch.save({"step": step, "model": parameters, "optimizer": moments, "run": run}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(scratch, path)
    for old in sorted(folder.glob(PATTERN))[:-KEPT]:
        old.unlink()


def load(path: Path, model: nn.Module, optimizer: Optimizer) -> tuple[int, dict]:
    """The steps done and the run's own state."""
    saved = torch.load(path, map_location="cpu", weights_only=True)
    set_state_dict(model, optimizer, model_state_dict=saved["model"],
                   optim_state_dict=saved["optimizer"], options=_options())
    return saved["step"], saved["run"]
