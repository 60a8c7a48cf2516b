"""A judge that runs all the time: it answers each line of words, and the bytes behind it, with one
line.
"""

import subprocess
import sys
import threading


class Answers:
    def __init__(self, *command):
        self.program = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.lock = threading.Lock()

    def ask(self, words, text):
        with self.lock:
            self.program.stdin.write(" ".join(map(str, words)).encode() + b"\n" + text)
            self.program.stdin.flush()
            line = self.program.stdout.readline()
        if not line:
            sys.exit(f"{self.program.args[0]} died of {words}:\n{text.decode(errors='replace')}")
        return line.decode(errors="replace").rstrip("\n")
