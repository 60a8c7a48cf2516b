"""A tiny Cromwell out of nothing but source files: its vocabulary, all four stages, and a GGUF that
says edits in Cromwell's own tokens. What a cluster would do with a large one, in minutes on a CPU.

  python3 -m training.tiny_model --sources FOLDER [FOLDER...] --program build/cromwell --folder RUN
                                 [--minutes 15]

RUN/tiny.gguf is the model; RUN/STAGE has each stage's log and loss.svg.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import tarfile
import time
from pathlib import Path
from typing import NamedTuple

from training import new_model, train
from training.corpus import build, package_list, texts
from training.corpus.duplicates import Duplicates
from training.gguf_reader import GgufReader
from training.gguf_writer import replace_file
from training.pairs import make
from training.processes import Processes
from training.run_log import read as read_log
from training.run_log import smoothed

MODEL = "tiny.gguf"
PROTOCOL = "script"
PROBE_STEPS, PROBE_WARM_STEPS = 5, 2
MOST_TEXT_TOKENS = 8_000_000
MOST_PAIRS = 20_000
SHARE_OF_TIME = 0.9  # the rest is for starting and for slower steps


@dataclasses.dataclass(frozen=True)
class Plan:
    share: float  # of the time
    data: str  # a folder of the run
    row_tokens: int
    rows: int


PLANS = {"general": Plan(0.35, "texts", 256, 8), "languages": Plan(0.1, "python", 256, 8),
         "fim": Plan(0.15, "python", 256, 8), "edit": Plan(0.4, "pairs", 1024, 2)}


class Trained(NamedTuple):
    stage: str
    losses: list[float]

    def line(self) -> str:
        return (f"{self.stage}: {len(self.losses)} steps, loss {self.losses[0]:.3f} at first, "
                f"{smoothed(self.losses)[-1]:.3f} at the end")


def make_vocabulary(program: Path, sources: list[Path], size: int, out: Path) -> None:
    json_path = out.with_suffix(".json")
    mix = [word for source in sources for word in ("--from", f"1:{source}")]
    commands = (["train", json_path, "--vocab-size", size, "--force", *mix],
                ["export", out, "--tokenizer", json_path, "--force"])
    for command in commands:
        words = [str(word) for word in (program, "tokenizer", *command)]
        subprocess.run(words, check=True, capture_output=True)


def make_corpus(sources: list[Path], out: Path) -> None:
    """The files that a corpus would take, as its one package."""
    archive = out / "archive"
    archive.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive / "sources.tar", "w") as tar:
        for number, source in enumerate(sources):
            for path in sorted(source.rglob("*.*")):
                if "test" not in path.relative_to(source).as_posix():
                    tar.add(path, f"sources/{number}/{path.relative_to(source)}", recursive=False)
    package = package_list.Package("pypi", "sources", "0", "its own", package_list.TRAINING)
    entry = build.build_package(package, archive, out, Duplicates())
    index = {"packages": {package.key: entry}}
    replace_file(out / build.INDEX, json.dumps(index, indent=1).encode())


def make_data(options: argparse.Namespace, model: Path) -> None:
    """Texts of all languages, of Python alone, and edit pairs."""
    corpus = options.folder / "corpus"
    make_corpus(options.sources, corpus)
    common = {"corpus": corpus, "program": options.program, "model": model}
    others = [language for language in texts.SHARES if language != "python"]
    for name, without in (("texts", []), ("python", others)):
        texts.write(argparse.Namespace(out=options.folder / name, seed=options.seed,
                                       tokens=options.text_tokens, without=without, **common))
    make.write_sequences(argparse.Namespace(out=options.folder / "pairs", limit=options.pairs,
                                            protocol=PROTOCOL, releases=None, small=0, share=1.0,
                                            of_a_kind=1000, of_a_package=60, seed=options.seed,
                                            **common))


def train_stage(stage: str, model: Path, run: Path, data: Path, steps: int, out: Path | None,
                seed: int) -> list[float]:
    plan = PLANS[stage]
    words: list[object] = ["--stage", stage, "--model", model, "--data", data, "--folder", run,
                           "--steps", steps, "--row-tokens", plan.row_tokens, "--rows", plan.rows,
                           "--accumulation", 1, "--warmup-steps", min(20, steps),
                           "--peak-rate", "3e-3", "--last-rate", "3e-4", "--seed", seed]
    words += ["--export", out] if out else []
    with Processes() as processes:
        train.train(train.parser().parse_args([str(word) for word in words]), processes)
    return [line["loss"] for line in read_log(run / "log.jsonl")]


def measured_steps(stage: str, model: Path, options: argparse.Namespace, seconds: float) -> int:
    """How many steps fit into so many seconds."""
    probe = options.folder / f"probe-{stage}"
    train_stage(stage, model, probe, options.folder / PLANS[stage].data, PROBE_STEPS, None,
                options.seed)
    taken = [line["seconds"] for line in read_log(probe / "log.jsonl")][PROBE_WARM_STEPS:]
    return max(1, int(SHARE_OF_TIME * seconds * len(taken) / sum(taken)))


def run(options: argparse.Namespace) -> list[Trained]:
    """The four stages. `options.steps`, where given, has the steps of each in place of the time."""
    begin = time.monotonic()
    options.folder.mkdir(parents=True, exist_ok=True)
    vocabulary, model = options.folder / "vocabulary.gguf", options.folder / "new.gguf"
    make_vocabulary(options.program, options.sources, options.vocab_size, vocabulary)
    keys = {key: value for key, value in GgufReader(vocabulary).keys.items()
            if key.startswith("tokenizer.")}
    new_model.write_new_model(model, new_model.TINY, keys, options.seed)
    make_data(options, model)
    left_s = options.minutes * 60 - (time.monotonic() - begin)
    trained = []
    for stage, plan in PLANS.items():
        steps = options.steps[stage] if options.steps else \
            measured_steps(stage, model, options, plan.share * left_s)
        out = options.folder / (MODEL if stage == "edit" else f"{stage}.gguf")
        losses = train_stage(stage, model, options.folder / stage, options.folder / plan.data,
                             steps, out, options.seed)
        trained.append(Trained(stage, losses))
        model = out
    return trained


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, nargs="+", required=True)
    parser.add_argument("--program", type=Path, required=True, help="cromwell")
    parser.add_argument("--folder", type=Path, required=True, help="an empty one")
    parser.add_argument("--minutes", type=float, default=15.0, help="all told")
    parser.add_argument("--vocab-size", type=int, default=2048)
    parser.add_argument("--text-tokens", type=int, default=MOST_TEXT_TOKENS)
    parser.add_argument("--pairs", type=int, default=MOST_PAIRS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.steps = None
    for stage in run(options):
        print(stage.line())


if __name__ == "__main__":
    main()
