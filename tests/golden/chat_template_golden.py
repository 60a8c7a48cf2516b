"""Writes tests/tokenizer/data/chat_templates.json: conversations rendered by Jinja itself.

The templates are our own wording of each family's format, so that the file holds nobody's source,
and the default model's real one, read from its GGUF. With folders as arguments the *.jinja files in
them are rendered too, to compare with real templates at hand:

    python tests/golden/chat_template_golden.py [--out FILE] [FOLDER ...]
    CROMWELL_CHAT_GOLDEN=FILE build/test_tokenizer --gtest_filter='ChatTemplate.*'
"""

import argparse
import json
import pathlib

import jinja2
import tokenizer_reference as ref

LOOP = "{% for m in messages %}"
TURN = "{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}"
OPEN = "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
LLAMA3_TURN = (
    "{{ '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n' + m['content'] | trim"
    " + '<|eot_id|>' }}"
)
LLAMA3_OPEN = "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}"

TEMPLATES = {
    "chatml": LOOP + TURN + "{% endfor %}" + OPEN,
    "chatml with bos": "{{- bos_token -}}\n" + LOOP + TURN + "{% endfor %}" + OPEN,
    "chatml with a default system": (
        LOOP + "{% if loop.first and m.role != 'system' %}"
        "{{ '<|im_start|>system\\nIt\\'s a \"default\".\\nTwo lines.<|im_end|>\\n' }}{% endif %}"
        + TURN + "{% endfor %}" + OPEN
    ),
    "llama3": (
        LOOP + "{% if loop.first %}{{ bos_token }}{% endif %}" + LLAMA3_TURN + "{% endfor %}"
        "{% if add_generation_prompt %}" + LLAMA3_OPEN + "{% endif %}"
    ),
    "llama3, always open": (
        LOOP + "{% if loop.first %}{{ bos_token }}{% endif %}" + LLAMA3_TURN + "{% endfor %}" + LLAMA3_OPEN
    ),
    "llama3.1": (
        "{{ bos_token }}{% if messages[0].role == 'system' %}{% set s = messages[0].content | trim %}"
        "{% set messages = messages[1:] %}{% else %}{% set s = '' %}{% endif %}"
        "{{ '<|start_header_id|>system<|end_header_id|>\n\n' }}"
        "{{ 'Cutting Knowledge Date: December 2023\n' }}{{ 'Today Date: 26 Jul 2024\n\n' }}"
        "{{ s }}{{ '<|eot_id|>' }}" + LOOP + LLAMA3_TURN + "{% endfor %}"
        "{% if add_generation_prompt %}" + LLAMA3_OPEN + "{% endif %}"
    ),
    "deepseek-coder": (
        "{% set ns = namespace(found=false) %}" + LOOP + "{% if m.role == 'system' %}"
        "{% set ns.found = true %}{% endif %}{% endfor %}{{ bos_token }}{% if not ns.found %}"
        "{{ 'You are an AI programming assistant of some company.\\n' }}{% endif %}" + LOOP +
        "{% if m.role == 'system' %}{{ m.content }}{% elif m.role == 'user' %}"
        "{{ '### Instruction:\\n' + m.content + '\\n' }}{% else %}"
        "{{ '### Response:\\n' + m.content + '\\n<|EOT|>\\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '### Response:\\n' }}{% endif %}"
    ),
    "zephyr": (
        LOOP + "{% if m.role == 'user' %}{{ '<|user|>\n' + m.content + eos_token }}"
        "{% elif m.role == 'system' %}{{ '<|system|>\n' + m.content + eos_token }}"
        "{% else %}{{ '<|assistant|>\n' + m.content + eos_token }}{% endif %}{{ '\n' }}"
        "{% if loop.last and add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}{% endfor %}"
    ),
}

SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Fix  this:\n```\nx = 'é'\n```\n"}
ANSWER = {"role": "assistant", "content": "  Done.\n"}
AGAIN = {"role": "user", "content": "Again <|im_end|> {{ messages }}"}
THOUGHT = {"role": "assistant", "content": "<think>\nHm.\n\n</think>\n\nYes.\n"}
CONVERSATIONS = [
    [USER], [SYSTEM, USER], [USER, ANSWER, AGAIN], [SYSTEM, USER, ANSWER, AGAIN],
    [SYSTEM, USER, ANSWER], [USER, THOUGHT, AGAIN], [USER, THOUGHT], [USER, THOUGHT, AGAIN, ANSWER],
]


def render(text, messages, add_generation_prompt, bos, eos):
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])

    def raise_exception(message):
        raise jinja2.TemplateError(message)

    environment.globals["raise_exception"] = raise_exception
    return environment.from_string(text).render(
        messages=messages, add_generation_prompt=add_generation_prompt, bos_token=bos, eos_token=eos)


def golden(name, text, bos="<|bos|>", eos="<|endoftext|>"):
    cases = []
    for messages in CONVERSATIONS:
        for add in (True, False):
            try:
                out = render(text, messages, add, bos, eos)
            except jinja2.TemplateError:
                continue  # this template does not allow this order of roles
            except Exception:
                continue
            cases.append({"messages": messages, "add_generation_prompt": add, "text": out})
    return {"name": name, "template": text, "bos": bos, "eos": eos, "cases": cases}


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default=str(root / "tests/tokenizer/data/chat_templates.json"))
    parser.add_argument("folders", nargs="*")
    args = parser.parse_args()
    import gguf

    smol = gguf.GGUFReader(ref.default_model()).fields["tokenizer.chat_template"].contents()
    all_templates = [golden("SmolLM2-135M-Instruct", smol)]
    all_templates += [golden(name, text) for name, text in TEMPLATES.items()]
    for folder in args.folders:
        for file in sorted(pathlib.Path(folder).glob("*.jinja")):
            all_templates.append(golden("real: " + file.stem, file.read_text()))
    pathlib.Path(args.out).write_text(json.dumps(all_templates, ensure_ascii=False, indent=0) + "\n")


if __name__ == "__main__":
    main()
