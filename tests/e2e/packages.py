"""The Python packages of tests/e2e/requirements.txt, which ./deploy/test installs into the build."""

import importlib
import importlib.util
import sys
import unittest

from daemon import BUILD

FOLDER = BUILD / "test-packages"


def need(name):
    """The package's module, or a test that is skipped with the reason."""
    if FOLDER.exists() and str(FOLDER) not in sys.path:
        sys.path.insert(0, str(FOLDER))
    package, _, _ = name.partition(".")
    if importlib.util.find_spec(package) is None:
        raise unittest.SkipTest(
            f"SKIPPED: no package {name}: pip install --target {FOLDER} -r requirements.txt")
    return importlib.import_module(name)
