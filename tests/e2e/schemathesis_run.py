"""Runs Schemathesis over the /openapi.json of a daemon with a tiny random model.

    python3 schemathesis_run.py CASES [SEED]

CASES random ones, and those of Schemathesis' other phases: the examples, each limit of each field
with every method of each path, and chains of requests. Prints its report and how many cases were
run; exits 1 at a server error or a violated schema.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from daemon import BUILD, Daemon
from packages import FOLDER, need

CONTEXT = 1024  # tokens: no answer takes long
# The file that the examples of /openapi.json name, so that what is made of them meets one.
FILE, TEXT = "src/main.py", "".join(f"x{i} = {i}\n" for i in range(30))
# Beyond what a schema can say a request may still be refused: two fields that exclude each other,
# a file that is not there.
EXCLUDED = "positive_data_acceptance"
# What may answer a request that its schema forbids: without 414 a text would not be too long.
CONFIG = """
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "413", "414", "415", "422"]
"""


def varied_operations(document):
    """Those whose requests differ: with a body or parameters."""
    return sum("requestBody" in operation or "parameters" in operation
               for methods in document["paths"].values() for operation in methods.values())


def run(cases, seed):
    """(exit status, report, cases run)."""
    need("schemathesis")
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "tiny.gguf")
        subprocess.run([BUILD / "cromwell", "model", "random", model, "--shape", "tiny"],
                       check=True, capture_output=True)
        daemon = Daemon("--context", CONTEXT, model=model)
        try:
            (daemon.workspace / FILE).parent.mkdir()
            (daemon.workspace / FILE).write_text(TEXT)
            return run_over(daemon, Path(folder, "report.json"), cases, seed)
        finally:
            daemon.close()


def run_over(daemon, report, cases, seed):
    report.with_name("schemathesis.toml").write_text(CONFIG)
    url = f"http://127.0.0.1:{daemon.port}/openapi.json"
    # Some operations have fewer different requests than they are asked for.
    each = -(-cases * 11 // (10 * varied_operations(daemon.get("/openapi.json")[1])))
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", url, "--checks", "all",
         "--exclude-checks", EXCLUDED, "--max-examples", str(each),
         "--seed", str(seed), "--request-timeout", "60", "--continue-on-failure", "--no-color",
         "--warnings", "off", "--suppress-health-check", "all",
         "--report", "json", "--report-json-path", str(report)],
        capture_output=True, text=True, cwd=report.parent,
        env={**os.environ, "PYTHONPATH": str(FOLDER)})
    output = done.stdout + done.stderr
    counted = re.findall(r"([\d,]+) generated", output)
    return done.returncode, output, int(counted[-1].replace(",", "")) if counted else 0


def main():
    cases = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}", flush=True)
    status, output, counted = run(cases, seed)
    print(output)
    print(json.dumps({"cases": counted, "seed": seed, "failed": status != 0}))
    sys.exit(status)


if __name__ == "__main__":
    main()
