"""/metrics: what it counts, that Prometheus's own tool finds it well formed, and that the dashboard
asks for nothing that is not there."""

import json
import re
import shutil
import subprocess
import unittest
from pathlib import Path

from daemon import ROOT, DaemonTest

DASHBOARD = ROOT / "deploy/grafana/cromwell.json"


class MetricsTest(DaemonTest):
    def metrics(self):
        status, headers, body = self.daemon.request("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertTrue(headers["Content-Type"].startswith("text/plain; version=0.0.4"), headers)
        return body.decode()

    def value(self, sample):
        """Of the sample with exactly this name and these labels; 0 where there is none."""
        found = re.search("^" + re.escape(sample) + r" (\S+)$", self.metrics(), re.M)
        return float(found[1]) if found else 0.0

    def test_promtool_finds_nothing_wrong(self):
        tool = shutil.which("promtool")
        if tool is None:
            self.skipTest("no promtool: Debian's package prometheus has it")
        self.daemon.post("/v1/completions", {"prompt": "a", "max_tokens": 2})
        done = subprocess.run([tool, "check", "metrics"], input=self.metrics().encode(),
                              capture_output=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, b""))

    def test_requests_are_counted_by_route_not_by_path(self):
        sample = ('cromwell_http_requests_total{method="GET",route="/v1/edits/{id}",status="404"}')
        before = self.value(sample)
        self.daemon.get("/v1/edits/ed_one")
        self.daemon.get("/v1/edits/ed_two")
        self.daemon.get("/no/such/thing")
        self.assertEqual(self.value(sample), before + 2)
        self.assertNotIn("ed_one", self.metrics())
        self.assertNotIn("such", self.metrics())

    def test_tokens_and_their_times_are_counted(self):
        names = ("cromwell_generated_tokens_total", "cromwell_prompt_tokens_total",
                 "cromwell_time_to_first_token_seconds_count", "cromwell_token_gap_seconds_count")
        before = [self.value(name) for name in names]
        usage = self.daemon.post("/v1/completions", {"prompt": "def f(", "max_tokens": 5,
                                                     "ignore_eos": True})[1]["usage"]
        after = [self.value(name) for name in names]
        self.assertEqual([b - a for a, b in zip(before, after)],
                         [5, usage["prompt_tokens"], 1, 4])

    def test_the_engines_passes_and_endings_are_counted(self):
        names = ('cromwell_generations_total{ending="length"}', "cromwell_batch_tokens_count",
                 "cromwell_step_seconds_count")
        before = [self.value(name) for name in names]
        self.daemon.post("/v1/completions", {"prompt": "def g(", "max_tokens": 5,
                                             "ignore_eos": True})
        ended, passes, timed = (self.value(n) - b for n, b in zip(names, before))
        self.assertEqual(ended, 1)
        self.assertGreaterEqual(passes, 2)
        self.assertEqual(passes, timed)

    def test_edits_are_counted_by_how_they_ended(self):
        def edits():
            return sum(float(count) for count in
                       re.findall(r"^cromwell_edits_total\{.*\} (\S+)$", self.metrics(), re.M))
        before = edits()
        self.daemon.post("/v1/edit", {"file": "inventory.py", "instruction": "Rename it.",
                                      "selection": {"start_line": 4, "end_line": 5},
                                      "max_tokens": 40})
        self.daemon.post("/v1/edit", {"file": "missing.py", "instruction": "x"})
        self.assertEqual(edits(), before + 2)
        self.assertGreaterEqual(self.value('cromwell_edits_total{outcome="not_found"}'), 1)

    def test_what_is_in_use_is_shown(self):
        self.assertGreater(self.value("process_resident_memory_bytes"), 1 << 20)
        self.assertGreater(self.value("cromwell_kv_pages"), 0)
        self.assertEqual(self.value("cromwell_model_healthy"), 1)
        self.assertGreaterEqual(self.value("cromwell_http_connections"), 1)
        self.assertRegex(self.metrics(), r'cromwell_build_info\{version="[0-9.]+"\} 1\n')

    def test_every_query_of_the_dashboard_names_metrics_that_exist(self):
        self.daemon.post("/v1/edit", {"file": "missing.py", "instruction": "x"})
        samples = set(re.findall(r"^([a-z_]+)", self.metrics(), re.M))
        queries = [target["expr"] for panel in json.loads(DASHBOARD.read_text())["panels"]
                   for target in panel.get("targets", [])]
        self.assertGreater(len(queries), 10)
        for query in queries:
            names = re.findall(r"\b((?:cromwell|process)_[a-z_]+)\b", query)
            self.assertTrue(names, query)
            self.assertLessEqual(set(names), samples, query)


if __name__ == "__main__":
    unittest.main()
