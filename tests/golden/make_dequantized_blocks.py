"""Writes tests/kernels/data/dequantized_blocks.bin: random blocks of each quantised weight type and
the floats that PyPI's `gguf` makes of them. tests/kernels/dequantize_row_test.cc reads it.

    python tests/golden/make_dequantized_blocks.py      (needs: pip install gguf numpy)

Little endian. Per type: u32 GGUF type, u32 columns, u32 bytes, the row's bytes, the row's float32.
The bytes are random except that each float16 scale is a finite number between 2^-14 and 2^2.
"""

import pathlib
import struct

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

SEED = 20261123
COLUMNS = 512
# Offsets of the float16 fields in a block.
HALVES = {Type.F16: [0], Type.Q8_0: [0], Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q4_K: [0, 2],
          Type.Q6_K: [208], Type.BF16: [], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.IQ4_NL: [0],
          Type.Q2_K: [80, 82], Type.Q3_K: [108], Type.Q5_K: [0, 2]}


def random_row(kind, rng):
    elements, size = GGML_QUANT_SIZES[kind]
    blocks = rng.integers(0, 256, (COLUMNS // elements, size), dtype=np.uint8)
    for offset in HALVES[kind]:
        values = np.exp2(rng.uniform(-14, 2, len(blocks))) * rng.choice([-1, 1], len(blocks))
        blocks[:, offset:offset + 2] = values.astype("<f2")[:, None].view(np.uint8)
    if kind == Type.BF16:  # no infinities, no NaNs
        blocks[:, 1] &= 0xBF
    return blocks.reshape(-1)


def main():
    rng = np.random.default_rng(SEED)
    out = pathlib.Path(__file__).parents[1] / "kernels/data/dequantized_blocks.bin"
    out.parent.mkdir(exist_ok=True)
    with out.open("wb") as file:
        for kind in HALVES:
            row = random_row(kind, rng)
            floats = dequantize(row[None, :], kind).reshape(-1).astype("<f4")
            assert len(floats) == COLUMNS and np.isfinite(floats).all()
            file.write(struct.pack("<III", int(kind), COLUMNS, len(row)))
            file.write(row.tobytes())
            file.write(floats.tobytes())
    print(f"{out.name}: {out.stat().st_size} bytes, gguf seed {SEED}")


if __name__ == "__main__":
    main()
