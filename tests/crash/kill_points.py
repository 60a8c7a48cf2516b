"""An apply is ended by SIGKILL at every system call, and so is the recovery after it; and every
system call fails once with every error. By strace's `inject`, on the program apply_probe.

    CROMWELL_BUILD=build python3 tests/crash/kill_points.py --points 10000 --seed 1

After each point and a recovery that is left alone, all files must be old or all new, as the edit's
state says, and nothing else may lie beside them. Prints one line for each kind of point and ends
with 1 if a point failed.
"""

import argparse
import collections
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(os.environ.get("CROMWELL_BUILD", "build"))
MARK = "/probe-begins"
REFUSED = 3
ERRORS = ["EIO", "ENOSPC", "EDQUOT", "EINTR", "EMFILE", "EROFS"]
# Their failures are the allocator's and the loader's, not the file system's; and a close that
# strace makes fail does not take place, while Linux's close always does.
NOT_FILE_CALLS = {"close", "brk", "mmap", "munmap", "mprotect", "exit_group", "getrandom", "futex"}
FOLDERS = ["src", "src/more", "lib"]


def strace_works():
    """Why not, or None."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    command = ["strace", "-o", "/dev/null", "-e", "inject=exit_group:signal=KILL", "true"]
    tried = subprocess.run(command, capture_output=True)
    return None if tried.returncode == -signal.SIGKILL else "strace may not trace here"


class Scene:
    """A root with files and an edit of them, made anew for each point."""

    def __init__(self, top, files, action):
        self.top = pathlib.Path(top)
        self.action = action
        self.names = [f"{FOLDERS[i % len(FOLDERS)]}/file{i}.c" for i in range(files)]
        self.contents = {"old": {}, "new": {}}
        for i, name in enumerate(self.names):
            self.contents["old"][name] = f"the old line {i}\n" * (1 + 7 * i)
            self.contents["new"][name] = f"the newer line {i}\n" * (1 + 7 * i)
        self.before, self.after = ("old", "new") if action == "apply" else ("new", "old")
        self._make_first()

    def _make_first(self):
        self._write("old")
        shutil.rmtree(self.top / "state", ignore_errors=True)
        self.id = self.probe("propose").stdout.strip()
        if self.action == "revert":
            assert self.probe("apply").returncode == 0
        self.state = {p.name: p.read_bytes() for p in (self.top / "state" / "edits").iterdir()}

    def _write(self, which):
        shutil.rmtree(self.top / "root", ignore_errors=True)
        for name in self.names:
            path = self.top / "root" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.contents[which][name])

    def reset(self):
        self._write(self.before)
        folder = self.top / "state" / "edits"
        shutil.rmtree(folder)
        folder.mkdir()
        for name, data in self.state.items():
            (folder / name).write_bytes(data)

    def probe(self, action, *strace):
        command = [*strace, str(BUILD / "apply_probe"), action, str(self.top)]
        if action != "propose":
            command.append(self.id)
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def injected(self, action, call, number, what):
        # Not with --seccomp-bpf: strace 6.1 then sends no signal.
        return self.probe(action, "strace", "-qq", "-o", "/dev/null", "-e", f"trace={call}",
                          "-e", f"inject={call}:{what}:when={number}")

    def killed(self, action, call, number):
        """None, or that the program did not end where it should."""
        ended = self.injected(action, call, number, "signal=KILL")
        return None if ended.returncode == -signal.SIGKILL else f"ended with {ended.returncode}"

    def calls(self, action):
        """(name, which of that name) of each system call of the action."""
        log = self.top / "trace"
        self.probe(action, "strace", "-o", str(log), "-e", "signal=none")
        counts = collections.Counter()
        found = []
        begun = False
        for line in log.read_text().splitlines():
            name = line.partition("(")[0]
            if not name.isidentifier():
                continue
            counts[name] += 1
            if begun and name != "exit_group":
                found.append((name, counts[name]))
            begun = begun or MARK in line
        log.unlink()
        return found

    def files(self):
        """'old', 'new', or what is wrong."""
        found = {}
        for path in (self.top / "root").rglob("*"):
            if path.is_file():
                found[str(path.relative_to(self.top / "root"))] = path.read_text()
        strays = set(found) - set(self.names)
        if strays:
            return f"stray {sorted(strays)}"
        for which in ("old", "new"):
            if found == self.contents[which]:
                return which
        torn = [n for n in self.names
                if found.get(n) not in (self.contents["old"][n], self.contents["new"][n])]
        return f"torn {torn}" if torn else "mixed"

    def recovered(self):
        """None, or what is wrong after a recovery that nobody disturbs."""
        recovery = self.probe("recover")
        files = self.files()
        if recovery.returncode != 0:
            return f"recovery ended with {recovery.returncode}: {recovery.stderr}"
        if files != recovery.stdout.strip():
            return f"the files are {files}, the state says {recovery.stdout.strip()}"
        left = [p.name for p in (self.top / "state" / "edits").iterdir()
                if p.suffix in (".tmp", ".journal")]
        return f"left in the state folder: {left}" if left else None


class Tally:
    def __init__(self):
        self.points = collections.Counter()
        self.failures = []

    def add(self, kind, where, wrong):
        self.points[kind] += 1
        if wrong:
            self.failures.append(f"{kind} {where}: {wrong}")

    def print_sum(self):
        print(f"{sum(self.points.values())} points, {len(self.failures)} failures", flush=True)

    def print(self):
        for kind, count in self.points.items():
            print(f"{kind}: {count} points")
        self.print_sum()
        for failure in self.failures[:20]:
            print(failure)


def some(items, limit, chance):
    return items if len(items) <= limit else chance.sample(items, limit)


def kill_in_change(scene, tally, limit, chance):
    scene.reset()
    calls = some(scene.calls(scene.action), limit, chance)
    for call, number in calls:
        scene.reset()
        wrong = scene.killed(scene.action, call, number) or scene.recovered()
        tally.add(f"{scene.action} of {len(scene.names)} ends", (call, number), wrong)


def kill_in_recovery(scene, tally, outer, inner, chance):
    scene.reset()
    for call, number in some(scene.calls(scene.action), outer, chance):
        scene.reset()
        scene.killed(scene.action, call, number)
        for second, which in some(scene.calls("recover"), inner, chance):
            scene.reset()
            scene.killed(scene.action, call, number)
            wrong = scene.killed("recover", second, which) or scene.recovered()
            tally.add(f"{scene.action} of {len(scene.names)} ends, then its recovery",
                      (call, number, second, which), wrong)


def fail_each_call(scene, tally, limit, chance):
    scene.reset()
    calls = [c for c in scene.calls(scene.action) if c[0] not in NOT_FILE_CALLS]
    points = [(c, n, e) for c, n in calls for e in ERRORS]
    for call, number, error in some(points, limit, chance):
        scene.reset()
        result = scene.injected(scene.action, call, number, f"error={error}")
        files = scene.files() if result.returncode in (0, REFUSED) else None
        wrong = None
        if result.returncode == 0 and not (files == scene.after or files.startswith("stray")):
            wrong = f"answered as done, the files are {files}"
        elif result.returncode == REFUSED and not (files == scene.before
                                                   or files.startswith("stray")):
            wrong = f"refused ({result.stderr.strip()}), the files are {files}"
        elif result.returncode not in (0, REFUSED):
            wrong = f"ended with {result.returncode}: {result.stderr.strip()}"
        tally.add(f"{scene.action} of {len(scene.names)}, a call fails", (call, number, error),
                  wrong or scene.recovered())


def run(points, seed):
    """About `points` points in all, of every kind; returns the tally."""
    tally = Tally()
    chance = random.Random(seed)
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="cromwell_crash_", dir=base) as top:
        for files, action in [(1, "apply"), (3, "apply"), (20, "apply"), (3, "revert")]:
            scene = Scene(top, files, action)
            inner = max(2, points // 200)
            kill_in_change(scene, tally, points // 8, chance)
            tally.print_sum()
            fail_each_call(scene, tally, points // 8, chance)
            tally.print_sum()
            kill_in_recovery(scene, tally, max(1, points // 5 // inner), inner, chance)
            tally.print_sum()
    return tally


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=20260219)
    flags = parser.parse_args()
    if why := strace_works():
        sys.exit(why)
    tally = run(flags.points, flags.seed)
    tally.print()
    sys.exit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
