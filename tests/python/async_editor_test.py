"""AsyncCodeEditor, with the engine in this process and with a daemon."""

import asyncio
import os
import unittest

from support import GREEDY, INSTRUCTION, LINES, LONG_INSTRUCTION, MODEL, SAMPLE, ProjectTest

from daemon import Daemon

import cromwell
from cromwell import AsyncCodeEditor, CodeEditor, events


class AsyncTest(ProjectTest):
    def setUp(self):
        super().setUp()
        os.environ["XDG_STATE_HOME"] = str(self.project.parent / "state")
        self.addCleanup(os.environ.pop, "XDG_STATE_HOME")

    def open(self):
        return AsyncCodeEditor(model_path=MODEL, codebase_path=self.project, config=GREEDY)

    def test_edits_run_side_by_side_and_are_applied(self):
        async def run():
            async with self.open() as editor:
                one, other = await asyncio.gather(
                    editor.edit("inventory.py", INSTRUCTION, LINES),
                    editor.edit("inventory.py", INSTRUCTION, LINES))
                await editor.apply(one)
                after = (self.project / "inventory.py").read_text()
                await editor.revert(one.id)
                return one.diff, other.diff, after, [edit.state for edit in await editor.edits()]
        one, other, after, states = asyncio.run(run())
        self.assertEqual(one, other)
        self.assertNotEqual(after, SAMPLE)
        self.assertEqual(sorted(states), ["proposed", "reverted"])

    def test_a_stream_is_read_event_by_event(self):
        async def run():
            async with self.open() as editor:
                async with editor.stream("inventory.py", INSTRUCTION, LINES) as stream:
                    seen = [event async for event in stream]
                return seen, await stream.result()
        seen, result = asyncio.run(run())
        self.assertIsInstance(seen[0], events.Started)
        self.assertIsInstance(seen[-1], events.Done)
        self.assertTrue(result.success)

    def test_errors_are_raised_where_they_are_awaited(self):
        async def run():
            async with self.open() as editor:
                await editor.edit("missing.py", "x")
        with self.assertRaises(cromwell.NotFound):
            asyncio.run(run())

    def test_a_cancelled_task_ends_its_generation(self):
        async def run(editor):
            task = asyncio.ensure_future(editor.edit("long.py", LONG_INSTRUCTION))
            stream = editor.stream("inventory.py", INSTRUCTION, LINES)
            await stream.__anext__()  # by then the other is at work, or about to be
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await stream.result()
        editor = self.open()
        asyncio.run(run(editor))
        self.wait_until_idle(editor._editor._client)
        asyncio.run(editor.close())

    def test_a_stream_that_is_dropped_half_way_ends_its_generation(self):
        daemon = Daemon("--root", self.project, own_root=False)
        self.addCleanup(daemon.close)

        async def run(editor):
            async for event in editor.stream("long.py", LONG_INSTRUCTION):
                if isinstance(event, events.Token):
                    break
            self.wait_until_idle(editor._editor._client, timeout_s=5)
        asyncio.run(run(AsyncCodeEditor(server=f"http://127.0.0.1:{daemon.port}", config=GREEDY,
                                        codebase_path=self.project)))

    def test_a_daemon_is_asked_in_the_same_way(self):
        daemon = Daemon("--root", self.project, own_root=False)
        self.addCleanup(daemon.close)

        async def run():
            async with AsyncCodeEditor(server=f"http://127.0.0.1:{daemon.port}", config=GREEDY,
                                       codebase_path=self.project) as editor:
                return await editor.edit("inventory.py", INSTRUCTION, LINES)
        with CodeEditor(model_path=MODEL, codebase_path=self.project, config=GREEDY) as local:
            here = local.edit("inventory.py", INSTRUCTION, LINES)
        self.assertEqual(asyncio.run(run()).diff, here.diff)


if __name__ == "__main__":
    unittest.main()
