"""Trains one stage, or goes on with a run that was stopped.

  python3 -m training.train --stage edit --model M.gguf --data FOLDER --folder RUN
                            [--export OUT.gguf]
  torchrun --nproc-per-node 8 -m training.train ... [--way fsdp]

With --lora-rank the model's own weights stay as they are and OUT.gguf is an adapter.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import torch

from training import gguf_model, lora, run_log
from training.batches import Packer
from training.fim import FimOptions
from training.processes import WAYS, Processes
from training.sequences import SequenceReader
from training.stages import ADAPTER, STAGES, Stage
from training.trainer import RunOptions, Trainer

FIM_MARKERS = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>")


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(description=__doc__, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    result.add_argument("--stage", choices=STAGES, required=True)
    for name, words in (("model", "the GGUF to begin with"), ("data", "sequences with an index"),
                        ("folder", "checkpoints and log of the run")):
        result.add_argument(f"--{name}", type=Path, required=True, help=words)
    result.add_argument("--export", type=Path,
                        help="the GGUF to write at the end, of a stage that is stopped too")
    result.add_argument("--seed", type=int, default=1)
    result.add_argument("--way", choices=WAYS, default="ddp", help="of several processes")
    result.add_argument("--bf16", action="store_true", help="matrix products in bf16")
    result.add_argument("--compile", action="store_true", help="by torch.compile")
    result.add_argument("--recompute", action="store_true", help="less memory, a third more time")
    result.add_argument("--lora-rank", type=int, default=0)
    result.add_argument("--lora-from", type=Path, help="an adapter of that rank to begin with")
    result.add_argument("--lora-alpha", type=float, help="default: twice the rank")
    result.add_argument("--checkpoint-steps", type=int, default=200)
    result.add_argument("--stop-after-steps", type=int, help="with a checkpoint, to go on later")
    result.add_argument("--stop-after-s", type=float)
    result.add_argument("--longest", type=int, help="tokens; longer sequences are left out")
    for field in ("steps", "row_tokens", "rows", "accumulation", "warmup_steps"):
        result.add_argument("--" + field.replace("_", "-"), type=int,
                            help="in place of the stage's")
    for field in ("peak_rate", "last_rate"):
        result.add_argument("--" + field.replace("_", "-"), type=float)
    return result


def stage_of(options: argparse.Namespace) -> Stage:
    stage = ADAPTER if options.lora_rank and options.stage == "edit" else STAGES[options.stage]
    changed = {field.name: getattr(options, field.name) for field in dataclasses.fields(Stage)
               if getattr(options, field.name, None) is not None}
    return dataclasses.replace(stage, **changed)


def fim_options(keys: dict[str, Any]) -> FimOptions:
    places = {token: place for place, token in enumerate(keys["tokenizer.ggml.tokens"])}
    missing = [marker for marker in FIM_MARKERS if marker not in places]
    if missing:
        raise ValueError(f"stage fim: the vocabulary has no {missing[0]}")
    return FimOptions(*(places[marker] for marker in FIM_MARKERS))


def train(options: argparse.Namespace, processes: Processes) -> bool:
    """Whether the stage is finished."""
    stage = stage_of(options)
    model, keys = gguf_model.load(options.model)
    model.recompute = options.recompute
    if options.lora_rank:
        alpha = options.lora_alpha or 2.0 * options.lora_rank
        lora.adapt(model, options.lora_rank, alpha, options.seed)
        if options.lora_from:
            lora.fill(options.lora_from, model)
    sequences = SequenceReader(options.data)
    packer = Packer(sequences, stage.row_tokens, stage.rows, options.seed,
                    fim_options(keys) if stage.fim else None, stage.longest)
    if options.compile:
        for layer in model.blk:
            layer.compile()
    trainer = Trainer(model, packer, stage, processes, RunOptions(
        folder=options.folder, checkpoint_steps=options.checkpoint_steps, bf16=options.bf16,
        stop_after_steps=options.stop_after_steps, stop_after_s=options.stop_after_s,
        print_step=lambda line: print(line, flush=True)))
    finished = trainer.run() == stage.steps
    weights = trainer.trained_weights()
    if processes.rank == 0:
        lines = run_log.read(options.folder / "log.jsonl")
        (options.folder / "loss.svg").write_text(run_log.plot(lines, f"{stage.name}: loss by step"))
        if options.export:
            # How it was taught to say an edit is how it will be asked.
            if protocol := sequences.source.get("protocol"):
                keys["cromwell.edit_protocol"] = protocol
            export(options, keys, weights, stage, trainer.step)
    return finished


def export(options: argparse.Namespace, keys: dict[str, Any], weights: dict[str, torch.Tensor],
           stage: Stage, steps: int) -> None:
    """Into a fresh copy of the model: what was trained may be spread over processes or compiled."""
    model, _ = gguf_model.load(options.model)
    if options.lora_rank:
        lora.adapt(model, options.lora_rank, options.lora_alpha or 2.0 * options.lora_rank, 0)
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    if trained != set(weights):
        name = sorted(trained ^ set(weights))[0]
        raise ValueError(f"{options.folder}: weights of another model, first {name}")
    model.load_state_dict(weights, strict=False)
    if options.lora_rank:
        lora.save(options.export, model, f"Stage {stage.name}: {steps} of {stage.steps} steps of "
                  f"{stage.step_tokens} tokens", "edit" if stage.name == "edit" else "")
    else:
        gguf_model.save(options.export, model, keys)
    print(f"{options.export}: {options.export.stat().st_size} bytes")


def main() -> None:
    options = parser().parse_args()
    with Processes(options.way) as processes:
        train(options, processes)


if __name__ == "__main__":
    main()
