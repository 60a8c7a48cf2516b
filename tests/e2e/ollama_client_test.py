"""Ollama's Python package, unpatched."""

import asyncio
import json
import unittest

from daemon import DaemonTest
from packages import need


class OllamaTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.ollama = need("ollama")
        super().setUpClass()
        cls.host = f"http://127.0.0.1:{cls.daemon.port}"
        cls.client = cls.ollama.Client(host=cls.host)
        cls.model = cls.client.list().models[0].model

    def test_generates_whole_and_as_a_stream(self):
        request = {"model": self.model, "prompt": "What is a list in Python?",
                   "options": {"temperature": 0, "num_predict": 16}}
        whole = self.client.generate(**request)
        self.assertTrue(whole.done)
        self.assertEqual(whole.done_reason, "length")
        self.assertEqual(whole.eval_count, 16)
        self.assertGreater(whole.total_duration, 0)
        parts = list(self.client.generate(**request, stream=True))
        self.assertEqual("".join(part.response for part in parts), whole.response)
        self.assertTrue(parts[-1].done)

    def test_goes_on_from_a_context(self):
        first = self.client.generate(self.model, "Say hello.", options={"num_predict": 4})
        second = self.client.generate(self.model, "Again.", context=first.context,
                                      options={"num_predict": 4})
        self.assertGreater(second.prompt_eval_count, len(first.context))

    def test_completes_raw_text_and_fills_in(self):
        raw = self.client.generate(self.model, "1, 2, 3,", raw=True,
                                   options={"temperature": 0, "num_predict": 4})
        self.assertIn("4", raw.response)
        filled = self.client.generate(self.model, "def two():\n", suffix="\ndef three():\n",
                                      options={"temperature": 0, "num_predict": 16})
        self.assertNotIn("def three", filled.response)

    def test_chats_whole_and_as_a_stream(self):
        request = {"model": self.model, "messages": [{"role": "user", "content": "Say hello."}],
                   "options": {"temperature": 0, "num_predict": 8}}
        whole = self.client.chat(**request)
        self.assertEqual(whole.message.role, "assistant")
        parts = list(self.client.chat(**request, stream=True))
        self.assertEqual("".join(part.message.content for part in parts), whole.message.content)

    def test_keeps_to_a_format(self):
        schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
        answer = self.client.chat(self.model, [{"role": "user", "content": "A number."}],
                                  format=schema, options={"num_predict": 60, "temperature": 0})
        self.assertIsInstance(json.loads(answer.message.content)["n"], int)

    def test_lists_shows_and_tells_what_runs(self):
        self.assertEqual(self.client.list().models[0].details.format, "gguf")
        shown = self.client.show(self.model)
        self.assertEqual(shown.modelinfo["general.architecture"], "llama")
        self.assertIn("completion", shown.capabilities)
        self.assertEqual(self.client.ps().models[0].model, self.model)

    def test_errors_are_the_package_s_own_with_our_text(self):
        for request, text in [({"template": "{{ .Prompt }}"}, "template: "),
                              ({"images": [b"png"]}, "images: "),
                              ({"options": {"temperature": 1e9}}, "options.temperature: ")]:
            with self.assertRaises(self.ollama.ResponseError) as raised:
                self.client.generate(self.model, "Hi", **request)
            self.assertEqual(raised.exception.status_code, 400)
            self.assertTrue(raised.exception.error.startswith(text), raised.exception)

    def test_generates_asynchronously(self):
        async def run():
            client = self.ollama.AsyncClient(host=self.host)
            stream = await client.generate(self.model, "Hi", stream=True,
                                           options={"num_predict": 4})
            return [part async for part in stream]
        self.assertTrue(asyncio.run(run())[-1].done)


if __name__ == "__main__":
    unittest.main()
