"""Reading what an administrator proposes: lines such as `hasil = "disetujui"`, values in FEEL."""

from __future__ import annotations

from typing import Any

from engine.feel import FeelError, evaluate
from web.language import gettext

MOST_TEXT = 20_000


def read_values(text: str) -> tuple[dict[str, Any], str]:
    """Give the values by name, and what is wrong with the text, empty where nothing is."""
    values: dict[str, Any] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, sign, expression = line.partition("=")
        if not sign or not name.strip():
            said = gettext("Baris %(number)s: tulis seperti nama = nilai.", number=number)
            return values, said
        try:
            values[name.strip()] = evaluate(expression.strip(), {})
        except FeelError:
            return values, gettext("Baris %(number)s: nilainya bukan FEEL.", number=number)
    return values, ""
