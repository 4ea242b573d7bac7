"""From the syntax tree to Python closures; one module per family of nodes."""

from engine.feel.compiler.core import Compiled, compile_tree

__all__ = ["Compiled", "compile_tree"]
