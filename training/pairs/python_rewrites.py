"""Rewrites of Python that are asked for by what the code should be like: all makers, and how people
ask for each kind.
"""

from __future__ import annotations

from training.pairs import (python_branches, python_calls, python_comprehensions, python_conditions,
                            python_containers, python_definitions, python_exceptions, python_layout,
                            python_loops, python_names, python_signatures, python_statements,
                            python_strings)
from training.pairs.changes import Maker
from training.pairs.python_code import note_bare

PYTHON_REWRITES: tuple[Maker, ...] = (
    python_branches.BRANCHES + python_exceptions.ERRORS + python_signatures.SIGNATURES +
    python_definitions.DEFINITIONS + python_names.NAMINGS + python_statements.STATEMENTS +
    python_layout.LAYOUT + python_comprehensions.COMPREHENSIONS + python_loops.LOOPS +
    python_conditions.CONDITIONS + python_containers.CONTAINERS + python_calls.CALLS +
    python_strings.STRINGS)
TEMPLATES: dict[str, tuple[str, ...]] = {
    **python_branches.TEMPLATES, **python_exceptions.TEMPLATES, **python_signatures.TEMPLATES,
    **python_definitions.TEMPLATES, **python_names.TEMPLATES, **python_statements.TEMPLATES,
    **python_layout.TEMPLATES, **python_comprehensions.TEMPLATES, **python_loops.TEMPLATES,
    **python_conditions.TEMPLATES, **python_containers.TEMPLATES, **python_calls.TEMPLATES,
    **python_strings.TEMPLATES}
note_bare(TEMPLATES)
