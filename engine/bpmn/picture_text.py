"""Breaks text into lines that fit a width, by an estimate of how wide its letters are."""

from __future__ import annotations

SIZE = 12.0
LEADING = 14.0
_NARROW = frozenset("ijlI.,:;'|!()[]ft r-")
_WIDE = frozenset("mwMW@%—")


def width_of(text: str, size: float = SIZE) -> float:
    """Estimate the width of a text in a sans-serif face."""
    total = 0.0
    for letter in text:
        if letter in _NARROW:
            total += 0.34
        elif letter in _WIDE:
            total += 0.88
        elif letter.isupper():
            total += 0.68
        else:
            total += 0.55
    return total * size


def wrap(text: str, width: float, lines: int, size: float = SIZE) -> list[str]:
    """Break a text at blanks, a long word at its hyphen or inside; the rest is an ellipsis."""
    found: list[str] = []
    line = ""
    for word in _words(text, width, size):
        candidate = f"{line} {word}".strip()
        if line and width_of(candidate, size) > width:
            found.append(line)
            line = word
        else:
            line = candidate
    if line:
        found.append(line)
    if len(found) <= lines:
        return found
    kept = found[: max(lines, 1)]
    last = kept[-1]
    while last and width_of(last + "…", size) > width:
        last = last[:-1]
    kept[-1] = last.rstrip() + "…"
    return kept


def _words(text: str, width: float, size: float) -> list[str]:
    words: list[str] = []
    for word in _pieces(text, width, size):
        while width_of(word, size) > width and len(word) > 4:
            cut = len(word) - 1
            while cut > 3 and width_of(word[:cut] + "-", size) > width:
                cut -= 1
            words.append(word[:cut] + "-")
            word = word[cut:]
        words.append(word)
    return words


def _pieces(text: str, width: float, size: float) -> list[str]:
    """Give the words of a text; one with a hyphen that is too wide comes in two."""
    pieces: list[str] = []
    for word in text.split():
        head, hyphen, tail = word.partition("-")
        if head and tail and width_of(word, size) > width:
            pieces += [head + hyphen, tail]
        else:
            pieces.append(word)
    return pieces
