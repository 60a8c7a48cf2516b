"""Looks at what is compiled with extra instruction flags: kernels/<isa>/ and kernels/vector/.

    python check_isa_objects.py NM OBJECT...

A weak symbol in such an object may be the copy that the linker keeps for the whole program, and
then plain code dies of an illegal instruction on an older CPU. So these objects define none, and
their sources include nothing that could bring one: see rule 13 of the house style.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("kernels/avx2", "kernels/avx512", "kernels/avxvnni", "kernels/vector")
PLAIN = {"immintrin.h", "cstdint", "cstddef", "kernels/ops.h", "kernels/weight_type.h",
         "kernels/activation_panel.h", "kernels/activation_ranges.h", "kernels/blocks.h",
         "kernels/gemm_blocks.h", "kernels/kv_block.h", "kernels/packed_rows.h",
         "kernels/scalar/scalar.h"}
WEAK = "WVuw"  # nm's letters for weak, unique and undefined weak symbols


def wrong_includes():
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*"))]
    for path in [ROOT / name for name in PLAIN if name.startswith("kernels/")] + paths:
        for header in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)', path.read_text(), re.M):
            if header not in PLAIN and not header.startswith(tuple(f + "/" for f in FOLDERS)):
                yield f"{path.relative_to(ROOT)}: includes {header}"


def weak_symbols(nm, objects):
    for name in objects:
        lines = subprocess.run([nm, "-C", name], check=True, capture_output=True,
                               text=True).stdout.splitlines()
        for line in lines:
            symbol = re.match(rf"[0-9a-f ]* ([{WEAK}]) (.*)", line)
            if symbol:
                yield f"{pathlib.Path(name).name}: weak symbol {symbol[2]}"


def main():
    nm, *objects = sys.argv[1:]
    problems = [*wrong_includes(), *weak_symbols(nm, objects)]
    print("\n".join(problems))
    print(f"{len(objects)} objects, {len(problems)} problems")
    return 1 if problems or not objects else 0


if __name__ == "__main__":
    sys.exit(main())
