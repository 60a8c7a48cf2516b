"""The Python examples that Cromwell began with (its first README, section 7.1), word for word: only
the files that they name are made first."""

import contextlib
import io
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from support import BUILD, MODEL

EXAMPLE = '''
from cromwell import CodeEditor, SamplingConfig

# Initialize model with sampling configuration
config = SamplingConfig(
    temperature=0.2,
    top_p=0.95,
    max_tokens=2048
)

editor = CodeEditor(
    model_path="checkpoints/cromwell-1.2b.bin",
    tokenizer_path="tokenizer/cromwell-50k.json",
    codebase_path="path/to/project",
    config=config
)

# Execute code edit with natural language instruction
result = editor.edit(
    file_path="src/main.py",
    instruction="Add error handling to the parse_config function"
)

# Apply validated diff
if result.success:
    result.apply()
    print(f"Edit applied: {result.stats}")
'''
MAIN = '''import json


def parse_config(path):
    with open(path) as file:
        return json.load(file)


def main():
    print(parse_config("config.json"))
'''


class SeedExampleTest(unittest.TestCase):
    def setUp(self):
        if not MODEL.exists():
            self.skipTest(f"no model at {MODEL}: run build/cromwell model pull-default")
        scratch = tempfile.TemporaryDirectory(prefix="cromwell-python.")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        for name in ("checkpoints", "tokenizer", "path/to/project/src"):
            (self.folder / name).mkdir(parents=True)
        shutil.copyfile(MODEL, self.folder / "checkpoints/cromwell-1.2b.bin")
        subprocess.run([BUILD / "cromwell", "tokenizer", "export",
                        self.folder / "tokenizer/cromwell-50k.json", "--model", MODEL], check=True)
        self.main = self.folder / "path/to/project/src/main.py"
        self.main.write_text(MAIN)
        before = pathlib.Path.cwd(), os.environ.get("XDG_STATE_HOME")
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before[0])
        os.environ["XDG_STATE_HOME"] = str(self.folder / "state")
        self.addCleanup(os.environ.pop, "XDG_STATE_HOME")

    def test_the_example_runs_as_it_stands(self):
        out, names = io.StringIO(), {}
        with contextlib.redirect_stdout(out):
            exec(compile(EXAMPLE, "seed", "exec"), names)
        result = names["result"]
        names["editor"].close()
        if result.success:
            self.assertIn("Edit applied: ", out.getvalue())
            self.assertEqual(self.main.read_text() != MAIN, bool(result.diff))
        else:  # a model of this size may refuse; the file is then as it was
            self.assertEqual(result.error.code, "no_valid_edit")
            self.assertEqual(self.main.read_text(), MAIN)


if __name__ == "__main__":
    unittest.main()
