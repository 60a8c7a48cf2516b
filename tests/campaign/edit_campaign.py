"""Edits of real source files by the real model, through the running daemon: random regions of the
sources of a set (sets/), and its instructions. Each edit that comes out is applied and judged (edit_judges), reverted,
and the file compared; what is refused is counted with its reason. One line of JSON for each case;
a run goes on behind the cases that its results file holds. Status 1: a wrong edit came out.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from daemon import CACHE, Daemon
from edit_cases import make_case, read_set, set_names
from edit_judges import wrong_with
from edit_stream import EditStream
from source_files import SourceFiles
from syntax_judges import SyntaxJudges


def run_case(daemon, case, judges):
    """The case's line of the results."""
    path = daemon.workspace / case.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(case.text)
    path.chmod(case.mode)
    result = {"case": case.number, "language": case.language, "file": case.name,
              "lines": [case.first, case.last], "instruction": case.instruction}
    status, answer = daemon.post("/v1/edit", case.request)
    new_text = path.read_bytes()
    faults = []
    if isinstance(answer, list):
        stream = EditStream(answer)
        status, answer = stream.answer()
        result["rewinds"] = stream.rewinds
        result["painted_early"] = stream.painted_early
        if status == 200:
            result["painted"] = lf_lines(stream.painted(lf_lines(case.text))) == lf_lines(new_text)
    if status == 200:
        result["outcome"] = answer["finish_reason"]
        result["patch"] = answer["diff"]["patch"]
        result["confidence"] = answer["confidence"]
        result["attempt"] = answer.get("attempt", 1)
        if result["patch"]:
            faults = wrong_with(case, result["patch"], new_text, path.stat().st_mode & 0o7777,
                                judges)
            status, answer = daemon.post(f"/v1/edits/{answer['id']}/revert")
            if status != 200:
                faults.append(f"revert: {answer}")
    else:
        result["outcome"] = f"{status}"
        result["reason"] = answer["error"]["message"]
        result["attempts"] = (answer["error"].get("detail") or {}).get("attempts")
        if status != 422:
            faults.append(f"refused with {status}")
    if path.read_bytes() != case.text:
        faults.append("the file is not as it was before")
    path.unlink()
    path.parent.rmdir()
    return {**result, "faults": faults}


def lf_lines(text):
    """Text or bytes with LF at each line's end, also the last one's."""
    if isinstance(text, bytes):
        text = text.decode()
    return text if text is None else text.replace("\r\n", "\n").rstrip("\n")


def read_results(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def share_table(title, names, results, key):
    lines = [f"| {title} | edits | no change | refused | success |", "|---|---|---|---|---|"]
    for name in [*names, "all"]:
        mine = [r for r in results if name in ("all", key(r))]
        counts = collections.Counter(r["outcome"] for r in mine)
        edits, same = counts["stop"], counts["no_change"]
        share = f"{100 * edits / len(mine):.0f} %" if mine else "-"
        lines.append(f"| {name} | {edits} | {same} | {len(mine) - edits - same} | {share} |")
    return "\n".join(lines)


def reason_of(result):
    """A refusal's reason without what differs from case to case."""
    reason = result["reason"].removeprefix("the model's answer was refused: ")
    for cut in (':', '"', " (", " after ", " to line "):
        reason = reason.split(cut)[0]
    return reason


def report(case_set, results):
    refused = collections.Counter(reason_of(r) for r in results if "reason" in r)
    faults = [(r["case"], fault) for r in results for fault in r["faults"]]
    parts = [share_table("language", case_set.languages, results, lambda r: r["language"]),
             share_table("instruction", case_set.instructions, results,
                         lambda r: r["instruction"]),
             "\n".join(["| refused because | cases |", "|---|---|",
                        *(f"| {reason} | {count} |" for reason, count in refused.most_common())]),
             stream_report(results),
             f"{len(results)} cases, {len(faults)} wrong edits",
             *(f"case {case}: {fault}" for case, fault in faults)]
    return "\n\n".join(parts)


def stream_report(results):
    edits = [r for r in results if "painted" in r and r["outcome"] == "stop"]
    return "\n".join([
        f"{sum(r.get('attempt', 1) > 1 for r in results)} edits came with the second attempt",
        f"of {len(edits)} edits that were streamed, "
        f"{sum(r['painted'] for r in edits)} had hunks that are their diff, "
        f"{sum(r['painted_early'] for r in edits)} had one before their last text",
        f"{sum(r.get('rewinds', 0) for r in results)} times text was taken back"])


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--set", choices=set_names(), default="tuned")
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--results", type=pathlib.Path, default=pathlib.Path("edits.jsonl"))
    parser.add_argument("--sources", type=pathlib.Path, default=CACHE / "cromwell/campaign")
    parser.add_argument("--parallel", type=int, default=4, help="requests at a time")
    parser.add_argument("--only-report", action="store_true")
    return parser.parse_args()


def main():
    options = parse_arguments()
    case_set = read_set(options.set)
    done = read_results(options.results)
    if not options.only_report:
        print(f"seed {options.seed}, {len(done)} of {options.cases} cases are done", flush=True)
        source_files = SourceFiles(options.sources, case_set)
        judges = SyntaxJudges(options.sources, source_files.gofmt())
        sources = {language: source_files.files(language) for language in case_set.languages}
        known = {result["case"] for result in done}
        daemon = Daemon(samples=False, model=None)
        try:
            with (concurrent.futures.ThreadPoolExecutor(options.parallel) as pool,
                  open(options.results, "a", encoding="utf-8") as file):
                cases = (make_case(case_set, options.seed, number, sources)
                         for number in range(options.cases) if number not in known)
                for result in pool.map(lambda case: run_case(daemon, case, judges), cases):
                    done.append(result)
                    file.write(json.dumps(result) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
        finally:
            daemon.close()
    print(report(case_set, done))
    sys.exit(any(result["faults"] for result in done))


if __name__ == "__main__":
    main()
