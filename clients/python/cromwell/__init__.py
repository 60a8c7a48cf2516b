"""Edits code with a local Cromwell daemon.

    from cromwell import CodeEditor, SamplingConfig

    editor = CodeEditor(codebase_path="/home/me/project", config=SamplingConfig(temperature=0))
    result = editor.edit("src/main.py", "Use a with statement", lines=(4, 8))
    if result.success:
        print(result.patch)
        result.apply()
"""

from cromwell.client import CromwellError, ServerUnavailable
from cromwell.editor import CodeEditor, EditResult, EditStats, SamplingConfig

__all__ = ["CodeEditor", "CromwellError", "EditResult", "EditStats", "SamplingConfig",
           "ServerUnavailable"]
