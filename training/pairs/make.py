"""Edit pairs of a corpus as sequences to train on, or as the benchmark's cases.

  python3 -m training.pairs.make sequences --corpus C --out FOLDER --program CROMWELL --model M
                                           [--protocol script] [--releases ARCHIVES]
  python3 -m training.pairs.make cases --corpus C --out cases.jsonl --program CROMWELL --model M
  python3 -m training.pairs.make written --out cases.jsonl --program CROMWELL --model M

Every pair goes through `cromwell prompts`, which renders it as the daemon does and drops what the
daemon would refuse. The same corpus gives the same pairs. `written` brings the cases that are
written by hand up to date in a file of cases, and leaves the others as they are.
"""

from __future__ import annotations

import argparse
import ast
import collections
import functools
import itertools
import json
import random
import sys
import zlib
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple

from training.corpus import build, package_list
from training.corpus.fetch import Fetcher, FetchError
from training.gguf_writer import replace_file
from training.pairs import instructions, releases, selections, small_programs, written_cases
from training.pairs.brace_changes import BRACES
from training.pairs.brace_rewrites import BRACE_REWRITES
from training.pairs.changes import COMMON, Change, Maker
from training.pairs.entries import ENTRIES
from training.pairs.guards import GUARDS
from training.pairs.instructions import OPEN, instruction
from training.pairs.languages import BENCHMARK_LANGUAGES, ENDINGS, FULL_LANGUAGES
from training.pairs.line_changes import LINE_CHANGES
from training.pairs.python_changes import PYTHON
from training.pairs.python_rewrites import PYTHON_REWRITES
from training.pairs.regions import Region, blocks, fragments, functions
from training.pairs.word_changes import WORD_CHANGES
from training.prompts import Prompts
from training.sequences import SequenceWriter

CHANGES_OF_A_REGION = 4
BLOCKS_OF_A_FILE, FRAGMENTS_OF_A_FILE = 6, 4
BENCHMARK_CHANGES = 3
PATIENCE = 60  # refused changes in a row, after which a maker is seldom asked
MAX_TOKENS = 1024  # prompt and answer
# Shares: of a part of the region, of a region with another function, two wishes in one.
NARROWED, BESIDE, DOUBLED = 0.35, 0.15, 0.06


class Pair(NamedTuple):
    change: Change
    language: str
    instruction: str
    package: str
    licence: str
    selection: selections.Selection | None = None  # None: all lines

    @property
    def file(self) -> str:
        return "source" + ENDINGS[self.language]

    def as_request(self) -> str:
        """A line for `cromwell prompts`: the function as a file of its own."""
        first, last, after = self.selection or selections.whole(self.change)
        return json.dumps({"file": self.file, "content": self.change.before,
                           "selection": {"start_line": first, "end_line": last},
                           "after": after, "instruction": self.instruction})


@functools.lru_cache(256)
def parses(text: str, language: str) -> bool:
    if language != "python":
        return True  # `cromwell prompts` has a syntax tree for every language
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True


def valid(changes: Iterable[Change], language: str) -> Iterator[Change]:
    """Those that change something and break nothing; a block of lines need not parse by itself."""
    for change in changes:
        if change.before != change.after and \
                parses(change.before, language) == parses(change.after, language):
            yield change


def benchmark_makers(language: str) -> tuple[Maker, ...]:
    """Of the benchmark's kinds: its cases stay the same when more kinds are learnt."""
    return COMMON + (PYTHON if language == "python" else BRACES)


def makers_for(region: Region) -> tuple[Maker, ...]:
    """A block may be any lines of a file: only their text is known."""
    of_any_text = LINE_CHANGES + WORD_CHANGES + ENTRIES
    if not region.name or region.language not in FULL_LANGUAGES:
        return of_any_text
    own = PYTHON + PYTHON_REWRITES if region.language == "python" else BRACES + BRACE_REWRITES
    return COMMON + of_any_text + GUARDS + own


class Balance:
    """How many pairs there are of each kind, language and package: no kind and no package shall be
    most of what is learnt."""

    def __init__(self, of_a_kind: int, of_a_package: int) -> None:
        self.of_a_kind, self.of_a_package = of_a_kind, of_a_package  # most, in one language
        self.counts: collections.Counter = collections.Counter()
        self.refused_in_a_row: collections.Counter = collections.Counter()

    def changes_of(self, region: Region, numbers: random.Random) -> list[tuple[Maker, Change]]:
        """By makers whose changes are still wanted."""
        found = []
        for maker in makers_for(region):
            if self.refused_in_a_row[maker, region.language] < PATIENCE or numbers.random() < 0.02:
                found += [(maker, change) for change in maker(region, numbers)]
        return found

    def choose(self, found: list[tuple[Maker, Change]], language: str, package: str, limit: int
               ) -> list[Change]:
        """Those kinds that there are fewest of so far."""
        wanted = []
        for maker, change in found:
            few = self.counts[change.kind, language] < self.of_a_kind and \
                self.counts[change.kind, language, package] < self.of_a_package
            self.refused_in_a_row[maker, language] *= not few
            self.refused_in_a_row[maker, language] += not few
            if few:
                wanted.append(change)
        wanted.sort(key=lambda change: self.counts[change.kind, language])
        chosen = list(itertools.islice(valid(wanted, language), limit))
        for change in chosen:
            self.counts[change.kind, language] += 1
            self.counts[change.kind, language, package] += 1
        return chosen


def regions_of(file: dict, use: str) -> Iterator[Region]:
    """Functions; of what is learnt from, also blocks and fragments."""
    text, language = file["text"], file["language"]
    for region in functions(text, language):
        if not region.name.lower().startswith("test"):
            yield region
    if use == package_list.TRAINING:
        numbers = random.Random(zlib.crc32(text.encode()))
        yield from blocks(text, language, numbers, BLOCKS_OF_A_FILE)
        yield from fragments(text, language, numbers, FRAGMENTS_OF_A_FILE)


def pairs_of(options: argparse.Namespace) -> Iterator[Pair]:
    """To learn from."""
    balance = Balance(options.of_a_kind, options.of_a_package)
    seen: set[str] = set()
    other: Region | None = None
    for package, entry, file in build.read(options.corpus, package_list.TRAINING):
        if file["language"] not in ENDINGS:
            continue
        for region in regions_of(file, package_list.TRAINING):
            if region.text in seen:
                continue
            seen.add(region.text)
            numbers = random.Random(f"{options.seed} {zlib.crc32(region.text.encode())}")
            if numbers.random() >= options.share:
                continue
            found = balance.changes_of(region, numbers)
            for change in balance.choose(found, region.language, package, CHANGES_OF_A_REGION):
                yield asked(change, region, other, numbers, (package, entry["licence"]))
            other = region


def asked(change: Change, region: Region, other: Region | None, numbers: random.Random,
          source: tuple[str, str]) -> Pair:
    """As one of many people would: of all the lines or of some, alone or with another wish, beside
    another function."""
    text = instruction(change, numbers)
    if other and region.name and other.name and other.language == region.language and \
            numbers.random() < BESIDE and \
            (two := selections.beside(change, other, numbers)) is not None:
        text = instructions.in_function(region.name, text, numbers)
        return Pair(two, region.language, text, *source)
    if numbers.random() < DOUBLED:
        makers = LINE_CHANGES + WORD_CHANGES
        second = selections.second_change(change, region, numbers.sample(makers, len(makers)),
                                          numbers)
        if second is not None and parses(second.after, region.language):
            text = instructions.joined(text, instruction(second, numbers), numbers)
            change = Change("two_changes", change.before, second.after, {})
            return Pair(change, region.language, text, *source)
    part = selections.narrowed(change, numbers) if numbers.random() < NARROWED else None
    return Pair(change, region.language, text, *source, part)


def held_out_pairs(corpus: Path) -> Iterator[Pair]:
    balance, seen = Balance(of_a_kind=3000, of_a_package=200), set()
    for package, entry, file in build.read(corpus, package_list.HELD_OUT):
        if file["language"] not in FULL_LANGUAGES:
            continue
        for region in regions_of(file, package_list.HELD_OUT):
            if region.text in seen:
                continue
            seen.add(region.text)
            numbers = random.Random(zlib.crc32(region.text.encode()))
            found = [(maker, change) for maker in benchmark_makers(region.language)
                     for change in maker(region, numbers)]
            for change in balance.choose(found, region.language, package, BENCHMARK_CHANGES):
                yield Pair(change, region.language, instruction(change), package,
                           entry["licence"])


def small_pairs(options: argparse.Namespace) -> Iterator[Pair]:
    numbers = random.Random(f"{options.seed} small programs")
    for language, change, text in small_programs.pairs(numbers, options.small):
        yield Pair(change, language, text, "small programs", "Cromwell's own")


def release_pairs(listed: list[releases.Release], archives: Path, use: str) -> Iterator[Pair]:
    """`archives` is where what is fetched stays. What cannot be had is said and left out."""
    fetcher, seen = Fetcher(archives), set()
    for release in listed:
        if release.use != use:
            continue
        try:
            for language, change in releases.release_changes(release, fetcher):
                if language not in ENDINGS or change.before in seen or not (
                        parses(change.before, language) and parses(change.after, language)):
                    continue
                seen.add(change.before)
                numbers = random.Random(zlib.crc32(change.before.encode()))
                text = instruction(change, numbers if use == package_list.TRAINING else None)
                yield Pair(change, language, text, f"{release.name} {release.old} {release.new}",
                           release.licence)
        except (FetchError, OSError) as problem:
            print(f"{release.name}: {problem}", file=sys.stderr)


def all_pairs(options: argparse.Namespace, use: str) -> Iterator[Pair]:
    sources = [held_out_pairs(options.corpus)] if use == package_list.HELD_OUT else \
        [pairs_of(options), small_pairs(options)]
    if options.releases is not None:
        sources.append(release_pairs(releases.read(), options.releases, use))
    return itertools.chain(*sources)


def rendered(pairs: Iterable[Pair], program: Path, model: Path, protocol: str = "rewrite"
             ) -> Iterator[tuple[Pair, dict]]:
    """Each pair with the answer of `cromwell prompts`."""
    with Prompts(program, model, protocol) as prompts:
        yield from prompts.ask_all((pair, pair.as_request()) for pair in pairs)


def write_sequences(options: argparse.Namespace) -> None:
    source = {"made_of": "edit pairs", "model": options.model.name, "protocol": options.protocol,
              "releases": options.releases is not None,
              "packages": sorted(build.read_index(options.corpus)["packages"])}
    writer = SequenceWriter(options.out, source)
    done, accepted, counts = writer.written(), 0, collections.Counter()
    pairs = all_pairs(options, package_list.TRAINING)
    for pair, answer in rendered(pairs, options.program, options.model, options.protocol):
        if "refused" in answer:
            counts["refused"] += 1
            continue
        prompt, ids = answer["prompt"], answer["answer"]
        if len(prompt) + len(ids) > MAX_TOKENS:
            counts["too long"] += 1
            continue
        counts[f"{pair.language} {pair.change.kind}"] += 1
        accepted += 1
        if accepted > done:
            writer.add(prompt + ids, len(prompt))
        if accepted == options.limit:
            break
    writer.flush()
    report(counts)


def report(counts: collections.Counter) -> None:
    for name, count in sorted(counts.items()):
        print(f"{count:8d} {name}")


def write_cases(options: argparse.Namespace) -> None:
    """`options.limit` of each kind and language, the shortest half of what there is."""
    found: dict[tuple[str, str], list[tuple[int, Pair]]] = collections.defaultdict(list)
    pairs = all_pairs(options, package_list.HELD_OUT)
    for pair, answer in rendered(pairs, options.program, options.model):
        if "refused" not in answer and pair.language in BENCHMARK_LANGUAGES and \
                pair.change.kind not in OPEN:
            length = len(answer["prompt"]) + len(answer["answer"])
            found[pair.change.kind, pair.language].append((length, pair))
    lines = written_lines([], options)
    for (kind, language), entries in sorted(found.items()):
        entries.sort(key=lambda entry: (entry[0], entry[1].change.before))
        half = entries[:max(options.limit, len(entries) // 2)]
        numbers = random.Random(f"{kind} {language}")
        chosen = numbers.sample(half, min(options.limit, len(half)))
        lines += [case_line(f"{kind}-{language}-{number + 1}", pair)
                  for number, (_, pair) in enumerate(chosen)]
        print(f"{len(chosen):4d} of {len(entries):5d} {language} {kind}")
    write_lines(options.out, lines)


def write_lines(path: Path, lines: Iterable[str]) -> None:
    replace_file(path, "".join(line + "\n" for line in lines).encode())


def written_lines(lines: Iterable[str], options: argparse.Namespace) -> list[str]:
    """`lines` with the written cases. ValueError for one that does not parse. A right answer that
    the daemon would refuse for another reason is said, and stays: people do ask for it."""
    cases = written_cases.read()
    with Prompts(options.program, options.model) as prompts:
        for case, request in ((case, request) for case in cases for request in case.requests()):
            refused = prompts.ask(request).get("refused", "")
            if "syntax error" in refused:
                raise ValueError(f"{case.id}: {refused}")
            if refused:
                print(f"{case.id}: {refused}", file=sys.stderr)
    return written_cases.merge(lines, cases)


def write_written(options: argparse.Namespace) -> None:
    old = options.out.read_text().splitlines() if options.out.exists() else []
    write_lines(options.out, written_lines(old, options))


def case_line(name: str, pair: Pair) -> str:
    return json.dumps({"id": name, "kind": pair.change.kind, "language": pair.language,
                       "file": pair.file, "content": pair.change.before,
                       "instruction": pair.instruction, "expected": pair.change.after,
                       "package": pair.package, "licence": pair.licence})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("sequences", "cases", "written"))
    parser.add_argument("--corpus", type=Path, help="of sequences and cases")
    for name in ("out", "program", "model"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--protocol", default="rewrite",
                        help="of sequences: how an edit is said (docs/edit_protocols.md)")
    parser.add_argument("--releases", type=Path,
                        help="pairs of releases too; the folder for what is fetched for them")
    parser.add_argument("--small", type=int, default=40_000,
                        help="sequences of small programs that are made up")
    parser.add_argument("--of-a-kind", type=int, default=1000, help="most in one language")
    parser.add_argument("--of-a-package", type=int, default=60, help="most of a kind")
    parser.add_argument("--share", type=float, default=1.0, help="of the regions that are used")
    parser.add_argument("--seed", type=int, default=1, help="another gives other pairs")
    parser.add_argument("--limit", type=int, default=0,
                        help="sequences; or cases of each kind and language")
    options = parser.parse_args()
    if options.what != "written" and options.corpus is None:
        parser.error(f"{options.what} needs --corpus")
    if options.what == "written":
        write_written(options)
    elif options.what == "sequences":
        write_sequences(options)
    else:
        options.limit = options.limit or 8
        write_cases(options)


if __name__ == "__main__":
    main()
