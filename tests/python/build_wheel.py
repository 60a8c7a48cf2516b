"""Builds a source distribution and, out of that alone, the wheel, into a virtual environment of the
build folder, where the tests of this folder run:  build_wheel.py BUILD

What the main build has compiled comes out of the compiler's cache.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


# As the main build calls the compiler, by which name its cache knows what it made.
COMPILER = {"CC": "cc", "CXX": "c++"}


def run(*command):
    subprocess.run(list(map(str, command)), check=True, env={**os.environ, **COMPILER})


def main():
    folder = pathlib.Path(sys.argv[1]) / "python"
    environment, built = folder / "venv", folder / "dist"
    python = environment / "bin/python"
    if not python.exists():
        venv.create(environment, with_pip=True, clear=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(*install, "-r", HERE / "requirements.txt")
    shutil.rmtree(built, ignore_errors=True)
    run(python, "-m", "build", "--outdir", built, ROOT)
    wheel, = built.glob("*.whl")
    run(*install, "--no-deps", "--force-reinstall", wheel)


if __name__ == "__main__":
    main()
