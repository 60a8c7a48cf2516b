"""Trains one vocabulary with `cromwell tokenizer train` and with Hugging Face's trainer on the same
files, compares merges and times, then the ids that both give (and llama.cpp's, through an exported
GGUF, where --llama-tokenize names its tool) to a text of code and random Unicode. Needs PyPI
`tokenizers` and a built build/cromwell.

    python tests/golden/tokenizer_train_compare.py FOLDER [--vocab-size 50000] [--seed 1]
                                                          [--llama-tokenize PATH]
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time

from tokenizers import AddedToken, Regex, Tokenizer, models, trainers
from tokenizers import pre_tokenizers as pre

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPARED_BYTES = 10_000_000
UNICODE = [(0x20, 0x7F), (0xA0, 0x250), (0x370, 0x530), (0x590, 0x700), (0x900, 0x1000),
           (0x2000, 0x2070), (0x3040, 0x3100), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
           (0x1F300, 0x1F900)]


def read_texts(folder):
    texts = []
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or path.is_symlink() or not path.is_file():
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        if text and "\0" not in text:
            texts.append(text)
    return texts


def train_reference(texts, ours):
    """Hugging Face's trainer set up as the tokenizer.json `ours` says; (model, seconds)."""
    pattern = ours["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre.Sequence(
        [pre.Split(Regex(pattern), "isolated"), pre.ByteLevel(False, use_regex=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=len(ours["model"]["vocab"]), min_frequency=2, show_progress=False,
        initial_alphabet=pre.ByteLevel.alphabet(),
        special_tokens=[AddedToken(t["content"], special=True) for t in ours["added_tokens"]])
    begun = time.monotonic()
    tokenizer.train_from_iterator(texts, trainer)
    return json.loads(tokenizer.to_str())["model"], time.monotonic() - begun


def mixed_text(texts, rng):
    """Code, then as much as a twentieth of it of random characters of many scripts."""
    parts, size = [], 0
    for text in rng.sample(texts, len(texts)):
        if size > COMPARED_BYTES * 0.95:
            break
        parts.append(text)
        size += len(text.encode())
    wanted = size * 1.05
    while size < wanted:
        first, last = rng.choice(UNICODE)
        word = "".join(chr(rng.randrange(first, last)) for _ in range(rng.randint(1, 60)))
        parts.append(word + rng.choice([" ", "\n", "\t", "  ", "\r\n", "123", "'s"]))
        size += len(parts[-1].encode())
    return "".join(parts)


def cromwell(*arguments, stdin=None):
    return subprocess.run([ROOT / "build/cromwell", "tokenizer", *map(str, arguments)], input=stdin,
                          stdout=subprocess.PIPE, check=True).stdout.decode()


def llama_ids(tool, gguf, text, folder):
    path = folder / "text"
    path.write_bytes(text.encode())
    command = [tool, "-m", gguf, "-f", path, "--ids", "--no-bos", "--no-escape", "--log-disable"]
    out = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=True).stdout.decode()
    return re.findall(r"\d+", out)


def compare_ids(text, json_path, tool, folder):
    expected = Tokenizer.from_file(str(json_path)).encode(text, add_special_tokens=False).ids
    expected = [str(i) for i in expected]
    gguf = folder / "t.gguf"
    cromwell("export", gguf, "--tokenizer", json_path)
    encode = lambda *vocabulary: cromwell("encode", "--special", *vocabulary,
                                          stdin=text.encode()).split()
    results = {"tokenizer.json": encode("--tokenizer", json_path),
               "exported GGUF": encode("--model", gguf)}
    if tool:
        results["llama.cpp"] = llama_ids(tool, gguf, text, folder)
    for name, ids in results.items():
        print(f"{len(text.encode()) / 1e6:.1f} MB, {len(expected)} ids, {name}: "
              f"{'the same' if ids == expected else 'DIFFERENT'}")
    return all(ids == expected for ids in results.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--vocab-size", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--llama-tokenize")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = folder / "t.json"
        begun = time.monotonic()
        cromwell("train", path, "--from", f"1:{args.folder}", "--vocab-size", args.vocab_size,
                 "--sample", "64G")
        our_seconds = time.monotonic() - begun
        ours = json.loads(path.read_text())
        texts = read_texts(args.folder)
        model, seconds = train_reference(texts, ours)
        megabytes = sum(len(t.encode()) for t in texts) / 1e6
        print(f"{megabytes:.1f} MB: ours {our_seconds:.2f} s, reference {seconds:.2f} s, "
              f"{seconds / our_seconds:.1f} times")
        same = model["merges"] == ours["model"]["merges"] and model["vocab"] == ours["model"]["vocab"]
        print(f"{len(ours['model']['merges'])} merges: {'the same' if same else 'DIFFERENT'}")
        text = mixed_text(texts, random.Random(args.seed))
        same = compare_ids(text, path, args.llama_tokenize, folder) and same
    sys.exit(not same)


if __name__ == "__main__":
    main()
