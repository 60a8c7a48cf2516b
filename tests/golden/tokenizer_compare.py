"""Compares our token ids with Hugging Face tokenizers': random Unicode strings and the Python
standard library's sources, for each pre-tokenizer, with the committed small vocabulary and with the
default model's. Needs PyPI `tokenizers` and `gguf`, and a built build/tokenizer_ids.

    python tests/golden/tokenizer_compare.py [--strings 10000] [--seed 1] [--only smollm] [--tool PATH]
                                             [--gguf FILE ...]
"""

import argparse
import pathlib
import random
import struct
import subprocess
import sys
import sysconfig
import tempfile

import tokenizer_reference as ref

ROOT = pathlib.Path(__file__).resolve().parents[2]


def our_ids(tool, vocabulary, texts, special):
    data = b"".join(struct.pack("<I", len(t)) + t for t in (x.encode() for x in texts))
    command = [tool, vocabulary] + (["special"] if special else [])
    out = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout.decode()
    lines = out.split("\n")[:-1]
    assert len(lines) == len(texts), (len(lines), len(texts))
    return lines


def compare(tool, label, vocabulary, texts, special):
    name, tokens, kinds, merges = vocabulary
    reference = ref.build(name, tokens, kinds, merges, special)
    with tempfile.NamedTemporaryFile(suffix=".vocabulary") as file:
        ref.write_vocabulary(file.name, name, tokens, kinds, merges)
        ours = our_ids(tool, file.name, texts, special)
    bad = 0
    for start in range(0, len(texts), 1000):
        batch = reference.encode_batch(texts[start : start + 1000], add_special_tokens=False)
        for text, theirs, line in zip(texts[start:], batch, ours[start:]):
            if line.split() != [str(i) for i in theirs.ids]:
                bad += 1
                if bad <= 3:
                    print(f"  {ascii(text)[:300]}\n    ours {line[:200]}\n    ref  {theirs.ids[:40]}")
    size = sum(len(t.encode()) for t in texts)
    print(f"{label:38} special={special!s:5} {len(texts):6} texts {size / 1e6:7.1f} MB: {bad} differences",
          flush=True)
    return bad


def standard_library():
    files = sorted(pathlib.Path(sysconfig.get_paths()["stdlib"]).rglob("*.py"))
    texts = []
    for file in files:
        if "site-packages" in file.parts:
            continue
        try:
            texts.append(file.read_bytes().decode())
        except UnicodeDecodeError:
            pass
    return texts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--strings", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only")
    parser.add_argument("--gguf", nargs="*", default=[], help="further files with a vocabulary")
    parser.add_argument("--tool", default=str(ROOT / "build" / "tokenizer_ids"))
    args = parser.parse_args()

    vocabularies = {}
    small = ROOT / "tests" / "tokenizer" / "data" / "small.vocabulary"
    if small.exists():
        tokens, kinds, merges = ref.read_vocabulary(small)
        for name in ref.PRE_TOKENIZERS:
            vocabularies[f"{name}, small"] = (name, tokens, kinds, merges)
    if pathlib.Path(ref.default_model()).exists():
        own_name, tokens, kinds, merges = ref.gguf_vocabulary(ref.default_model())
        for name in ref.PRE_TOKENIZERS:
            vocabularies[f"{name}, SmolLM2" + (" (its own)" if name == own_name else "")] = (
                name, tokens, kinds, merges)
    for path in args.gguf:
        name, tokens, kinds, merges = ref.gguf_vocabulary(path)
        vocabularies[f"{name}, {pathlib.Path(path).stem}"] = (name, tokens, kinds, merges)

    rng = random.Random(args.seed)
    strings = [ref.random_text(rng) for _ in range(args.strings)]
    library = standard_library()
    bad = 0
    for label, vocabulary in vocabularies.items():
        if args.only and args.only not in label:
            continue
        specials = [t for t, k in zip(*vocabulary[1:3]) if k != ref.NORMAL]
        spiced = [s[: len(s) // 2] + rng.choice(specials) + s[len(s) // 2 :] for s in strings[:2000]]
        bad += compare(args.tool, label, vocabulary, strings + library, False)
        bad += compare(args.tool, label, vocabulary, spiced, True)
    print(f"{bad} differences in all, seed {args.seed}")
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()
