"""The packages that the corpus is made of: packages.tsv, with version, licence and use.

A package is used whole for training, or whole for the benchmark: `held-out`.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("packages.tsv")
REGISTRIES = ("pypi", "sdist", "npm", "debian", "deb")
TRAINING, HELD_OUT = "training", "held-out"


class Package(NamedTuple):
    registry: str
    name: str
    version: str
    licence: str
    use: str

    @property
    def key(self) -> str:
        """As a file name."""
        return f"{self.registry}-{self.name.replace('/', '+')}-{self.version.replace(':', '+')}"


def read(path: Path = LIST) -> list[Package]:
    with open(path, newline="") as file:
        packages = [Package(**row) for row in csv.DictReader(file, delimiter="\t")]
    for package in packages:
        if package.registry not in REGISTRIES or package.use not in (TRAINING, HELD_OUT):
            raise ValueError(f"{path}: {package.name}: registry {package.registry!r}, use "
                             f"{package.use!r}")
    return packages
