#!/usr/bin/env python3
"""What our arithmetic costs in likelihood, by the type of the weights: the mean log-likelihood of
the golden texts (code and prose) as a daemon computes it, against float32 of the very same
quantised weights.

    tests/bench/likelihood_by_type.py [TYPE ...] [--limit PERCENT] [--flag=DAEMON_FLAG ...]

The model (CROMWELL_TEST_MODEL, or the default one) is brought to F32, that to each type by
`cromwell model quantize`, and /v1/completions scores the texts with int8 activations, F16 keys and
values, and all else as it is by default. The other side is tests/golden/model_reference.py. Exits 1
where a type's mean is off by more than --limit. Needs torch, gguf and tokenizers.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path += [str(TESTS / "e2e"), str(TESTS / "golden")]
import daemon  # noqa: E402

TYPES = ["Q4_0", "Q4_1", "Q4_K", "Q8_0", "Q6_K", "Q5_K", "Q5_0", "Q5_1", "IQ4_NL", "Q3_K", "Q2_K",
         "F32", "F16", "BF16"]
TEXTS = TESTS / "golden/smollm2.json"


def read_texts():
    """The ids of each text."""
    return [text["ids"] for text in json.loads(TEXTS.read_text())["texts"]]


def quantize(source, path, kind):
    subprocess.run([daemon.BUILD / "cromwell", "model", "quantize", source, path, kind],
                   check=True, capture_output=True)


def float32_logprobs(path, texts):
    """Of each text the log-probabilities of its tokens but the first, by the reference."""
    import model_reference
    import torch
    torch.set_grad_enabled(False)
    model = model_reference.Llama(path)
    for ids in texts:
        logprobs = model.logits(ids).log_softmax(-1)
        yield logprobs[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0].tolist()


def our_logprobs(path, texts, flags):
    """The same as a daemon answers it."""
    server = daemon.Daemon(*flags, samples=False, model=path)
    try:
        for ids in texts:
            status, answer = server.post("/v1/completions", {
                "prompt": ids, "max_tokens": 0, "echo": True, "logprobs": 1, "temperature": 0})
            if status != 200:
                raise RuntimeError(f"status {status}: {answer}")
            yield answer["choices"][0]["logprobs"]["token_logprobs"][1:]
    finally:
        server.close()


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def compare(expected, found):
    """Both are lists of log-probabilities, one for each text."""
    pairs = list(zip(expected, found, strict=True))
    tokens = [(b, a) for text in pairs for b, a in zip(*text, strict=True)]
    float32, ours = mean(b for b, _ in tokens), mean(a for _, a in tokens)
    by_text = [100 * (mean(a) / mean(b) - 1) for b, a in pairs]
    return {"float32": float32,
            "ours": ours,
            "percent": 100 * (ours / float32 - 1),
            "worst text": max(by_text, key=abs),
            "rms": mean((a - b) ** 2 for b, a in tokens) ** 0.5}


def measure(base, kind, flags):
    path = base.with_name(f"{kind}.gguf")
    quantize(base, path, kind)
    try:
        texts = read_texts()
        return compare(list(float32_logprobs(path, texts)), list(our_logprobs(path, texts, flags)))
    finally:
        path.unlink()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("types", nargs="*", default=TYPES, metavar="TYPE")
    parser.add_argument("--limit", type=float, default=0.5, help="percent of the mean (default 0.5)")
    parser.add_argument("--flag", action="append", default=[], help="a flag for the daemon")
    options = parser.parse_args()
    print("type      float32       ours   off, %  worst text, %  a token's rms", flush=True)
    within = True
    with tempfile.TemporaryDirectory(prefix="cromwell-likelihood.") as folder:
        base = pathlib.Path(folder) / "base.gguf"
        quantize(daemon.MODEL, base, "F32")
        for kind in options.types:
            row = measure(base, kind, options.flag)
            print(f"{kind:7} {row['float32']:9.5f}  {row['ours']:9.5f}  {row['percent']:+7.3f}"
                  f"  {row['worst text']:+13.3f}  {row['rms']:13.4f}", flush=True)
            within = within and abs(row["percent"]) <= options.limit
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
