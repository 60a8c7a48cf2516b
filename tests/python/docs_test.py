"""The examples in the package's docstrings, and those of the README and docs/python.md."""

import doctest
import importlib
import os
import pkgutil
import re
import unittest

from support import MODEL, ROOT, ProjectTest

import cromwell


class DocsTest(ProjectTest):
    def setUp(self):
        super().setUp()
        os.environ["XDG_STATE_HOME"] = str(self.project.parent / "state")
        self.addCleanup(os.environ.pop, "XDG_STATE_HOME")

    def test_the_examples_of_the_docstrings_say_what_happens(self):
        names = {"MODEL": MODEL, "PROJECT": self.project,
                 "SamplingConfig": cromwell.SamplingConfig}
        tried = 0
        for module in pkgutil.iter_modules(cromwell.__path__, "cromwell."):
            if module.name.endswith((".evaluation", "._engine")):
                continue
            failed, run = doctest.testmod(importlib.import_module(module.name), extraglobs=names)
            self.assertEqual(failed, 0, module.name)
            tried += run
        self.assertGreater(tried, 15)

    def test_the_examples_of_the_pages_run(self):
        (self.project / "src").mkdir()
        (self.project / "inventory.py").rename(self.project / "src/main.py")
        for page in ("README.md", "docs/python.md"):
            blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.S)
            self.assertTrue(blocks, page)
            for block in blocks:
                self.run_block(block, page)

    def run_block(self, block, page):
        block = block.replace("path/to/model.gguf", str(MODEL))
        block = block.replace("path/to/project", str(self.project))
        exec(compile(block, page, "exec"), {"__name__": "example"})


if __name__ == "__main__":
    unittest.main()
