"""Writes tests/tokenizer/data/chat_tools.json: conversations with tools as Hugging Face's
apply_chat_template renders them by the models' own templates.

The templates themselves are not kept. FOLDER holds them as llama.cpp's models/templates does (they
are in the sdist of PyPI's llama-cpp-python); needs PyPI's transformers and jinja2:

    python tests/golden/chat_tools_golden.py FOLDER
"""

import json
import pathlib
import sys

from transformers.utils.chat_template_utils import render_jinja_template

# What our reader knows each template by: its system text, and the sentences about tools.
TAGGED = (
    "{{ \"# Tools\\n\\nYou may call one or more functions to assist with the user query.\" }}"
    "{{ \"{\\\"name\\\": <function-name>, \\\"arguments\\\": <args-json-object>}\" }}"
    "{{ '<tool_response>' }}"
)
QWEN25 = (
    "{{ '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant."
    "<|im_end|>\\n' }}"
)
PLAIN = (
    "{{ bos_token }}{{ '<|start_header_id|>' + '<|eot_id|>' | trim }}{% set tools_in_user_message = true %}"
    "{{ 'Cutting Knowledge Date: ' + 'Today Date: ' + '26 Jul 2024' + 'Environment: ipython' }}"
    "{{ \"Given the following functions, please respond with a JSON for a function call \" }}"
    "{{ t | tojson(indent=4) }}{% if add_generation_prompt %}{% endif %}"
)
TEMPLATES = [  # file, what recognises it
    ("Qwen-Qwen2.5-7B-Instruct", QWEN25 + TAGGED),
    ("Qwen-Qwen3-0.6B", "qwen3"),
    ("meta-llama-Llama-3.1-8B-Instruct", PLAIN),
    ("meta-llama-Llama-3.3-70B-Instruct", "llama3.1"),
]

WEATHER = {"type": "function", "function": {
    "name": "get_weather", "description": "The weather – \"now\" – at a place.\n",
    "parameters": {"type": "object", "properties": {
        "place": {"type": "string", "description": "A town, e.g. Zürich"},
        "days": {"type": "integer", "minimum": 1, "maximum": 10.5},
        "about": {"type": "array", "items": {"enum": ["rain", "wind", None, True]}, "default": []}},
        "required": ["place"]}}}
NOW = {"type": "function", "function": {"name": "now", "parameters": {}}}

SYSTEM = {"role": "system", "content": "Be brief. "}
USER = {"role": "user", "content": " How is it in Zürich?\n"}
AGAIN = {"role": "user", "content": "And now <tool_call>?"}
RESULT = {"role": "tool", "content": "{\"sky\": \"grau\"}\n"}
ANSWER = {"role": "assistant", "content": "It is grey."}


def calls(content, *arguments):
    names = ["get_weather", "now"]
    return {"role": "assistant", "content": content, "tool_calls": [
        {"type": "function", "id": f"call{i}", "function": {"name": names[i], "arguments": one}}
        for i, one in enumerate(arguments)]}


PLACE = {"place": "Zürich\t\"ZH\"", "days": 2, "about": ["rain", None, 1e-07]}
CONVERSATIONS = [
    ([USER], [WEATHER]),
    ([USER], [WEATHER, NOW]),
    ([SYSTEM, USER], [NOW, WEATHER]),
    ([USER, calls("", PLACE), RESULT], [WEATHER]),
    ([SYSTEM, USER, calls("Let me see.\n", PLACE), RESULT, ANSWER, AGAIN], [WEATHER]),
    ([USER, calls("", {}, {}), RESULT, RESULT, ANSWER], [WEATHER, NOW]),
    ([USER, calls("Both.", PLACE, {}), RESULT, RESULT, AGAIN], [WEATHER, NOW]),
    ([USER, calls("<think>\nHm.\n</think>\n\nI look.", PLACE), RESULT], [WEATHER]),
    ([USER, calls("<think>\nHm.\n</think>\n\n", PLACE), RESULT, ANSWER], [WEATHER]),
    ([USER, calls("<think>\nHm.\n</think>\n\n", PLACE), RESULT, AGAIN], [WEATHER]),
    ([USER, calls("", {}), RESULT, AGAIN], []),
]


def rendered(template, messages, tools, add_generation_prompt):
    texts = render_jinja_template(
        conversations=[messages], tools=tools or None, chat_template=template,
        add_generation_prompt=add_generation_prompt, bos_token="<|bos|>", eos_token="<|endoftext|>",
        date_string="26 Jul 2024")[0]
    return texts[0]


def main():
    folder = pathlib.Path(sys.argv[1])
    entries = []
    for name, known_by in TEMPLATES:
        template = (folder / f"{name}.jinja").read_text()
        cases = []
        for messages, tools in CONVERSATIONS:
            for add in (True, False) if not cases else (True,):
                try:
                    text = rendered(template, messages, tools, add)
                except Exception as error:  # the template refuses this conversation
                    assert "single tool-calls" in str(error), error
                    continue
                cases.append({"messages": messages, "tools": tools, "add_generation_prompt": add,
                              "text": text})
        entries.append({"name": name, "known_by": known_by, "cases": cases})
    root = pathlib.Path(__file__).resolve().parents[2]
    out = root / "tests/tokenizer/data/chat_tools.json"
    out.write_text(json.dumps(entries, ensure_ascii=False, indent=0) + "\n")


if __name__ == "__main__":
    main()
