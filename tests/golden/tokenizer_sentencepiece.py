"""SentencePiece: writes the tokenizer tests' data, or compares our ids with the library's on random
Unicode strings and the Python standard library's sources. Needs PyPI `sentencepiece`, `protobuf`
and `tokenizers`; to compare, a built build/tokenizer_ids.

    python tests/golden/tokenizer_sentencepiece.py golden
    python tests/golden/tokenizer_sentencepiece.py compare [--strings N] [--seed N] [--tool PATH]

U+2581, SentencePiece's sign for a space, is left out of all texts: the library turns it into a
space, we keep it. NUL ends a text for the library.
"""

import argparse
import io
import json
import pathlib
import random
import sys
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

import tokenizer_compare
import tokenizer_reference as ref

DATA = pathlib.Path(__file__).resolve().parents[1] / "tokenizer" / "data"
SEED = 21
CONTROL = ["<|im_start|>", "<|im_end|>"]
USER_DEFINED = ["▁▁▁▁", "<tool>", "<tool>▁x", "中文"]
NORMAL, UNKNOWN, CONTROL_KIND, USER, UNUSED, BYTE = range(1, 7)


def train(texts, unused_every=29):
    """A small model as Llama's are made: byte fallback, nothing normalised. Some of its pieces are
    marked as unused afterwards."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts), model_writer=model, model_type="bpe", vocab_size=900,
        byte_fallback=True, split_digits=True, normalization_rule_name="identity",
        remove_extra_whitespaces=False, allow_whitespace_only_pieces=True,
        control_symbols=CONTROL, user_defined_symbols=USER_DEFINED, character_coverage=0.98,
        max_sentence_length=100000, num_threads=1, minloglevel=2)
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    for i, piece in enumerate(proto.pieces):
        if piece.type == NORMAL and i % unused_every == 0:
            piece.type = UNUSED
    return proto


def processor(proto, prefix):
    proto.normalizer_spec.add_dummy_prefix = prefix
    return sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString())


def write_vocabulary(path, proto, prefix):
    name = "sentencepiece" if prefix else "sentencepiece_without_prefix"
    lines = [f"pre {name}", f"tokens {len(proto.pieces)}"]
    lines += [f"{p.type} {p.piece}" for p in proto.pieces]
    lines += [f"scores {len(proto.pieces)}"] + [f"{p.score:g}" for p in proto.pieces]
    pathlib.Path(path).write_bytes(("\n".join(lines) + "\n").encode())


def clean(text):
    return text.replace("▁", "_").replace("\0", "")


def texts_of(rng, count, library):
    texts = [clean(ref.random_text(rng)) for _ in range(count)]
    spiced = [t[: len(t) // 2] + rng.choice(USER_DEFINED).replace("▁", " ") + t[len(t) // 2:]
              for t in texts[: count // 4]]
    return texts + spiced + [clean(t) for t in library]


def training_texts():
    rng = random.Random(SEED)
    library = [clean(t) for t in tokenizer_compare.standard_library()[:120]]
    return [line for text in library for line in text.split("\n") if line] + \
        [clean(ref.random_text(rng)).replace("\n", " ") for _ in range(3000)]


def golden():
    proto = train(training_texts())
    rng = random.Random(SEED)
    library = tokenizer_compare.standard_library()[:40]
    pieces = [t[i: i + 60] for t in library for i in (rng.randrange(max(1, len(t))),)]
    texts = ["", " ", "a", " a", "  a", "    a", "     a", "<tool>", " <tool> x", "<tool> xy",
             "x中文中文", "aaaa" * 30, "\n\n", "\t\tx", "<0x41>", "<s>", "<unk>"]
    texts += [clean(t) for t in ref.WORDS] + texts_of(rng, 70, pieces)
    write_vocabulary(DATA / "sentencepiece.vocabulary", proto, True)
    ids = {str(prefix): processor(proto, prefix).encode(texts) for prefix in (True, False)}
    out = json.dumps({"texts": texts, "ids": ids}, separators=(",", ":"))
    (DATA / "sentencepiece_ids.json").write_text(out.replace("],[", "],\n[") + "\n")


def compare(strings, seed, tool):
    proto = train(training_texts())
    bad = 0
    for prefix in (True, False):
        rng = random.Random(seed)
        texts = texts_of(rng, strings, tokenizer_compare.standard_library())
        with tempfile.NamedTemporaryFile(suffix=".vocabulary") as file:
            write_vocabulary(file.name, proto, prefix)
            ours = tokenizer_compare.our_ids(tool, file.name, texts, False)
        library = processor(proto, prefix)
        different = 0
        for text, line in zip(texts, ours):
            theirs = library.encode(text)
            if line.split() != [str(i) for i in theirs]:
                different += 1
                if different <= 3:
                    print(f"  {ascii(text)[:300]}\n    ours {line[:200]}\n    ref  {theirs[:40]}")
        size = sum(len(t.encode()) for t in texts) / 1e6
        print(f"prefix={prefix!s:5} {len(texts)} texts {size:.1f} MB: {different} differences")
        bad += different
    sys.exit(bad != 0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["golden", "compare"])
    parser.add_argument("--strings", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tool", default=str(tokenizer_compare.ROOT / "build" / "tokenizer_ids"))
    args = parser.parse_args()
    if args.what == "golden":
        golden()
    else:
        compare(args.strings, args.seed, args.tool)


if __name__ == "__main__":
    main()
