"""Edits code with a local model, in this process or in a Cromwell daemon.

    from cromwell import CodeEditor, SamplingConfig

    editor = CodeEditor(model_path="model.gguf", codebase_path="path/to/project",
                        config=SamplingConfig(temperature=0))
    result = editor.edit("src/main.py", "Use a with statement", lines=(4, 8))
    if result.success:
        print(result.diff)
        result.apply()

CodeEditor(server="http://127.0.0.1:8411") asks a daemon instead; AsyncCodeEditor is for asyncio.
"""

from cromwell.async_editor import AsyncCodeEditor, AsyncStream
from cromwell.editor import CodeEditor
from cromwell.errors import (Busy, Cancelled, Conflict, CromwellError, EditRefused, Forbidden,
                             InvalidRequest, NotFound, ServerUnavailable, Unavailable)
from cromwell.result import Completion, EditRecord, EditResult, EditStats
from cromwell.sampling import SamplingConfig
from cromwell.stream import CompletionStream, EditStream

__all__ = ["AsyncCodeEditor", "AsyncStream", "Busy", "Cancelled", "CodeEditor", "Completion",
           "CompletionStream", "Conflict", "CromwellError", "EditRecord", "EditRefused",
           "EditResult", "EditStats", "EditStream", "Forbidden", "InvalidRequest", "NotFound",
           "SamplingConfig", "ServerUnavailable", "Unavailable"]
