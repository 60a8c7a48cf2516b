"""Writes the tokenizer tests' data: a small vocabulary, and texts with the ids that Hugging Face
tokenizers give them under each pre-tokenizer.

The vocabulary is trained on pieces that ignore words (eight characters at a time), so that its
merges reach across every boundary a pre-tokenizer may draw, and a wrong boundary shows in the ids.
    python tests/golden/tokenizer_golden.py
"""

import json
import pathlib
import random

from tokenizers import Regex, Tokenizer, models, trainers
from tokenizers import pre_tokenizers as pre

import tokenizer_compare
import tokenizer_reference as ref

DATA = pathlib.Path(__file__).resolve().parents[1] / "tokenizer" / "data"
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
USER_DEFINED = ["<|", "<|im", "中文", "  #"]
SEED = 20


def train(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre.Sequence([
        pre.Split(Regex(r"(?m:.{1,8})"), "isolated"), pre.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=1100, initial_alphabet=pre.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [m if isinstance(m, str) else " ".join(m) for m in model["merges"]]
    return tokens, merges


def main():
    rng = random.Random(SEED)
    library = tokenizer_compare.standard_library()[:120]
    tokens, merges = train(library + [ref.random_text(rng) for _ in range(20000)])
    kinds = [ref.NORMAL] * len(tokens) + [ref.CONTROL] * len(CONTROL)
    kinds += [ref.USER_DEFINED] * len(USER_DEFINED)
    tokens += CONTROL + USER_DEFINED
    ref.write_vocabulary(DATA / "small.vocabulary", "gpt-2", tokens, kinds, merges)

    texts = ref.WORDS + [ref.random_text(rng, 16) for _ in range(160)]
    texts += [text[i : i + 60] for text in library for i in (rng.randrange(max(1, len(text))),)][:40]
    texts += ["a<|im_end|>b", "<|im_start|>", "x<|im中文  #y", "<<|||im_end|>", "a" * 70, " " * 50 + "x"]
    ids = {}
    for name in ref.PRE_TOKENIZERS:
        if name in ("refact", "command-r"):
            continue  # the same rule as starcoder
        for special in (False, True):
            reference = ref.build(name, tokens, kinds, merges, special)
            key = name + (" special" if special else "")
            cases = texts if not special else texts[-6:]
            ids[key] = [e.ids for e in reference.encode_batch(cases, add_special_tokens=False)]
    out = json.dumps({"texts": texts, "ids": ids}, separators=(",", ":"))
    (DATA / "small_ids.json").write_text(out.replace("],[", "],\n[") + "\n")


if __name__ == "__main__":
    main()
