"""OpenAI's Python package, unpatched, and bodies as editors post them to the same endpoints."""

import json
import unittest

from daemon import DaemonTest
from packages import need


class OpenAiTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.openai = need("openai")
        super().setUpClass()
        cls.client = cls.openai.OpenAI(base_url=f"http://127.0.0.1:{cls.daemon.port}/v1",
                                       api_key="none")
        cls.model = cls.client.models.list().data[0].id

    def test_a_model_is_listed_and_found_by_its_id(self):
        self.assertEqual(self.client.models.retrieve(self.model).id, self.model)
        with self.assertRaises(self.openai.NotFoundError):
            self.client.models.retrieve("another")

    def test_a_completion_is_the_same_whole_and_as_a_stream(self):
        request = {"model": self.model, "prompt": "def add(a, b):", "max_tokens": 16,
                   "temperature": 0}
        whole = self.client.completions.create(**request)
        stream = list(self.client.completions.create(**request, stream=True,
                                                     stream_options={"include_usage": True}))
        text = "".join(choice.text for event in stream for choice in event.choices)
        self.assertEqual(text, whole.choices[0].text)
        self.assertEqual(stream[-1].usage.completion_tokens, whole.usage.completion_tokens)
        self.assertEqual([event.usage for event in stream[:-1]], [None] * (len(stream) - 1))

    def test_a_completion_has_echo_logprobs_choices_and_bias(self):
        answer = self.client.completions.create(
            model=self.model, prompt="1 + 1 =", max_tokens=4, echo=True, logprobs=2, n=2, seed=7,
            logit_bias={"50": -100}, stop=["\n\n"])
        self.assertEqual([choice.index for choice in answer.choices], [0, 1])
        first = answer.choices[0]
        self.assertTrue(first.text.startswith("1 + 1 ="))
        self.assertEqual(len(first.logprobs.tokens), len(first.logprobs.token_logprobs))

    def test_a_suffix_ends_the_answer_where_it_begins(self):
        answer = self.client.completions.create(
            model=self.model, prompt="def one():\n    return 1\n\ndef two():\n",
            suffix="\n\ndef three():\n    return 3\n", max_tokens=48, temperature=0)
        self.assertNotIn("def three", answer.choices[0].text)

    def test_best_of_is_refused_by_name(self):
        with self.assertRaises(self.openai.BadRequestError) as raised:
            self.client.completions.create(model=self.model, prompt="a", best_of=3)
        self.assertEqual(raised.exception.param, "best_of")

    def test_a_chat_is_the_same_whole_and_as_a_stream(self):
        request = {"model": self.model, "max_completion_tokens": 24, "temperature": 0, "messages": [
            {"role": "developer", "content": "Answer in one word."},
            {"role": "user", "content": [{"type": "text", "text": "What is the capital of France?"}]}]}
        whole = self.client.chat.completions.create(**request)
        self.assertEqual(whole.choices[0].message.role, "assistant")
        stream = list(self.client.chat.completions.create(
            **request, stream=True, stream_options={"include_usage": True}))
        text = "".join(choice.delta.content or "" for event in stream for choice in event.choices)
        self.assertEqual(text, whole.choices[0].message.content)
        self.assertEqual(stream[-1].usage.prompt_tokens, whole.usage.prompt_tokens)

    def test_a_chat_has_logprobs_and_choices(self):
        answer = self.client.chat.completions.create(
            model=self.model, messages=[{"role": "user", "content": "Hi"}], max_tokens=4, n=2,
            logprobs=True, top_logprobs=3, seed=3)
        self.assertEqual(len(answer.choices), 2)
        token = answer.choices[0].logprobs.content[0]
        self.assertEqual(len(token.top_logprobs), 3)

    def test_a_chat_keeps_to_a_schema(self):
        answer = self.client.chat.completions.create(
            model=self.model, messages=[{"role": "user", "content": "Name a colour."}],
            max_tokens=60, temperature=0, response_format={
                "type": "json_schema", "json_schema": {"name": "colour", "schema": {
                    "type": "object", "properties": {"colour": {"enum": ["red", "green"]}},
                    "required": ["colour"]}}})
        self.assertIn(json.loads(answer.choices[0].message.content)["colour"], ("red", "green"))

    def test_tools_are_refused_where_the_template_has_none(self):
        tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
        with self.assertRaises(self.openai.BadRequestError) as raised:
            self.client.chat.completions.create(
                model=self.model, messages=[{"role": "user", "content": "Hi"}], tools=[tool])
        self.assertEqual(raised.exception.param, "tools")
        self.assertIn("template", str(raised.exception))

    def test_a_stream_that_is_left_ends_its_generation(self):
        stream = self.client.completions.create(model=self.model, prompt="a", max_tokens=4000,
                                                stream=True, extra_body={"ignore_eos": True})
        next(iter(stream))
        stream.close()
        status, _ = self.daemon.get("/readyz")
        self.assertEqual(status, 200)


class ToolsTest(DaemonTest):
    """Tools with the form that Qwen's and Hermes's models are tuned on."""

    flags = ("--chat-template", "chatml-tools")
    TOOLS = [{"type": "function", "function": {
        "name": "get_weather", "description": "The weather at a place.", "parameters": {
            "type": "object", "required": ["place", "unit"], "properties": {
                "place": {"enum": ["Paris", "Rome"]}, "unit": {"enum": ["C", "F"]}}}}}]

    @classmethod
    def setUpClass(cls):
        cls.openai = need("openai")
        super().setUpClass()
        cls.client = cls.openai.OpenAI(base_url=f"http://127.0.0.1:{cls.daemon.port}/v1",
                                       api_key="none")
        cls.request = {"model": "any", "tools": cls.TOOLS, "temperature": 0, "max_tokens": 200,
                       "parallel_tool_calls": False,
                       "messages": [{"role": "user", "content": "How is the weather in Paris?"}]}

    def check(self, call):
        self.assertEqual(call.function.name, "get_weather")
        arguments = json.loads(call.function.arguments)
        self.assertEqual(list(arguments), ["place", "unit"])
        self.assertIn(arguments["place"], ("Paris", "Rome"))

    def test_a_call_is_asked_for_answered_and_talked_about(self):
        choice = self.client.chat.completions.create(
            **self.request, tool_choice="required").choices[0]
        self.assertEqual(choice.finish_reason, "tool_calls")
        call = choice.message.tool_calls[0]
        self.check(call)
        messages = self.request["messages"] + [
            choice.message.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": call.id, "content": "{\"sky\": \"blue\"}"}]
        answer = self.client.chat.completions.create(**{**self.request, "messages": messages,
                                                        "tool_choice": "none", "max_tokens": 16})
        self.assertEqual(answer.choices[0].message.tool_calls, None)
        self.assertTrue(answer.choices[0].message.content)

    def test_a_call_is_put_together_from_a_stream(self):
        with self.client.chat.completions.stream(
                **self.request,
                tool_choice={"type": "function", "function": {"name": "get_weather"}}) as stream:
            pieces = sum(event.type == "tool_calls.function.arguments.delta" for event in stream)
            final = stream.get_final_completion()
        self.assertGreater(pieces, 1)
        self.assertEqual(final.choices[0].finish_reason, "tool_calls")
        self.check(final.choices[0].message.tool_calls[0])

    def test_ollamas_package_gets_what_it_sends_understood(self):
        ollama = need("ollama")
        client = ollama.Client(host=f"http://127.0.0.1:{self.daemon.port}")
        self.assertIn("tools", client.show("any").capabilities)

        def get_weather(place: str) -> str:
            """The weather at a place.

            Args:
                place: a town
            """
            return place

        messages = [{"role": "user", "content": "How is the weather in Paris?"},
                    ollama.Message(role="assistant", tool_calls=[ollama.Message.ToolCall(
                        function=ollama.Message.ToolCall.Function(
                            name="get_weather", arguments={"place": "Paris"}))]),
                    {"role": "tool", "tool_name": "get_weather", "content": "blue"}]
        answer = client.chat("any", messages, tools=[get_weather],
                             options={"num_predict": 16, "temperature": 0})
        self.assertGreater(answer.prompt_eval_count, 150)  # the tool is in the prompt


class EditorBodiesTest(DaemonTest):
    """What editors post, field for field."""

    def test_zed_completes_with_four_fields(self):
        status, answer = self.daemon.post("/v1/completions", {
            "model": "any", "prompt": "def add(a, b):\n    return", "max_tokens": 8,
            "stop": ["<|endoftext|>", "\n\n"]})
        self.assertEqual(status, 200, answer)
        self.assertIsInstance(answer["choices"][0]["text"], str)

    def test_continue_sends_a_prediction_and_fields_that_are_not_known(self):
        old = "def add(a, b):\n    return a + b\n"
        status, events = self.daemon.post("/v1/chat/completions", {
            "model": "Fast-Apply-7B", "stream": True, "max_tokens": 32, "temperature": 0,
            "messages": [{"role": "user", "content": "Repeat:\n" + old}],
            "prediction": {"type": "content", "content": old},
            "reasoning_effort": "low", "parallel_tool_calls": None, "unknown": {"a": [1]}})
        self.assertEqual(status, 200, events)
        self.assertEqual(events[-1][1], "[DONE]")


if __name__ == "__main__":
    unittest.main()
