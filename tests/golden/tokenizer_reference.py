"""The reference tokenizers: Hugging Face `tokenizers` set up as each model family's tokenizer.json
sets it up, without its normalizer (a GGUF tokenizer does not normalise)."""

import os
import pathlib
import random

from tokenizers import AddedToken, Regex, Tokenizer, models
from tokenizers import pre_tokenizers as pre

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace("{1,3}", "")
BYTES = lambda: pre.ByteLevel(add_prefix_space=False, use_regex=False)
isolated = lambda regex: pre.Split(Regex(regex), "isolated")


def digits_then_gpt2():
    return pre.Sequence([pre.Digits(individual_digits=True), pre.ByteLevel(add_prefix_space=False)])


def deepseek_coder():
    cjk = "[一-龥ࠀ-一가-퟿]+"
    return pre.Sequence(
        [isolated(r"[\r\n]"), isolated(r"\s?\p{L}+"), isolated(r"\s?\p{P}+"), isolated(cjk)]
        + [pre.Digits(individual_digits=True), BYTES()]
    )


PRE_TOKENIZERS = {
    "gpt-2": lambda: pre.ByteLevel(add_prefix_space=False),
    "smollm": digits_then_gpt2,
    "starcoder": digits_then_gpt2,
    "refact": digits_then_gpt2,
    "command-r": digits_then_gpt2,
    "qwen2": lambda: pre.Sequence([isolated(QWEN2), BYTES()]),
    "llama-bpe": lambda: pre.Sequence([isolated(LLAMA3), BYTES()]),
    "deepseek-coder": deepseek_coder,
}
NORMAL, CONTROL, USER_DEFINED = 1, 3, 4


def build(name, tokens, kinds, merges, special=False):
    """A reference tokenizer; control tokens are found in text only with `special`."""
    model = models.BPE(
        vocab={t: i for i, t in enumerate(tokens)},
        merges=[tuple(m.split(" ")) for m in merges],
        ignore_merges=name == "llama-bpe",
    )
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = PRE_TOKENIZERS[name]()
    for kind, is_special in ((CONTROL, True), (USER_DEFINED, False)):
        if is_special and not special:
            continue
        added = [AddedToken(t, normalized=False, special=is_special)
                 for t, k in zip(tokens, kinds) if k == kind]
        tokenizer.add_special_tokens(added) if is_special else tokenizer.add_tokens(added)
    return tokenizer


def default_model():
    cache = os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache"))
    path = os.path.join(cache, "cromwell/models/SmolLM2-135M-Instruct.Q4_1.gguf")
    return os.environ.get("CROMWELL_TEST_MODEL", path)


def gguf_vocabulary(path):
    import gguf

    fields = gguf.GGUFReader(path).fields
    get = lambda key: fields["tokenizer.ggml." + key].contents()
    return get("pre"), get("tokens"), get("token_type"), get("merges")


def write_vocabulary(path, name, tokens, kinds, merges):
    lines = [f"pre {name}", f"tokens {len(tokens)}"]
    lines += [f"{k} {t}" for t, k in zip(tokens, kinds)]
    lines += [f"merges {len(merges)}"] + merges
    pathlib.Path(path).write_bytes(("\n".join(lines) + "\n").encode())


def read_vocabulary(path):
    lines = pathlib.Path(path).read_bytes().decode().split("\n")
    count = int(lines[1].split()[1])
    kinds, tokens = zip(*((int(line[0]), line[2:]) for line in lines[2 : 2 + count]))
    return list(tokens), list(kinds), lines[3 + count : -1]


SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\ufeff"
WORDS = ["'s", "'S", "'LL", "'re", "'Ve", "'m", "'D", "'ſ", "don't", "I'VE", "''s", "'", "l'l", "hello",
         "world", "def", "return", "self", "\r\n", "\n\n", "    ", "\t\t", "  \n  ", "1234567", "3.14",
         "0x1F", "١٢٣", "½", "Ⅷ", "𝟘𝟙", "e\u0301", "नमस्ते", "한국어", "中文字符", "日本語テキスト", "ру́сский",
         "🙂", "👩\u200d👩\u200d👧", "🇫🇷", "ﬁ", "İ", "ß", "—", "…", "“q”", "{", "}", "();", "->", "!=", "//", "/*"]
INTERESTING = ([c for r in ((0x20, 0x7F), (0xA0, 0x250), (0x2000, 0x2100), (0x3000, 0x3100))
                for c in range(*r)])


def random_char(rng):
    pick = rng.random()
    if pick < 0.35:
        return chr(rng.randrange(0x20, 0x7F))
    if pick < 0.55:
        return rng.choice(SPACES)
    if pick < 0.75:
        return chr(rng.choice(INTERESTING))
    while True:  # all planes, assigned or not
        c = rng.randrange(0x110000) if pick < 0.85 else rng.randrange(0x20000)
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def random_text(rng, max_parts=40):
    parts = []
    for _ in range(rng.randrange(1, max_parts)):
        pick = rng.random()
        if pick < 0.35:
            parts.append(rng.choice(WORDS))
        elif pick < 0.45:
            parts.append(random_char(rng) * rng.randrange(1, 12))
        else:
            parts.append(random_char(rng))
        if rng.random() < 0.2:
            parts.append(" ")
    return "".join(parts)
