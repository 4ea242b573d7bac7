"""XPath regular expressions on the `regex` package: translated, and stopped when they run away."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from time import thread_time
from typing import Any

import regex

from engine.feel.builtins.registry import NoResult
from engine.feel.errors import FeelLimitExceeded
from engine.feel.run import Run

_SEARCH_STEPS = 40  # what one search costs
_PAID = 20e-6  # seconds that those steps stand for; only what takes longer counts as time
_MATCH_STEPS = 8  # what one occurrence costs
_LARGE = 10_000  # characters of a replacement that are counted before they are copied
_COMPILE_STEPS = 10  # what compiling one part costs
_MAX_PATTERN = 1_000
_MAX_SIZE = 5_000  # characters of a pattern with its repetitions written out
_FLAGS = {"i": regex.IGNORECASE, "s": regex.DOTALL, "m": regex.MULTILINE}
_WORD = r"[^\p{P}\p{Z}\p{C}]"
_CLASSES = {
    "i": r"[\p{L}_:]",
    "I": r"[^\p{L}_:]",
    "c": r"[\p{L}\p{M}\p{Nd}._:\-·]",
    "C": r"[^\p{L}\p{M}\p{Nd}._:\-·]",
    "w": _WORD,
    "W": r"[\p{P}\p{Z}\p{C}]",
}
_PLAIN_ESCAPES = frozenset("nrtdDsS\\|.?*+(){}[]^$-/ #,=!<>@&~:;\"'_%`")


class _Bad(Exception):
    """The pattern is not one of XPath's."""


def search(run: Run, text: str, pattern: str, flags: str) -> bool:
    """Tell whether a pattern occurs in a text."""
    compiled = _ready(run, pattern, flags)
    return _bounded(run, text, lambda time: compiled.search(text, timeout=time)) is not None


def replace(run: Run, text: str, pattern: str, replacement: str, flags: str) -> str:
    """Replace every occurrence; `$1` is what the first group matched, `$0` the whole."""
    compiled = _ready(run, pattern, flags)
    _refuse_empty(run, compiled)
    parts = [replacement] if "q" in flags else _template(replacement, compiled.groups)
    spend, most, cost = run.budget.spend, run.budget.text, _MATCH_STEPS + len(parts)
    written = 0

    def substitute(match: Any) -> str:
        nonlocal written
        spend(cost)
        start, end = match.span()
        if (end - start) * len(parts) > _LARGE:
            # the length first: a group may be large, and the replacement may repeat it
            lengths = [len(p) if type(p) is str else match.end(p) - match.start(p) for p in parts]
            run.budget.written(written + sum(lengths))
        text = "".join([p if type(p) is str else (match[p] or "") for p in parts])
        written += len(text)
        if written > most:
            run.budget.written(written)
        return text

    result: str = _bounded(run, text, lambda time: compiled.sub(substitute, text, timeout=time))
    return result


def split(run: Run, text: str, pattern: str) -> list[str]:
    """Cut a text wherever a pattern matches."""
    compiled = _ready(run, pattern, "")
    _refuse_empty(run, compiled)
    parts: list[str] = []
    last = 0

    def cut(time: float) -> None:
        nonlocal last
        for match in compiled.finditer(text, timeout=time):
            run.budget.spend(_MATCH_STEPS)
            parts.append(text[last : match.start()])
            last = match.end()

    _bounded(run, text, cut)
    parts.append(text[last:])
    return parts


def _refuse_empty(run: Run, compiled: regex.Pattern[str]) -> None:
    if _bounded(run, "", lambda time: compiled.search("", timeout=time)) is not None:
        raise NoResult("Expected a pattern that matches some text, but it matches the empty one.")


def _bounded(run: Run, text: str, operation: Callable[[float], Any]) -> Any:
    """Do something with a pattern within what is left of the time for patterns."""
    budget = run.budget
    budget.spend(_SEARCH_STEPS + (len(text) >> 4))
    begun = thread_time()
    try:
        return operation(max(budget.patterns - budget.matched, 1e-6))
    except TimeoutError:
        raise FeelLimitExceeded(
            "time",
            f"Expected text patterns to be done in {budget.patterns} s, but they take longer.",
        ) from None
    finally:
        budget.matched += max(thread_time() - begun - _PAID, 0.0)


class _Pattern:
    """A compiled pattern; whoever made the cache compile it pays for that once."""

    __slots__ = ("compiled", "unpaid")

    def __init__(self, compiled: regex.Pattern[str], size: int) -> None:
        self.compiled = compiled
        self.unpaid = size * _COMPILE_STEPS


def _ready(run: Run, pattern: str, flags: str) -> regex.Pattern[str]:
    found = _compiled(pattern, flags)
    if found.unpaid:
        run.budget.spend(found.unpaid)
        found.unpaid = 0
    return found.compiled


@lru_cache(maxsize=128)
def _compiled(pattern: str, flags: str) -> _Pattern:
    if len(pattern) > _MAX_PATTERN:
        raise FeelLimitExceeded("size", f"Expected a pattern of at most {_MAX_PATTERN} characters.")
    options = regex.VERSION1 | regex.UNICODE
    for flag in flags:
        if flag not in "smixq":
            raise NoResult(f"Expected the flags s, m, i, x or q, but got {flag!r}.")
        options |= _FLAGS.get(flag, 0)
    try:
        if "q" in flags:
            return _Pattern(regex.compile(regex.escape(pattern), options), len(pattern))
        translator = _Translator(pattern, flags)
        return _Pattern(regex.compile(translator.translate(), options), translator.sizes[0])
    except (_Bad, regex.error, RecursionError, OverflowError) as error:
        raise NoResult(f"Expected a regular expression, but `{pattern}` is none: {error}") from None


class _Translator:
    """Rewrites XPath's notation; what XPath has not (look-around, possessive, ...) is refused."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = _without_spaces(pattern) if "x" in flags else pattern
        self.multiline = "m" in flags
        self.dot_all = "s" in flags
        self.index = 0
        self.sizes = [0]  # of the open groups, repetitions written out
        self.last = 0  # size of what a quantifier would repeat

    def translate(self) -> str:
        out: list[str] = []
        while self.index < len(self.pattern):
            char = self.pattern[self.index]
            if char not in "(){*+?":
                self._grow(1)
            if char == "\\":
                out.append(self._escape(in_class=False))
            elif char == "[":
                out.append(self._class())
            elif char == "(":
                out.append(self._group())
            elif char == "{":
                out.append(self._repeat())
            else:
                self.index += 1
                out.append(self._single(char, out))
        return "".join(out)

    def _single(self, char: str, out: list[str]) -> str:
        if char in "]}":
            raise _Bad(f"a `{char}` without its beginning")
        if char == ")" and len(self.sizes) > 1:
            self._grow(self.sizes.pop())
        if char == "$":
            return "$" if self.multiline else r"\Z"
        if char == "^":
            return "^" if self.multiline else r"\A"
        if char == ".":
            return "." if self.dot_all else r"[^\n\r]"
        if char == "+" and out and out[-1] in ("*", "+", "?"):
            raise _Bad("a possessive quantifier")
        if char in "#&~ ":
            return "\\" + char
        return char

    def _grow(self, size: int) -> None:
        """Count what the pattern is with its repetitions written out; compiling costs that."""
        self.last = size
        self.sizes[-1] += size
        if self.sizes[-1] > _MAX_SIZE:
            raise FeelLimitExceeded("size", f"Expected a pattern of at most {_MAX_SIZE} parts.")

    def _group(self) -> str:
        self.index += 1
        self.sizes.append(1)
        if self.pattern.startswith("?", self.index):
            if not self.pattern.startswith("?:", self.index):
                raise _Bad("a group with `(?`")
            self.index += 2
            return "(?:"
        return "("

    def _repeat(self) -> str:
        match = regex.match(r"\{(\d+)(?:,(\d*))?\}", self.pattern[self.index :])
        if match is None:
            raise _Bad("a `{` that is no quantifier")
        self.index += match.end()
        times = max(int(part[:9]) for part in match.groups() if part)
        last = self.last
        self._grow(last * max(times - 1, 0))
        self.last = last * max(times, 1)
        return str(match.group())

    def _escape(self, *, in_class: bool) -> str:
        self.index += 1
        if self.index >= len(self.pattern):
            raise _Bad("a backslash at the end")
        char = self.pattern[self.index]
        self.index += 1
        if char in "pP":
            return self._property(char, in_class=in_class)
        if char in _CLASSES:
            return _CLASSES[char]
        if char.isdigit() and char != "0" and not in_class:
            return "\\" + char
        if char in _PLAIN_ESCAPES:
            return "\\" + char
        raise _Bad(f"the escape \\{char}")

    def _property(self, kind: str, *, in_class: bool) -> str:
        match = regex.match(r"\{(\^?[A-Za-z0-9 _-]+)\}", self.pattern[self.index :])
        if match is None:
            raise _Bad("a \\p without a name in braces")
        self.index += match.end()
        name = str(match.group(1))
        if name.startswith("Is"):
            name = f"Block={name[2:]}"
        found = f"\\{kind}{{{name}}}"
        # the flag i leaves categories alone
        return found if in_class else f"(?-i:{found})"

    def _class(self) -> str:
        """A bracketed class; XPath's subtraction `[a-z-[aeiou]]` is `--` in the regex package."""
        self.index += 1
        out = ["["]
        if self.pattern.startswith("^", self.index):
            out.append("^")
            self.index += 1
        empty = True
        while self.index < len(self.pattern):
            char = self.pattern[self.index]
            if char == "]" and not empty:
                self.index += 1
                return "".join(out) + "]"
            if char == "-" and self.pattern.startswith("-[", self.index) and not empty:
                self.index += 1
                inner = self._class()
                if not self.pattern.startswith("]", self.index):
                    raise _Bad("a subtraction that is not last")
                self.index += 1
                negated = len(out) > 1 and out[1] == "^"
                return f"[{''.join(out)}]--{inner}]" if negated else f"{''.join(out)}--{inner}]"
            if char == "[":
                raise _Bad("a `[` inside a class")
            if char == "\\":
                out.append(self._escape(in_class=True))
            else:
                self.index += 1
                out.append("\\" + char if char in "&|~#^" else self._hyphen(char))
            empty = False
        raise _Bad("a class without its `]`")

    def _hyphen(self, char: str) -> str:
        """Two hyphens in a row would be a set operation."""
        return r"\-" if char == "-" and self.pattern.startswith("-", self.index) else char


def _without_spaces(pattern: str) -> str:
    """Drop white space outside character classes, as the flag x wants it."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for char in pattern:
        if char in " \t\n\r" and depth == 0:
            continue
        if not escaped:
            depth += {"[": 1, "]": -1 if depth else 0}.get(char, 0)
        escaped = char == "\\" and not escaped
        kept.append(char)
    return "".join(kept)


def _template(replacement: str, groups: int) -> list[str | int]:
    """Cut a replacement into texts and group numbers."""
    parts: list[str | int] = []
    index = 0
    while index < len(replacement):
        char = replacement[index]
        index += 1
        if char == "\\":
            if index >= len(replacement) or replacement[index] not in "\\$":
                raise NoResult(
                    "Expected `\\\\` or `\\$` in a replacement, but a backslash stands alone."
                )
            parts.append(replacement[index])
            index += 1
        elif char == "$":
            digits = regex.match(r"[0-9]+", replacement[index:])
            if digits is None:
                raise NoResult(
                    "Expected a number after `$` in a replacement; a dollar sign is `\\$`."
                )
            number = str(digits.group())[:3]
            while len(number) > 1 and int(number) > groups:
                number = number[:-1]
            parts.append(int(number) if int(number) <= groups else "")
            index += len(number)
        else:
            parts.append(char)
    return parts
