"""From the syntax tree to Python closures; one module per family of nodes."""

from engine.feel.compiler.core import Compiled, compile_tree
from engine.feel.compiler.shortcuts import UNSURE

__all__ = ["UNSURE", "Compiled", "compile_tree"]
