#!/usr/bin/env python3
"""What a llama GGUF says about some texts, computed independently of Cromwell: float32 throughout,
from the dequantised weights, attention without a cache and without blocks.

  model_reference.py MODEL.gguf TEXTS.json|FOLDER OUTPUT.json

TEXTS.json is a list of {"name", "text"} or an earlier output; a folder gives its *.txt files. The
output holds for each text its ids, the log-probability of each id but the first, their mean (as
negative log-likelihood), and 32 greedy tokens with the lead of each over the second best.
Needs gguf, torch, tokenizers.
"""

import json
import pathlib
import sys

import gguf
import torch
from gguf.quants import dequantize

import tokenizer_reference

GREEDY_TOKENS = 32


class Llama:
    def __init__(self, path):
        reader = gguf.GGUFReader(path)
        self.fields = reader.fields
        self.w = {t.name: torch.from_numpy(dequantize(t.data, t.tensor_type).copy()).float()
                  for t in reader.tensors}
        self.layers = self.field("block_count")
        self.heads = self.field("attention.head_count")
        self.kv_heads = self.field("attention.head_count_kv", self.heads)
        hidden = self.field("embedding_length")
        self.head_dim = self.field("attention.key_length", hidden // self.heads)
        self.rope_dim = self.field("rope.dimension_count", self.head_dim)
        self.eps = self.field("attention.layer_norm_rms_epsilon")
        pairs = torch.arange(0, self.rope_dim, 2).double() / self.rope_dim
        self.frequency = self.field("rope.freq_base", 10000.0) ** -pairs
        if "rope_freqs.weight" in self.w:
            self.frequency /= self.w["rope_freqs.weight"].double()
        if self.field("rope.scaling.type", "none") == "linear":
            self.frequency /= self.field("rope.scaling.factor")
        sigmoid = self.fields.get("cromwell.ffn_gate")
        self.gate = torch.sigmoid if sigmoid and sigmoid.contents() == "sigmoid" else \
            torch.nn.functional.silu

    def field(self, suffix, default=None):
        field = self.fields.get("llama." + suffix)
        return default if field is None else field.contents()

    def norm(self, x, gamma):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * gamma

    def rotate(self, x):  # [tokens, heads, head_dim], pairs (2i, 2i + 1)
        angle = torch.outer(torch.arange(x.shape[0]).double(), self.frequency)
        cos, sin = angle.cos().float()[:, None], angle.sin().float()[:, None]
        even, odd = x[..., 0:self.rope_dim:2], x[..., 1:self.rope_dim:2]
        rotated = torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)
        return torch.cat([rotated, x[..., self.rope_dim:]], -1)

    def attention(self, h, blk):
        n = h.shape[0]
        q = self.rotate((h @ self.w[blk + "attn_q.weight"].T).view(n, self.heads, self.head_dim))
        k = self.rotate((h @ self.w[blk + "attn_k.weight"].T).view(n, self.kv_heads, self.head_dim))
        v = (h @ self.w[blk + "attn_v.weight"].T).view(n, self.kv_heads, self.head_dim)
        group = self.heads // self.kv_heads
        k, v = (t.repeat_interleave(group, 1) for t in (k, v))
        scores = torch.einsum("thd,shd->hts", q, k) / self.head_dim ** 0.5
        scores = scores.masked_fill(torch.ones(n, n).triu(1).bool(), float("-inf"))
        out = torch.einsum("hts,shd->thd", scores.softmax(-1), v).flatten(1)
        return out @ self.w[blk + "attn_output.weight"].T

    def ffn(self, h, blk):
        gate = self.gate(h @ self.w[blk + "ffn_gate.weight"].T)
        return (gate * (h @ self.w[blk + "ffn_up.weight"].T)) @ self.w[blk + "ffn_down.weight"].T

    def logits(self, ids, last=False):  # [tokens, vocab], or of the last token only
        x = self.w["token_embd.weight"][ids]
        for i in range(self.layers):
            blk = f"blk.{i}."
            x = x + self.attention(self.norm(x, self.w[blk + "attn_norm.weight"]), blk)
            x = x + self.ffn(self.norm(x, self.w[blk + "ffn_norm.weight"]), blk)
        x = self.norm(x[-1:] if last else x, self.w["output_norm.weight"])
        return x @ self.w.get("output.weight", self.w["token_embd.weight"]).T


def read_texts(path):
    path = pathlib.Path(path)
    if path.is_dir():
        return [(p.stem, p.read_text()) for p in sorted(path.glob("*.txt"))]
    content = json.loads(path.read_text())
    entries = content["texts"] if isinstance(content, dict) else content
    return [(e["name"], e["text"]) for e in entries]


def judge(model, name, text, ids):
    logprobs = model.logits(ids).log_softmax(-1)
    own = logprobs[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0]
    greedy, margins = list(ids), []
    for _ in range(GREEDY_TOKENS):
        best = model.logits(greedy, last=True)[0].topk(2)
        margins.append(round(float(best.values[0] - best.values[1]), 4))
        greedy.append(int(best.indices[0]))
    return {"name": name, "text": text, "ids": ids, "mean_nll": round(-float(own.mean()), 6),
            "logprobs": [round(x, 4) for x in own.tolist()], "greedy": greedy[len(ids):],
            "margins": margins}


def main(model_path, texts_path, output_path):
    torch.set_grad_enabled(False)
    model = Llama(model_path)
    tokenizer = tokenizer_reference.build(*tokenizer_reference.gguf_vocabulary(model_path),
                                          special=True)
    results = []
    for name, text in read_texts(texts_path):
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        results.append(judge(model, name, text, ids))
        print(f"{name}: {len(ids)} tokens, mean NLL {results[-1]['mean_nll']}")
    lines = ",\n".join(json.dumps(r, ensure_ascii=False) for r in results)
    source = json.dumps(pathlib.Path(model_path).name)
    pathlib.Path(output_path).write_text(f'{{"model": {source}, "texts": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
