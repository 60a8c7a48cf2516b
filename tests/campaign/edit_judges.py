"""What is wrong with an edit that the daemon gave out, judged without any of its code: git apply,
patch(1), the bytes outside the region, line endings, mode, and the languages' own parsers.
"""

import collections
import pathlib
import subprocess
import tempfile


def wrong_with(case, patch, new_text, new_mode, judges):
    """The faults of an applied edit, in words; empty: none. `new_text`: the file's bytes now."""
    faults = []
    for name, command in (("git apply", ["git", "apply", "--whitespace=nowarn", "patch"]),
                          ("patch", ["patch", "--silent", "--binary", "-p1", "-i", "patch"])):
        patched = run_patch(case, patch, command)
        if patched is None:
            faults.append(f"{name} refuses the patch")
        elif patched != new_text:
            faults.append(f"{name} gives other bytes than the daemon wrote")
    if new_mode != case.mode:
        faults.append(f"mode {case.mode:o} became {new_mode:o}")
    faults += outside_faults(case, new_text) + ending_faults(case.text, new_text)
    if errors := judges.new_errors(case.language, case.text, new_text):
        faults.append("a new syntax error: " + "; ".join(map(str, errors))[:300])
    return faults


def run_patch(case, patch, command):
    """The file after `command` in a folder that holds it and the patch; none if it fails."""
    with tempfile.TemporaryDirectory() as folder:
        target = pathlib.Path(folder, case.file)
        target.parent.mkdir()
        target.write_bytes(case.text)
        pathlib.Path(folder, "patch").write_bytes(patch.encode())
        if command[0] == "git":
            check = [*command[:2], "--check", *command[2:]]
            if subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode:
                return None
        run = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        return target.read_bytes() if run.returncode == 0 else None


def outside_faults(case, new_text):
    lines = case.text.split(b"\n")
    before = b"".join(line + b"\n" for line in lines[:case.first - 1])
    after = b"\n".join(lines[case.last:])
    faults = []
    if not new_text.startswith(before):
        faults.append("bytes before the region changed")
    if not new_text[len(before):].endswith(after):
        faults.append("bytes after the region changed")
    return faults


def endings(text):
    crlf = text.count(b"\r\n")
    return collections.Counter(crlf=crlf, lf=text.count(b"\n") - crlf,
                               cr=text.count(b"\r") - crlf)


def ending_faults(old_text, new_text):
    before, after = endings(old_text), endings(new_text)
    faults = [f"a line ending that the file had not: {kind}" for kind in after
              if after[kind] and not before[kind]]
    if new_text and old_text.endswith(b"\n") != new_text.endswith(b"\n"):
        faults.append("the final newline")
    return faults
