"""benchmark_tokenizer beside Hugging Face's tokenizers and tiktoken: the same vocabulary, the same
files, one thread, alternately in one run; medians in MB/s. Needs PyPI `tokenizers` and `tiktoken`.

    python tests/bench/benchmark_tokenizers.py TOKENIZER.json FOLDER [--rounds 5] [--json]
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

BUILD = pathlib.Path(os.environ.get("CROMWELL_BUILD",
                                    pathlib.Path(__file__).resolve().parents[2] / "build"))
MAX_BYTES = 10_000_000


def text_files(folder):
    paths, size = [], 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or size > MAX_BYTES:
            continue
        try:
            path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        paths.append(path)
        size += path.stat().st_size
    return paths


def byte_ranks(vocab):
    """tiktoken's table: the bytes of each token by id."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    alphabet = {chr(b): b for b in printable}
    others = (b for b in range(256) if b not in printable)
    alphabet.update({chr(256 + n): b for n, b in enumerate(others)})
    spelt = {t: i for t, i in vocab.items() if all(c in alphabet for c in t)}
    return {bytes(alphabet[c] for c in t): i for t, i in spelt.items()}


def peers(document, path):
    """name -> encode(text), of one thread."""
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    import tiktoken
    from tokenizers import Tokenizer

    reference = Tokenizer.from_file(str(path))
    pattern = document["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
    special = {t["content"]: t["id"] for t in document["added_tokens"]}
    ranks = {b: i for b, i in byte_ranks(document["model"]["vocab"]).items()
             if i not in special.values()}
    other = tiktoken.Encoding("ours", pat_str=pattern, mergeable_ranks=ranks, special_tokens=special)
    return {"tokenizers": lambda text: reference.encode(text, add_special_tokens=False).ids,
            "tiktoken": other.encode_ordinary}


def measure(encode, texts):
    begun = time.monotonic()
    tokens = sum(len(encode(text)) for text in texts)
    return time.monotonic() - begun, tokens


def run_ours(path, files):
    command = [BUILD / "benchmark_tokenizer", "--tokenizer", path, "--repeat", "1", "--json", *files]
    out = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True).stdout
    rows = {row["text"]: row for row in json.loads(out)["rows"]}
    return rows["files"]["MB/s"], rows["files"]["tokens"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tokenizer", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    files = text_files(args.folder)
    texts = [path.read_bytes().decode() for path in files]
    megabytes = sum(len(t.encode()) for t in texts) / 1e6
    others = peers(json.loads(args.tokenizer.read_text()), args.tokenizer)
    rates, tokens = {"cromwell": []}, {}
    for _ in range(args.rounds):
        rate, tokens["cromwell"] = run_ours(args.tokenizer, files)
        rates["cromwell"].append(rate)
        for name, encode in others.items():
            seconds, tokens[name] = measure(encode, texts)
            rates.setdefault(name, []).append(megabytes / seconds)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    if args.json:
        print(json.dumps({"megabytes": megabytes, "MB/s": medians, "tokens": tokens}))
        return
    print(f"{megabytes:.1f} MB in {len(files)} files, one thread, medians of {args.rounds} rounds")
    for name, rate in medians.items():
        print(f"{name:12} {rate:8.1f} MB/s  {tokens[name]} tokens  "
              f"{medians['cromwell'] / rate:5.1f} times slower than cromwell"
              if name != "cromwell" else f"{name:12} {rate:8.1f} MB/s  {tokens[name]} tokens")


if __name__ == "__main__":
    main()
