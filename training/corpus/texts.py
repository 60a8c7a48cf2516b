"""Texts of a corpus as sequences for the stages general, languages and fim.

  python3 -m training.corpus.texts --corpus C --out FOLDER --program build/cromwell --model M.gguf
                                   --tokens N [--without english]

Languages are mixed by their share of the tokens; within one, files come in a random order that is a
function of the seed. A language that has too few files is used up, and the others share the rest.
"""

from __future__ import annotations

import argparse
import json
import random
import zlib
from pathlib import Path
from typing import Iterator

from training.corpus import build, package_list
from training.prompts import Prompts
from training.sequences import SequenceWriter

# Of the tokens; C and C++ share theirs.
SHARES = {"python": 0.40, "javascript": 0.12, "typescript": 0.08, "c": 0.10, "cpp": 0.05,
          "rust": 0.10, "go": 0.05, "english": 0.10}
SEQUENCE_TOKENS = 4096


def files_by_language(corpus: Path, seed: int) -> dict[str, list[tuple[str, int]]]:
    """(package, number of the file) of each; the texts stay on the disk."""
    found: dict[str, list[tuple[str, int]]] = {}
    numbers: dict[str, int] = {}
    for package, _, file in build.read(corpus, package_list.TRAINING):
        number = numbers[package] = numbers.get(package, -1) + 1
        found.setdefault(file["language"], []).append((package, number))
    for language, places in found.items():
        random.Random(zlib.crc32(f"{seed} {language}".encode())).shuffle(places)
    return found


class Mixture:
    """Which language is next: the one that is furthest behind its share."""

    def __init__(self, languages: list[str]):
        total = sum(SHARES[language] for language in languages)
        self.shares = {language: SHARES[language] / total for language in languages}
        self.tokens = dict.fromkeys(languages, 0)

    def next(self) -> str:
        return min(self.shares, key=lambda one: self.tokens[one] / self.shares[one])

    def drop(self, language: str) -> None:
        del self.shares[language]


def texts(corpus: Path, seed: int, mixture: Mixture) -> Iterator[tuple[str, str]]:
    """(language, text); whoever reads says in the mixture how long each was."""
    places = files_by_language(corpus, seed)
    index = build.read_index(corpus)["packages"]
    shards: dict[str, list[dict]] = {}
    while mixture.shares:
        language = mixture.next()
        if not places.get(language):
            mixture.drop(language)
            continue
        package, number = places[language].pop()
        if package not in shards:
            shards[package] = list(build.read_shard(corpus, index[package]))
        yield language, shards[package][number]["text"]


def write(options: argparse.Namespace) -> dict[str, int]:
    """Tokens of each language."""
    languages = [language for language in SHARES if language not in options.without]
    mixture = Mixture(languages)
    writer = SequenceWriter(options.out, {"made_of": "texts", "model": options.model.name,
                                          "seed": options.seed, "languages": languages})
    if writer.written():
        raise ValueError(f"{options.out}: has sequences already")
    total = 0
    with Prompts(options.program, options.model) as prompts:
        end = prompts.end_of_text
        for language, text in texts(options.corpus, options.seed, mixture):
            ids = prompts.ask(json.dumps({"text": text})).get("ids")
            if ids is None:
                continue  # a character that the vocabulary lacks
            for begin in range(0, len(ids) + 1, SEQUENCE_TOKENS):
                writer.add((ids + [end])[begin:begin + SEQUENCE_TOKENS], 0)
            mixture.tokens[language] += len(ids) + 1
            total += len(ids) + 1
            if total >= options.tokens:
                break
    writer.flush()
    return mixture.tokens


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("corpus", "out", "program", "model"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--tokens", type=int, required=True)
    parser.add_argument("--without", choices=SHARES, nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=1)
    for language, tokens in write(parser.parse_args()).items():
        print(f"{tokens:12d} {language}")


if __name__ == "__main__":
    main()
