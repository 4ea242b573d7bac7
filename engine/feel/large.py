"""Large values that JSON can say as they are: written at once, without a look at each member."""

from __future__ import annotations

from decimal import Decimal
from itertools import chain
from typing import Any

import msgspec

from engine.feel.budget import MAX_VALUE_DEPTH
from engine.feel.numbers import NUMBERS

ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")

# Below this many bytes, reading all of a text is as quick as reading parts of it.
WORTH_PARTS = 2_000

_SAYABLE = frozenset({dict, list, str, Decimal, int, bool, type(None)})
_HOLDING = frozenset({dict, list})
_TEXT_ONLY = frozenset({str})
# Every digit and point becomes a zero, so that a long number is a run of them.
_NUMERALS = bytes.maketrans(b"123456789.", b"0000000000")
_TOO_LONG = b"0" * NUMBERS.prec


def at_once(value: Any) -> bytes | None:
    """Give the JSON of a large value without a look at each of its members by itself.

    None where it is small, or where something in it may need a closer look: another type, a key
    that is no text, a number with an exponent or with more digits than FEEL keeps.
    """
    if type(value) not in _HOLDING:
        return None
    try:
        text: bytes = ENCODER.encode({"v": value})
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None
    if len(text) <= WORTH_PARTS or not _is_plain(value):
        return None
    # A letter is found far sooner than a word.
    if (b"N" in text and b"NaN" in text) or (b"I" in text and b"Infinity" in text):
        return None
    numerals = text.translate(_NUMERALS)
    if _TOO_LONG in numerals or (b"E" in numerals and b"0E" in numerals):
        return None
    return text


def _is_plain(value: Any) -> bool:
    """Tell whether a value is made of nothing but what JSON can say, layer by layer."""
    contexts: list[Any] = []
    lists: list[Any] = [[value]]
    for _ in range(MAX_VALUE_DEPTH + 2):
        kinds = {type(item) for each in contexts for item in each.values()}
        kinds |= {type(item) for each in lists for item in each}
        if not kinds <= _SAYABLE:
            return False
        if not kinds & _HOLDING:
            return True
        members = [*chain.from_iterable(map(dict.values, contexts)), *chain.from_iterable(lists)]
        contexts = [each for each in members if type(each) is dict]
        lists = [each for each in members if type(each) is list]
        if not set(map(type, set().union(*contexts))) <= _TEXT_ONLY:
            return False
    return False
