"""How many syntax errors a text has, as other programs than ours see it: Python's compiler, Node,
TypeScript's compiler, javac's parser, gofmt, rustfmt; for C and C++ tree-sitter's own Python
package, and what gcc says that it expected instead, of a text without its #include lines. A header
that is sounder as C++ than as C is judged as C++.
"""

import pathlib
import re
import subprocess
import sys
import threading
import warnings

from answers import Answers

WHEELS = ["tree-sitter==0.25.2", "tree-sitter-c==0.24.1", "tree-sitter-cpp==0.23.4"]
TYPESCRIPT = "typescript@5.9.3"  # later ones are no JavaScript
HERE = pathlib.Path(__file__).resolve().parent


class SyntaxJudges:
    """new_errors(language, before, after) -> the messages of `after`, if it has more of them."""

    def __init__(self, cache, gofmt):
        wheels = cache / "judges"
        if not wheels.exists():
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target",
                            str(wheels), *WHEELS], check=True)
        sys.path.insert(0, str(wheels))
        import tree_sitter
        import tree_sitter_c
        import tree_sitter_cpp
        self.parsers = {name: tree_sitter.Parser(tree_sitter.Language(module.language()))
                        for name, module in (("c", tree_sitter_c), ("c++", tree_sitter_cpp))}
        self.cache = cache
        self.gofmt = gofmt
        self.compilers = {}
        self.lock = threading.Lock()

    def new_errors(self, language, before, after):
        if language == "c" and (len(self.tree_errors("c++", before)) <
                                len(self.tree_errors("c", before))):
            language = "c++"
        found = self.errors(language, after)
        return found if len(found) > len(self.errors(language, before)) else []

    def errors(self, language, text):
        if language == "python":
            return python_errors(text)
        if language == "javascript":
            return program_errors(["node", "--check", "-"], text, r"^\w*Error: .*")
        if language == "go":
            return program_errors([self.gofmt, "-e"], text, r"^<standard input>:.*")
        if language == "rust":
            return program_errors(["rustfmt", "--edition", "2021", "--emit", "stdout"], text,
                                  r"^error.*")
        if language in ("typescript", "java"):
            found = self.compiler(language).ask([language, len(text)], text)
            return found.split("\t") if found else []
        language = "c++" if language == "cpp" else language
        return self.tree_errors(language, text) + gcc_errors(language, text)

    def compiler(self, language):
        """Started once; those that ask at a time wait for each other."""
        with self.lock:
            if language not in self.compilers:
                self.compilers[language] = (
                    Answers("node", HERE / "typescript_judge.mjs", self.typescript())
                    if language == "typescript" else Answers("java", HERE / "JavaJudge.java"))
            return self.compilers[language]

    def typescript(self):
        """The compiler's module."""
        module = self.cache / "typescript/node_modules/typescript/lib/typescript.js"
        if not module.exists():
            subprocess.run(["npm", "install", "--silent", "--ignore-scripts", "--prefix",
                            self.cache / "typescript", TYPESCRIPT], check=True)
        return module

    def tree_errors(self, language, text):
        tree = self.parsers[language].parse(text)
        errors = []
        nodes = [tree.root_node]
        while nodes:
            node = nodes.pop()
            if node.is_error or node.is_missing:
                errors.append(f"line {node.start_point[0] + 1}: {node.type}")
            elif node.has_error:
                nodes.extend(node.children)
        return errors


def python_errors(text):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "file", "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return [str(error)]
    return []


def gcc_errors(language, text):
    """Types are unknown without the headers: only what is more than before says something."""
    text = re.sub(rb"^\s*#\s*include.*", b"", text, flags=re.MULTILINE)
    run = subprocess.run(["gcc", "-fsyntax-only", "-w", "-x", language, "-fmax-errors=0", "-"],
                         input=text, capture_output=True, check=False)
    return re.findall(r"^<stdin>.*error: expected .*", run.stderr.decode(errors="replace"),
                      re.MULTILINE)


def program_errors(command, text, pattern):
    run = subprocess.run(command, input=text, capture_output=True, check=False)
    if run.returncode == 0:
        return []
    found = re.findall(pattern, run.stderr.decode(errors="replace"), re.MULTILINE)
    return found or [f"status {run.returncode}"]
