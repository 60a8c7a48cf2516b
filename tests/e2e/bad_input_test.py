"""Bad input gets its status and message and changes nothing."""

import os
import socket
import subprocess
import unittest

from daemon import BUILD, MODEL, DaemonTest

REQUEST = {"file": "a.py", "instruction": "Do nothing.", "max_tokens": 4}


class BadInputTest(DaemonTest):
    def setUp(self):
        self.write("a.py", "x = 1\n")
        self.outside = self.daemon.folder / "outside.py"
        self.outside.write_text("secret = 1\n")

    def edit(self, headers=None, **fields):
        return self.daemon.post("/v1/edit", {**REQUEST, **fields}, headers)

    def raw(self, data):
        """The status line of the answer to raw bytes."""
        with socket.create_connection(("127.0.0.1", self.daemon.port), timeout=60) as connection:
            try:
                connection.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before we had sent it all: the answer is still there to read
            return connection.makefile("rb").readline().decode()

    def test_broken_json_is_400(self):
        for raw in (b"{", b"", b"[1,2", b'{"file": "\xff"}', b'{"file": "\\ud800"}', b"{} {}",
                    b"[" * 100_000, b'{"file": 1e999}', b"nul"):
            with self.subTest(raw=raw[:20]):
                answer = self.daemon.post("/v1/edit", raw=raw)
                self.assertEqual(answer[0], 400, answer)
                self.assertTrue(answer[1]["error"]["message"])

    def test_wrong_types_are_400_with_the_path(self):
        for field, value, path in (
                ("file", 1, "file"), ("instruction", ["x"], "instruction"),
                ("selection", {"start_line": "3", "end_line": 4}, "selection.start_line"),
                ("max_tokens", "many", "max_tokens"), ("temperature", "hot", "temperature"),
                ("apply", "yes", "apply"), ("seed", -1, "seed"), ("stop", [1], "stop"),
                ("top_p", 2, "top_p")):
            with self.subTest(field=field):
                answer = self.edit(**{field: value})
                self.assert_error(answer, 400, "invalid_request", path)

    def test_an_empty_instruction_is_400(self):
        self.assert_error(self.edit(instruction=""), 400, "invalid_request", "instruction")

    def test_an_unknown_file_is_404(self):
        self.assertEqual(self.edit(file="nowhere.py")[0], 404)

    def test_paths_that_leave_the_root_are_403(self):
        os.symlink(self.outside, self.daemon.workspace / "link.py")
        os.symlink(self.daemon.folder, self.daemon.workspace / "folder")
        self.addCleanup(os.unlink, self.daemon.workspace / "link.py")
        self.addCleanup(os.unlink, self.daemon.workspace / "folder")
        for file in ("../outside.py", "./../outside.py", "link.py", "folder/outside.py",
                     str(self.outside), "/etc/passwd", "/proc/self/root/etc/passwd"):
            with self.subTest(file=file):
                self.assertEqual(self.edit(file=file, apply=True)[0], 403)
        self.assertEqual(self.edit(workspace="/etc", file="passwd")[0], 403)
        self.assertEqual(self.outside.read_text(), "secret = 1\n")

    def test_binary_and_special_files_are_refused(self):
        self.write("b.bin", bytes(range(256)) * 4)
        self.assertEqual(self.edit(file="b.bin")[0], 422)
        os.mkfifo(self.daemon.workspace / "fifo")
        self.addCleanup(os.unlink, self.daemon.workspace / "fifo")
        self.assertEqual(self.edit(file="fifo")[0], 422)
        (self.daemon.workspace / "dir").mkdir(exist_ok=True)
        self.assertEqual(self.edit(file="dir")[0], 422)

    def test_a_file_too_large_for_the_context_is_413(self):
        self.write("large.py", "value = 1\n" * 20_000)
        self.assert_error(self.edit(file="large.py"), 413, "context_exceeded")

    def test_a_body_over_the_limit_is_413(self):
        status = self.raw(b"POST /v1/edit HTTP/1.1\r\nHost: localhost\r\n"
                          b"Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{")
        self.assertIn(" 413 ", status)

    def test_ten_thousand_headers_are_431(self):
        many = b"".join(b"X-%d: y\r\n" % i for i in range(10_000))
        self.assertIn(" 431 ", self.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + many + b"\r\n"))

    def test_ambiguous_framing_is_400(self):
        for lines in (b"Content-Length: 2\r\nTransfer-Encoding: chunked",
                      b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunked, chunked",
                      b"Content-Length: +2", b"Content-Length: 2\r\nContent-Length: 3",
                      b"Host: other"):
            with self.subTest(lines=lines):
                status = self.raw(b"POST /v1/edit HTTP/1.1\r\nHost: localhost\r\n"
                                  b"Content-Type: application/json\r\n" + lines + b"\r\n\r\n{}")
                self.assertIn(" 400 ", status)

    def test_foreign_callers_are_refused(self):
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"},
                        {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            with self.subTest(headers=headers):
                self.assertEqual(self.edit(headers=headers)[0], 403)
        answer = self.daemon.post("/v1/edit", REQUEST, {"Content-Type": "text/plain"})
        self.assertEqual(answer[0], 415)
        self.assertIn("curl --json", answer[1]["error"]["message"])

    def test_unknown_routes_and_methods(self):
        self.assertEqual(self.daemon.get("/v1/nothing")[0], 404)
        self.assertEqual(self.daemon.get("/v1/edit")[0], 405)
        self.assertEqual(self.daemon.post("/v1/edits/ed_nothing/apply")[0], 404)

    def test_a_cut_model_file_exits_1_with_a_message(self):
        whole = MODEL.read_bytes()
        cut = self.daemon.folder / "cut.gguf"
        for size in (0, 3, 4, 24, 100, 5000, 500_000, 3_000_000, len(whole) // 2, len(whole) - 1):
            with self.subTest(size=size):
                cut.write_bytes(whole[:size])
                done = subprocess.run(
                    [BUILD / "cromwelld", "--model", cut, "--listen", "127.0.0.1:0",
                     "--root", self.daemon.workspace, "--state-dir", self.daemon.folder / "s2"],
                    capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("cut.gguf", done.stderr)


if __name__ == "__main__":
    unittest.main()
