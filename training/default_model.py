"""The adapter that makes the default model an editor: one command, from pieces to a GGUF.

  python3 -m training.default_model pack --model M.gguf --data SEQUENCES --out PIECES
  python3 -m training.default_model train --pieces PIECES --folder RUN --minutes 8
  torchrun --nproc-per-node 2 -m training.default_model train ... --bf16 --compile   (two CPU cores)

`pack` lays the model and the sequences into files of less than 48 MiB. `train`, on the machine with
the GPU, needs PyTorch and numpy and nothing else: it joins the pieces, measures a few steps, takes
as many steps as fit into the time, and writes RUN/adapter.gguf. Stopped, it goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import time
from pathlib import Path

from training import train
from training.gguf_writer import replace_file
from training.processes import Processes
from training.run_log import read as read_log
from training.run_log import smoothed

PIECE_BYTES = 45 << 20
SUMS, PLAN, MODEL, ADAPTER = "sums.json", "plan.json", "model.gguf", "adapter.gguf"
RANK = 24  # 14 MiB of F16 for SmolLM2-135M
PROBE_STEPS = 6
PROBE_WARM_STEPS = 3  # the first ones load kernels
STAGE_OPTIONS = {"rows": int, "row_tokens": int, "accumulation": int, "longest": int,
                 "warmup_steps": int, "peak_rate": float, "last_rate": float}
SHARE_OF_TIME = 0.9  # the rest is for starting, checkpoints and slower steps


def pack(model: Path, data: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    raw = model.read_bytes()
    for number, begin in enumerate(range(0, len(raw), PIECE_BYTES)):
        (out / f"model-{number:02d}.part").write_bytes(raw[begin:begin + PIECE_BYTES])
    for path in [*data.glob("*.npz"), data / "index.json"]:
        shutil.copyfile(path, out / path.name)
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(out.iterdir()) if path.name != SUMS}
    too_large = [name for name in sums if (out / name).stat().st_size > PIECE_BYTES]
    if too_large:
        raise ValueError(f"{too_large[0]}: larger than {PIECE_BYTES} bytes")
    replace_file(out / SUMS, json.dumps(sums, indent=1).encode())


def unpack(pieces: Path, model: Path) -> None:
    """Joins the model. ValueError names a piece that is missing or broken."""
    for name, wanted in json.loads((pieces / SUMS).read_text()).items():
        path = pieces / name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            raise ValueError(f"{path}: missing, or its SHA-256 is not that of {SUMS}")
    model.parent.mkdir(parents=True, exist_ok=True)
    if not model.exists():
        replace_file(model, *(path.read_bytes() for path in sorted(pieces.glob("model-*.part"))))


def stage_arguments(options: argparse.Namespace, model: Path, folder: Path, steps: int,
                    *more: str) -> argparse.Namespace:
    words = ["--stage", "edit", "--model", str(model), "--data", str(options.pieces), "--folder",
             str(folder), "--lora-rank", str(options.rank), "--steps", str(steps), "--seed",
             str(options.seed), *more]
    for name in STAGE_OPTIONS:
        if getattr(options, name):
            words += ["--" + name.replace("_", "-"), str(getattr(options, name))]
    words += ["--lora-from", str(options.lora_from)] if options.lora_from else []
    return train.parser().parse_args(words)


def plan(options: argparse.Namespace, model: Path, processes: Processes) -> dict:
    """How many steps fit, measured once for a run; the first process's clock counts."""
    path = options.folder / PLAN
    known = path.exists()
    processes.wait()
    if not known:
        made = {"steps": options.steps} if options.steps else measured(options, model, processes)
        if processes.rank == 0:
            replace_file(path, json.dumps(made).encode())
        processes.wait()
    return json.loads(path.read_text())


def measured(options: argparse.Namespace, model: Path, processes: Processes) -> dict:
    probe = options.folder / "probe"
    if processes.rank == 0:
        shutil.rmtree(probe, ignore_errors=True)
    processes.wait()
    words = stage_arguments(options, model, probe, PROBE_STEPS, *faster(options, processes))
    train.train(words, processes)
    processes.wait()
    if processes.rank != 0:
        return {}
    seconds = [line["seconds"] for line in read_log(probe / "log.jsonl")][PROBE_WARM_STEPS:]
    shutil.rmtree(probe)
    step_s = sorted(seconds)[len(seconds) // 2]  # one of them may compile another shape
    left_s = options.minutes * 60 - (time.monotonic() - options.begin)
    return {"steps": max(1, int(SHARE_OF_TIME * left_s / step_s)), "step_s": round(step_s, 4)}


def faster(options: argparse.Namespace, processes: Processes) -> list[str]:
    """On a GPU always: half the time (docs/training.md)."""
    on_gpu = processes.device.type == "cuda"
    return ["--bf16"] * (options.bf16 or on_gpu) + ["--compile"] * (options.compile or on_gpu)


def run(options: argparse.Namespace) -> None:
    options.begin = time.monotonic()
    model = options.folder / MODEL
    with Processes() as processes:
        if processes.rank == 0:
            unpack(options.pieces, model)
        processes.wait()
        steps = plan(options, model, processes)["steps"]
        if processes.rank == 0:
            print(f"{steps} steps on {processes.world} x {processes.device}", flush=True)
        left_s = max(1.0, options.minutes * 60 - (time.monotonic() - options.begin))
        adapter = options.folder / ADAPTER
        finished = train.train(stage_arguments(
            options, model, options.folder, steps, "--export", str(adapter), "--checkpoint-steps",
            str(options.checkpoint_steps), "--stop-after-s", str(left_s),
            *faster(options, processes)), processes)
        if processes.rank == 0:
            losses = [line["loss"] for line in read_log(options.folder / "log.jsonl")]
            print(f"loss {losses[0]:.4f} at first, {smoothed(losses)[-1]:.4f} after {len(losses)} "
                  "steps; " + ("finished" if finished else "the same command goes on"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True)
    packing = commands.add_parser("pack")
    for name in ("model", "data", "out"):
        packing.add_argument(f"--{name}", type=Path, required=True)
    training = commands.add_parser("train")
    training.add_argument("--pieces", type=Path, required=True)
    training.add_argument("--folder", type=Path, required=True)
    training.add_argument("--minutes", type=float, default=8.0, help="all told")
    training.add_argument("--lora-from", type=Path, help="an adapter to begin with")
    training.add_argument("--rank", type=int, default=RANK)
    training.add_argument("--seed", type=int, default=1)
    training.add_argument("--steps", type=int, help="in place of what fits into the time")
    training.add_argument("--checkpoint-steps", type=int, default=50)
    training.add_argument("--bf16", action="store_true", help="on a CPU too: it must have AVX512_BF16")
    training.add_argument("--compile", action="store_true", help="on a CPU too: by torch.compile")
    for name, kind in STAGE_OPTIONS.items():
        training.add_argument("--" + name.replace("_", "-"), type=kind,
                              help="in place of the stage's")
    options = parser.parse_args()
    if options.what == "pack":
        pack(options.model, options.data, options.out)
    else:
        run(options)


if __name__ == "__main__":
    main()
