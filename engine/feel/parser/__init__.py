"""From text to syntax tree; names are resolved against the scope, longest match first."""

from engine.feel.parser.expressions import parse_tests, parse_text

__all__ = ["parse_tests", "parse_text"]
