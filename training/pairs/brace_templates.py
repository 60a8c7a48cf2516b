"""How people ask for the rewrites of brace languages."""

from __future__ import annotations

from training.pairs.c_templates import C
from training.pairs.common_templates import COMMON
from training.pairs.go_templates import GO
from training.pairs.javascript_templates import JAVASCRIPT
from training.pairs.rust_templates import RUST
from training.pairs.typescript_templates import TYPESCRIPT

TEMPLATES: dict[str, tuple[str, ...]] = {**COMMON, **JAVASCRIPT, **TYPESCRIPT, **GO, **RUST, **C}
