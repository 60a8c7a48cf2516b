"""Trainer: one stage over one model, from the step where its last checkpoint is.

A step's loss is the mean over all tokens that it learns, whichever process and microbatch they are
in, so that the curve does not depend on how many processes share the work.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import Callable

import torch
from torch import nn
from torch.nn import functional as F

from training import checkpoint
from training.batches import IGNORED, Batch, Packer
from training.processes import Processes
from training.run_log import RunLog
from training.schedule import learning_rate
from training.stages import Stage


@dataclasses.dataclass(frozen=True)
class RunOptions:
    folder: Path  # checkpoints and log
    checkpoint_steps: int = 200
    bf16: bool = False
    stop_after_steps: int | None = None  # of this process, for runs in pieces
    stop_after_s: float | None = None
    print_step: Callable[[str], None] = print


def make_optimizer(model: nn.Module, stage: Stage) -> torch.optim.AdamW:
    """Matrices decay, vectors do not."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [{"params": [p for p in trained if p.dim() > 1], "weight_decay": stage.weight_decay},
              {"params": [p for p in trained if p.dim() <= 1], "weight_decay": 0.0}]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=stage.peak_rate,
                             betas=(stage.beta1, stage.beta2), eps=stage.epsilon)


class Trainer:
    def __init__(self, model: nn.Module, packer: Packer, stage: Stage, processes: Processes,
                 options: RunOptions):
        if stage.accumulation % processes.world:
            raise ValueError(f"stage {stage.name}: accumulation is {stage.accumulation}, expected "
                             f"a multiple of the {processes.world} processes")
        self.stage, self.processes, self.options, self.packer = stage, processes, options, packer
        self.model = processes.wrap(model)
        self.optimizer = make_optimizer(self.model, stage)
        self.step = 0
        last = checkpoint.latest(options.folder)
        if last is not None:
            self.step, run = checkpoint.load(last, self.model, self.optimizer)
            self._check_same_run(run, last)
            packer.restore(run["packer"])
        self.log = RunLog(options.folder / "log.jsonl", self.step) if processes.rank == 0 else None

    def run(self) -> int:
        """Steps done so far, the stage's number of them when it is finished."""
        begin, first = time.monotonic(), self.step
        while self.step < self.stage.steps:
            self._one_step()
            stop = self._must_stop(begin, first)
            if stop or self.step == self.stage.steps or \
                    self.step % self.options.checkpoint_steps == 0:
                self._save()
            if stop:
                break
        return self.step

    def trained_weights(self) -> dict[str, torch.Tensor]:
        """Whole and on the CPU, whatever the processes share. Every process calls it."""
        return checkpoint.whole_weights(self.model)

    def _one_step(self) -> None:
        begin = time.monotonic()
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.stage, self.step)
        batches = self._batches()
        learnt = torch.tensor(float(sum(int((b.targets != IGNORED).sum()) for b in batches)),
                              device=self.processes.device)
        learnt = self.processes.sum(learnt).clamp(min=1)
        total = torch.zeros((), device=self.processes.device)
        for place, batch in enumerate(batches):
            with self.processes.exchanges(self.model, place == len(batches) - 1):
                loss = self._loss_sum(batch) / learnt
                (loss * self.processes.world).backward()  # gradients are averaged over processes
            total += loss.detach()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.stage.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self._report(float(self.processes.sum(total)), float(_whole(norm)), int(learnt),
                     time.monotonic() - begin)
        self.step += 1

    def _batches(self) -> list[Batch]:
        """This process's microbatches of the step."""
        mine = []
        for number in range(self.stage.accumulation):
            if number % self.processes.world == self.processes.rank:
                mine.append(self.packer.next().to(self.processes.device))
            else:
                self.packer.skip()
        return mine

    def _loss_sum(self, batch: Batch) -> torch.Tensor:
        wanted = batch.targets != IGNORED
        with torch.autocast(self.processes.device.type, torch.bfloat16, enabled=self.options.bf16):
            logits = self.model(batch.ids, batch.positions, batch.mask(), wanted)
        return F.cross_entropy(logits.float(), batch.targets[wanted], reduction="sum")

    def _report(self, loss: float, norm: float, learnt: int, seconds: float) -> None:
        if self.log is None:
            return
        rate = learning_rate(self.stage, self.step)
        self.log.add(step=self.step, loss=loss, norm=norm, rate=rate, learnt=learnt,
                     seconds=round(seconds, 4))
        speed = self.stage.step_tokens / seconds
        self.options.print_step(f"{self.stage.name} step {self.step + 1} of {self.stage.steps}: "
                                f"loss {loss:.4f}, rate {rate:.2e}, {speed:.0f} tokens/s")

    def _must_stop(self, begin: float, first: int) -> bool:
        """The same answer in every process: the clock is the first one's."""
        limit_steps, limit_s = self.options.stop_after_steps, self.options.stop_after_s
        late = limit_s is not None and time.monotonic() - begin >= limit_s
        enough = limit_steps is not None and self.step - first >= limit_steps
        vote = torch.tensor(float((late and self.processes.rank == 0) or enough),
                            device=self.processes.device)
        return bool(self.processes.sum(vote) > 0)

    def _save(self) -> None:
        run = {"packer": self.packer.state(), "stage": dataclasses.asdict(self.stage),
               "seed": self.packer.seed}
        checkpoint.save(self.options.folder, self.step, self.model, self.optimizer, run,
                        writes=self.processes.rank == 0)
        self.processes.wait()

    def _check_same_run(self, run: dict, path: Path) -> None:
        expected = {"stage": dataclasses.asdict(self.stage), "seed": self.packer.seed}
        for name, value in expected.items():
            if run[name] != value:
                raise ValueError(f"{path}: {name} was {run[name]}, is {value}; a run goes on with "
                                 "what it began with")


def _whole(norm: torch.Tensor) -> torch.Tensor:
    """Of a sharded model the norm is itself spread over the processes."""
    return norm.full_tensor() if hasattr(norm, "full_tensor") else norm
