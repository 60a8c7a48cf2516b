"""Two daemons behind HAProxy, with the configuration of deploy/haproxy."""

import http.client
import json
import os
import shutil
import subprocess
import time
import unittest

from daemon import MODEL, ROOT, Daemon, free_port

WAIT_S = 30


@unittest.skipUnless(shutil.which("haproxy"), "no haproxy: Debian's package haproxy has it")
@unittest.skipUnless(MODEL.exists(), f"no model at {MODEL}: run build/cromwell model pull-default")
class HaproxyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.machines = [Daemon(), Daemon()]
        cls.port = free_port()
        one, two = (f"127.0.0.1:{machine.port}" for machine in cls.machines)
        cls.proxy = subprocess.Popen(
            ["haproxy", "-db", "-f", ROOT / "deploy/haproxy/haproxy.cfg"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "CROMWELL_BIND": f"127.0.0.1:{cls.port}", "CROMWELL_ONE": one,
                 "CROMWELL_TWO": two})
        cls.wait_until(lambda: cls.request("GET", "/healthz")[0] == 200)

    @classmethod
    def tearDownClass(cls):
        cls.proxy.kill()
        cls.proxy.wait()
        for machine in cls.machines:
            machine.close()

    @staticmethod
    def wait_until(holds):
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            try:
                if holds():
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError("not within the time")

    @classmethod
    def request(cls, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=WAIT_S)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def complete(self, session, headers=None, **fields):
        body = {"prompt": "a", "max_tokens": 1, **fields}
        if session is not None:
            body["session"] = session
        status, answer = self.request("POST", "/v1/completions", json.dumps(body),
                                      {"Content-Type": "application/json", **(headers or {})})
        self.assertEqual(status, 200, answer)

    def homes(self, session):
        """The machines that know the session."""
        return [number for number, machine in enumerate(self.machines)
                if any(one["id"] == session for one in machine.get("/v1/sessions")[1]["sessions"])]

    def test_requests_of_one_session_meet_the_same_machine(self):
        homes = set()
        for number in range(12):
            for _ in range(2):
                self.complete(f"body-{number}")
            home = self.homes(f"body-{number}")
            self.assertEqual(len(home), 1)
            homes.update(home)
        self.assertEqual(homes, {0, 1}, "both machines have sessions")

    def test_the_header_decides_before_the_body(self):
        for number in range(6):
            self.complete(f"with-header-{number}", {"X-Cromwell-Session": "the same"})
        self.assertEqual(len({tuple(self.homes(f"with-header-{number}")) for number in range(6)}),
                         1)

    def test_a_stream_passes_through_as_it_is_written(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        self.addCleanup(connection.close)
        connection.request("POST", "/v1/completions", json.dumps(
            {"prompt": "a", "max_tokens": 3000, "ignore_eos": True, "stream": True}),
            {"Content-Type": "application/json"})
        response = connection.getresponse()
        self.addCleanup(response.close)
        self.assertTrue(response.readline().startswith(b"data: "))
        # It is still being written: one of the machines is at work.
        self.assertEqual(sum(machine.get("/readyz")[1]["running"] for machine in self.machines), 1)
        response.close()
        connection.close()
        self.wait_until(lambda: sum(machine.get("/readyz")[1]["running"]
                                    for machine in self.machines) == 0)

    def test_a_machine_that_is_gone_is_left_out_and_comes_back(self):
        self.machines[1].stop()
        self.wait_until(lambda: all(self.request("GET", "/healthz", headers={
            "X-Cromwell-Session": str(number)})[0] == 200 for number in range(8)))
        for number in range(8):
            self.complete(f"without-{number}")
        self.machines[1].start()

        def is_used_again():
            for number in range(8):
                self.complete(f"back-{number}")
            return any(1 in self.homes(f"back-{number}") for number in range(8))
        self.wait_until(is_used_again)


if __name__ == "__main__":
    unittest.main()
