"""Rewrites of JavaScript, TypeScript, Go, Rust and C that are asked for by what the code should be
like: all makers, and how people ask for each kind.
"""

from __future__ import annotations

from training.pairs.brace_lines import LINES
from training.pairs.brace_names import NAMES
from training.pairs.brace_nesting import NESTING
from training.pairs.brace_templates import TEMPLATES as TEMPLATES
from training.pairs.c_rewrites import C
from training.pairs.changes import Maker
from training.pairs.go_rewrites import GO
from training.pairs.javascript_rewrites import JAVASCRIPT
from training.pairs.rust_rewrites import RUST
from training.pairs.script_rewrites import SCRIPT

# Each returns at once where a language is not its own.
BRACE_REWRITES: tuple[Maker, ...] = NESTING + NAMES + LINES + JAVASCRIPT + SCRIPT + GO + RUST + C
