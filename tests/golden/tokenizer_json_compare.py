"""Compares our reading of tokenizer.json files with Hugging Face tokenizers': variants made from the
committed small vocabulary, and any files given.

    python tests/golden/tokenizer_json_compare.py [--strings 2000] [--seed 1] [FILE ...]
"""

import argparse
import pathlib
import random
import sys
import tempfile

from tokenizers import Regex, Tokenizer, models, normalizers, processors
from tokenizers import pre_tokenizers as pre

import tokenizer_compare as compare
import tokenizer_reference as ref

GPT4O = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
         r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def variants():
    tokens, kinds, merges = ref.read_vocabulary(compare.ROOT / "tests/tokenizer/data/small.vocabulary")
    for name in ref.PRE_TOKENIZERS:
        yield name, ref.build(name, tokens, kinds, merges, True)
    for form in ("NFC", "Sequence of NFC"):
        tokenizer = ref.build("qwen2", tokens, kinds, merges, True)
        nfc = normalizers.NFC()
        tokenizer.normalizer = nfc if form == "NFC" else normalizers.Sequence([nfc])
        yield form, tokenizer
    tokenizer = ref.build("gpt-2", tokens, kinds, merges, True)
    tokenizer.pre_tokenizer = pre.ByteLevel(add_prefix_space=True)
    yield "prefix space", tokenizer
    tokenizer = ref.build("gpt-2", tokens, kinds, merges, True)
    tokenizer.pre_tokenizer = pre.ByteLevel(add_prefix_space=False, use_regex=False)
    yield "no words", tokenizer
    tokenizer = ref.build("gpt-2", tokens, kinds, merges, True)
    tokenizer.pre_tokenizer = pre.Sequence([
        pre.Split(Regex(GPT4O), "isolated"),
        pre.ByteLevel(add_prefix_space=False, use_regex=False)])
    yield "a pattern of its own (old code points)", tokenizer
    tokenizer = ref.build("gpt-2", tokens, kinds, merges, True)
    tokenizer.pre_tokenizer = pre.Sequence([
        pre.Split(Regex(r"\s?\p{L}+"), "isolated"), pre.Split("->", "isolated"),
        pre.Digits(individual_digits=True), pre.ByteLevel(add_prefix_space=False)])
    yield "steps of its own (old code points)", tokenizer
    # Bytes without a token: with and without an unknown one.
    gone = {i for i, t in enumerate(tokens) if t in ("z", "ð", "Ģ")}
    kept = [t for i, t in enumerate(tokens) if i not in gone]
    usable = [m for m in merges if all(p in kept for p in (*m.split(" "), m.replace(" ", "")))]
    for unk in (None, kept[3]):
        model = models.BPE(vocab={t: i for i, t in enumerate(kept)}, unk_token=unk,
                           merges=[tuple(m.split(" ")) for m in usable])
        tokenizer = Tokenizer(model)
        tokenizer.pre_tokenizer = ref.PRE_TOKENIZERS["smollm"]()
        yield f"bytes without a token, unk {unk}", tokenizer
    tokenizer = ref.build("llama-bpe", tokens, kinds, merges, True)
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing("<|im_start|> $A", special_tokens=[("<|im_start|>", tokens.index("<|im_start|>"))])])
    yield "a template", tokenizer


def assigned(text):
    """Only what the installed PCRE2's Unicode (14) knows too."""
    import unicodedata
    return "".join(c for c in text if unicodedata.category(c) != "Cn")


def run(tool, label, path, reference, texts):
    ours = compare.our_ids(tool, str(path), texts, True)
    theirs = reference.encode_batch(texts, add_special_tokens=False)
    bad = 0
    for text, line, encoding in zip(texts, ours, theirs):
        if line.replace("! ", "").split() != [str(i) for i in encoding.ids]:
            bad += 1
            if bad <= 3:
                print(f"  {ascii(text)[:300]}\n    ours {line[:200]}\n    ref  {encoding.ids[:40]}")
    print(f"{label:40} {len(texts):6} texts: {bad} differences", flush=True)
    return bad


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--strings", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tool", default=str(compare.ROOT / "build" / "tokenizer_ids"))
    parser.add_argument("files", nargs="*")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    texts = [ref.random_text(rng) for _ in range(args.strings)] + compare.standard_library()[:50]
    texts += ["".join(chr(rng.choice((0x300, 0x301, 0x327, 0x65, 0x6F, 0xE9, 0x1E69, 0x1100, 0x1161, 0x11A8,
                                      0xAC00, 0x3099, 0x304B, 0x212B, 0x0344, 0x1D15E, 0x2F800, 0x345)))
                      for _ in range(12)) for _ in range(args.strings)]
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for i, (label, tokenizer) in enumerate(variants()):
            path = pathlib.Path(folder) / f"{i}.json"
            tokenizer.save(str(path))
            some = [assigned(t) for t in texts] if "old code points" in label else texts
            bad += run(args.tool, label, path, tokenizer, some)
    for path in args.files:
        bad += run(args.tool, path[-40:], path, Tokenizer.from_file(path), texts)
    print(f"{bad} differences in all, seed {args.seed}")
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()
