"""llama.cpp, which the benchmarks compare with: the sources inside PyPI's sdist of llama-cpp-python,
pinned by version and checksum, fetched and built once in the cache folder. Standard library only."""
import hashlib
import os
import subprocess
import sys
from pathlib import Path

REQUIREMENT = "llama-cpp-python==0.3.36"
SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
CMAKE_FLAGS = ["-DCMAKE_BUILD_TYPE=Release", "-DLLAMA_CURL=OFF", "-DLLAMA_BUILD_TESTS=OFF",
               "-DLLAMA_BUILD_SERVER=ON", "-DLLAMA_BUILD_UI=OFF", "-DLLAMA_USE_PREBUILT_UI=OFF"]
ISA_FLAGS = {"native": [],
             "avx2": ["-DGGML_NATIVE=OFF", "-DGGML_AVX=ON", "-DGGML_AVX2=ON", "-DGGML_FMA=ON",
                      "-DGGML_F16C=ON", "-DGGML_BMI2=ON"]}


def cache_folder():
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cromwell"


def say(text):
    print(text, file=sys.stderr, flush=True)


def command(*words, quiet=False):
    say("+ " + " ".join(map(str, words)))
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL if quiet else sys.stderr)


def fetch_sources(folder):
    """The archive is fetched by pip, checked here, and never installed."""
    archives = list(folder.glob("llama_cpp_python-*.tar.gz"))
    if not archives:
        command(sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:",
                "--dest", folder, REQUIREMENT)
        archives = list(folder.glob("llama_cpp_python-*.tar.gz"))
    found = hashlib.sha256(archives[0].read_bytes()).hexdigest()
    if found != SHA256:
        sys.exit(f"{archives[0]}: sha256 {found}, expected {SHA256}")
    sources = folder / archives[0].name.removesuffix(".tar.gz") / "vendor" / "llama.cpp"
    if not sources.exists():
        command("tar", "-xzf", archives[0], "-C", folder)
    return sources


def build(target, isa="native"):
    """The path of one of its programs."""
    folder = cache_folder() / "peers"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"build-{isa}"
    program = place / "bin" / target
    if not program.exists():
        sources = fetch_sources(folder)
        command("cmake", "-S", sources, "-B", place, *CMAKE_FLAGS, *ISA_FLAGS[isa], quiet=True)
        command("cmake", "--build", place, "--target", target, "-j", str(os.cpu_count()),
                quiet=True)
    return program
