"""The named arguments that CodeEditor and AsyncCodeEditor take alike; CodeEditor says what they
mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Union

from cromwell.sampling import SamplingConfig


class EngineOptions(TypedDict, total=False):
    """Of a model in this process."""

    threads: int
    context: int
    kv_memory_bytes: int
    chat_template: str
    loras: Sequence[str]


class EditOptions(TypedDict, total=False):
    """Of edit() and stream()."""

    cursor: Union[tuple[int, int], int, None]
    content: Union[str, None]
    protocol: Union[str, None]
    candidates: Union[int, None]
    apply: bool
    merge: bool
    context: Union[Mapping[str, Any], None]
    lora: Union[str, None]
    config: Union[SamplingConfig, None]


class CompletionOptions(TypedDict, total=False):
    """Of complete() and stream_completion()."""

    content: Union[str, None]
    context: Union[int, None]
    max_tokens: Union[int, None]
    config: Union[SamplingConfig, None]
