"""Which names are known where, and the longest of them that a row of tokens spells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from engine.feel.errors import FeelError
from engine.feel.lexer import Token, tokenize

KEYWORDS = frozenset(
    [
        "for",
        "return",
        "if",
        "then",
        "else",
        "some",
        "every",
        "satisfies",
        "instance",
        "in",
        "between",
        "and",
        "or",
        "null",
        "true",
        "false",
        "function",
    ]
)
SYMBOLS = frozenset({"-", "+", "*", "/", "'", ".", "**"})  # may stand inside a name

Texts = tuple[str, ...]  # of the tokens of a name
Gaps = tuple[bool, ...]  # whether a space stands before each of them


@lru_cache(maxsize=8192)
def spelling(name: str) -> tuple[Texts, Gaps] | None:
    """Give the tokens of a declared name, None where it can't be written as one."""
    try:
        tokens = tokenize(name)[:-1]
    except FeelError:
        return None
    if not tokens or any(t.kind in ("string", "more") for t in tokens):
        return None
    gaps = tuple(i > 0 and tokens[i - 1].end < t.start for i, t in enumerate(tokens))
    return tuple(t.text for t in tokens), gaps


class Scope:
    """Names of one level; `open` where an element of a list may add names at run time."""

    __slots__ = ("_lengths", "_spelled", "names", "open")

    def __init__(self, names: Iterable[str] = (), *, open_: bool = False) -> None:
        self.open = open_
        self.names: set[str] = set()
        self._spelled: dict[Texts, list[tuple[Gaps, str]]] = {}
        self._lengths: dict[str, list[int]] = {}  # by first token, the longest first
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Make a name known."""
        if name in self.names:
            return
        self.names.add(name)
        spelled = spelling(name)
        if spelled is None:
            return
        texts, gaps = spelled
        self._spelled.setdefault(texts, []).append((gaps, name))
        lengths = self._lengths.setdefault(texts[0], [])
        if len(texts) not in lengths:
            lengths.append(len(texts))
            lengths.sort(reverse=True)

    def match(
        self, tokens: Sequence[Token], start: int, *, loose: bool = False
    ) -> tuple[str, int] | None:
        """Give the longest known name that begins at a token, with the index after it."""
        for length in self._lengths.get(tokens[start].text, ()):
            end = start + length
            if end >= len(tokens):
                continue
            texts = tuple([token.text for token in tokens[start:end]])
            for gaps, name in self._spelled.get(texts, ()):
                if loose or _gaps_fit(tokens, start, gaps):
                    return name, end
        return None


def _gaps_fit(tokens: Sequence[Token], start: int, gaps: tuple[bool, ...]) -> bool:
    return all(
        (tokens[start + i - 1].end < tokens[start + i].start) == gaps[i]
        for i in range(1, len(gaps))
    )


def written(text: str, first: Token, last: Token) -> str:
    """Give the name that stands from one token to another, white space collapsed."""
    return " ".join(text[first.start : last.end].split())
