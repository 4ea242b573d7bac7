"""The built-in functions of FEEL (DMN 1.5 10.3.4), by topic; `BUILTINS` has them all by name."""

from engine.feel.builtins import (  # noqa: F401  -- each registers its functions
    contexts,
    conversion,
    lists,
    numbers,
    ranges,
    statistics,
    strings,
    temporal,
)
from engine.feel.builtins.registry import BUILTINS

NAMES = frozenset(BUILTINS)

__all__ = ["BUILTINS", "NAMES"]
