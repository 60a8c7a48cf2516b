"""Texts, and the merges that Hugging Face's trainer learns from them, for
tests/tokenizer/bpe_trainer_test.cc. Few letters, so that pairs overlap, counts tie and one token is
spelt by two merges. Needs PyPI `tokenizers`.

    python tests/golden/tokenizer_train_golden.py > tests/tokenizer/data/trained.json
"""

import json
import random
import sys

from tokenizers import AddedToken, Tokenizer, models, trainers
from tokenizers import pre_tokenizers as pre

import tokenizer_reference as ref

SPECIAL = ["<PAD>", "<EOS>"]


def train(text, vocab_size, min_count):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = ref.PRE_TOKENIZERS["qwen2"]()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, min_frequency=min_count, show_progress=False,
        initial_alphabet=pre.ByteLevel.alphabet(),
        special_tokens=[AddedToken(t, special=True) for t in SPECIAL])
    tokenizer.train_from_iterator([text], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    return {"text": text, "vocab_size": vocab_size, "min_count": min_count, "tokens": tokens,
            "merges": [" ".join(m) if isinstance(m, list) else m for m in model["merges"]]}


def random_text(rng, letters, words, longest):
    word = lambda: "".join(rng.choice(letters) for _ in range(rng.randint(1, longest)))
    return "".join(word() + rng.choice([" ", " ", "\n", "\n    ", "("]) for _ in range(words))


def main():
    rng = random.Random(8)
    cases = [train(random_text(rng, letters, words, longest), size, count)
             for letters, words, longest, size, count in [
                 ("ab", 60, 12, 330, 1), ("a", 20, 30, 300, 1), ("abcé", 200, 6, 400, 2),
                 ("xyz01", 150, 8, 1000, 3), ("日本語a", 80, 5, 360, 2)]]
    json.dump(cases, sys.stdout, ensure_ascii=False, indent=0)
    print()


if __name__ == "__main__":
    main()
