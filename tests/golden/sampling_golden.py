"""Reference distributions for the sampler, from the formulas' own papers, in plain Python.

    python3 tests/golden/sampling_golden.py > tests/engine/data/sampling.json

Each case: logits, the text so far (prompt and answer), options, and the probability of each token
that may be drawn; for mirostat also mu before and after a draw of the likeliest token.
Sources: CTRL (Keskar et al. 2019, 4.1); OpenAI API reference, frequency and presence penalties;
DRY (text-generation-webui #5677); top-n-sigma (Tang et al. 2024); locally typical sampling
(Meister et al. 2023); nucleus (Holtzman et al. 2020); mirostat 2 (Basu et al. 2021).
"""
import json
import math
import random
import struct

BREAKERS = (7,)  # what the test's tokenizer finds "*" in


def f32(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def penalised(logits, prompt, answer, o):
    x = list(logits)
    for token, bias in o.get("logit_bias", []):
        x[token] += bias
    r = o.get("repetition_penalty", 1)
    for token in set(prompt + answer):
        x[token] = x[token] / r if x[token] > 0 else x[token] * r
    for token in set(answer):
        x[token] -= answer.count(token) * o.get("frequency_penalty", 0)
        x[token] -= o.get("presence_penalty", 0)
    if o.get("dry_multiplier", 0):
        dry(x, prompt + answer, o)
    return x


def dry(x, text, o):
    """For each earlier place, how many tokens before it are the text's last; as #5677 does it."""
    text = text[-o["dry_range"]:] if o.get("dry_range") else text
    longest = {}
    for place in range(1, len(text)):  # text[place] would make the repetition longer
        if text[place] in BREAKERS:
            continue
        length = 0
        while length < place:
            if text[place - 1 - length] != text[-1 - length] or text[-1 - length] in BREAKERS:
                break
            length += 1
        longest[text[place]] = max(longest.get(text[place], 0), length)
    for token, length in longest.items():
        if length >= o["dry_allowed_length"]:
            x[token] -= o["dry_multiplier"] * o["dry_base"] ** (length - o["dry_allowed_length"])


def softmax(pairs, temperature):
    top = max(x for _, x in pairs)
    weights = [(i, math.exp((x - top) / temperature)) for i, x in pairs]
    total = sum(w for _, w in weights)
    return [(i, w / total) for i, w in weights]


def renormalised(pairs):
    total = sum(p for _, p in pairs)
    return [(i, p / total) for i, p in pairs]


def fewest(pairs, mass):
    kept, total = [], 0.0
    for pair in pairs:
        if kept and total >= mass:
            break
        kept.append(pair)
        total += pair[1]
    return kept


def distribution(x, o):
    pairs = list(enumerate(x))
    if o.get("top_n_sigma", 0):
        mean = sum(x) / len(x)
        sigma = math.sqrt(sum((a - mean) ** 2 for a in x) / len(x))
        pairs = [(i, a) for i, a in pairs if a >= max(x) - o["top_n_sigma"] * sigma]
    pairs.sort(key=lambda pair: (-pair[1], pair[0]))
    if o.get("top_k", 0):
        pairs = pairs[: o["top_k"]]
    probabilities = softmax(pairs, o["temperature"])
    peak = probabilities[0][1]
    if o.get("typical_p", 1) < 1:
        entropy = -sum(p * math.log(p) for _, p in probabilities if p > 0)
        probabilities.sort(key=lambda pair: (abs(-math.log(pair[1]) - entropy), pair[0]))
        probabilities = fewest(probabilities, o["typical_p"])
        peak /= sum(p for _, p in probabilities)
        probabilities = renormalised(probabilities)
    probabilities.sort(key=lambda pair: (-pair[1], pair[0]))
    if o.get("top_p", 1) < 1:
        kept = fewest(probabilities, o["top_p"])
        peak /= sum(p for _, p in kept)
        probabilities = renormalised(kept)
    first = probabilities[0]
    kept = [pair for pair in probabilities if pair[1] >= o.get("min_p", 0) * peak]
    return renormalised(kept or [first])


def mirostat(x, o, mu):
    probabilities = softmax(sorted(enumerate(x), key=lambda p: (-p[1], p[0])), o["temperature"])
    kept = [pair for pair in probabilities if -math.log2(pair[1]) <= mu] or probabilities[:1]
    kept = renormalised(kept)
    surprise = -math.log2(kept[0][1])
    return kept, mu - o["mirostat_eta"] * (surprise - o["mirostat_tau"])


OPTIONS = [
    {"temperature": 1},
    {"temperature": 0.7, "frequency_penalty": 0.6},
    {"temperature": 0.7, "presence_penalty": 0.8, "frequency_penalty": -0.3},
    {"temperature": 1, "logit_bias": [[3, 2.5], [5, -100]]},
    {"temperature": 1, "repetition_penalty": 1.3, "frequency_penalty": 0.2,
     "logit_bias": [[1, 1.0]]},
    {"temperature": 1, "typical_p": 0.3},
    {"temperature": 1.4, "typical_p": 0.7},
    {"temperature": 0.9, "typical_p": 0.8, "top_k": 12, "top_p": 0.9},
    {"temperature": 0.9, "typical_p": 0.6, "min_p": 0.3},
    {"temperature": 1, "top_n_sigma": 1.0},
    {"temperature": 2, "top_n_sigma": 0.5, "top_p": 0.8},
    {"temperature": 1, "dry_multiplier": 0.8, "dry_base": 1.75, "dry_allowed_length": 2},
    {"temperature": 1, "dry_multiplier": 2, "dry_base": 1.2, "dry_allowed_length": 1},
    {"temperature": 1, "dry_multiplier": 1, "dry_base": 2, "dry_allowed_length": 2,
     "dry_range": 9},
    {"temperature": 1, "mirostat": 2, "mirostat_tau": 3, "mirostat_eta": 0.1},
    {"temperature": 1.5, "mirostat": 2, "mirostat_tau": 1, "mirostat_eta": 0.4},
]
TEXTS = [
    ([1, 2, 3], []),
    ([4, 5], [1, 2, 2, 9]),
    ([1, 2, 3, 4, 5, 9, 2, 3, 8], [6, 1, 2, 3]),
    ([1, 2, 7, 3, 5, 2, 7, 3, 6], [2, 7, 3]),
    ([2, 2, 2, 2], [2, 2, 2]),
    ([1, 2, 7, 5], [1, 2]),
]


def main():
    rng = random.Random(20)
    cases = []
    for options in OPTIONS:
        for prompt, answer in TEXTS:
            logits = [f32(rng.gauss(0, 2)) for _ in range(24)]
            case = {"logits": logits, "prompt": prompt, "answer": answer, "options": options}
            x = penalised(logits, prompt, answer, options)
            if options.get("mirostat"):
                case["mu"] = round(rng.uniform(0.5, 6), 3)
                probabilities, case["mu_after"] = mirostat(x, options, case["mu"])
            else:
                probabilities = distribution(x, options)
            case["probabilities"] = sorted([i, round(p, 9)] for i, p in probabilities if p > 1e-30)
            cases.append(case)
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")


main()
