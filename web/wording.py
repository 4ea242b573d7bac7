"""A process's words for what it computes: `[variables]` and `[codes]` of its messages.toml.

A name may be a path (`facts.unit`).  What has no words is technical, and is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.forms import file_of
from web.language import language


@dataclass(frozen=True)
class Words:
    """The words of a process for what it computes, in the reader's language."""

    variables: Mapping[str, str]
    codes: Mapping[str, str]

    def label(self, path: str) -> str | None:
        """Give the words of a variable or of a part of one; None where it is technical."""
        return self.variables.get(self._name(path))

    def coded(self, value: Any) -> Any:
        """Put words for names and codes, and leave out nothing: what has none stays as it is."""
        if isinstance(value, Mapping):
            if file_of(value):
                return value
            return {self.label(key) or key: self.coded(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.coded(inner) for inner in value]
        return self.codes.get(value, value) if isinstance(value, str) else value

    def _name(self, path: str) -> str:
        return path if path in self.variables else path.rpartition(".")[2]

    def told(self, value: Any, path: str) -> Any:
        """Put words for names and codes; leave out parts that have no words."""
        if isinstance(value, Mapping):
            if file_of(value) or not self.variables:
                return value
            parts = {self._name(f"{path}.{key}"): key for key in value}
            return {
                words: self.told(value[parts[name]], f"{path}.{parts[name]}")
                for name, words in self.variables.items()  # in the order in which they are named
                if name in parts
            }
        if isinstance(value, (list, tuple)):
            return [self.told(inner, path) for inner in value]
        return self.codes.get(value, value) if isinstance(value, str) else value


def words_of(messages: Mapping[str, Any]) -> Words:
    """Give the words of a process, out of its messages.toml."""
    return Words(*(_words(messages.get(part, {})) for part in ("variables", "codes")))


def _words(table: Mapping[str, Any]) -> dict[str, str]:
    """Choose the reader's words out of `name = { id = "...", en = "..." }`."""
    chosen = {
        name: words.get(language()) or words.get("id")
        for name, words in table.items()
        if isinstance(words, Mapping)
    }
    return {name: str(words) for name, words in chosen.items() if words}
