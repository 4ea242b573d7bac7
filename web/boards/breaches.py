"""What a breach of DT05 is called on a board."""

from __future__ import annotations

from collections.abc import Iterable

from web.language import gettext


def breach_words(codes: Iterable[str]) -> str:
    """Say in which way a distribution leaves the bounds of DT05."""
    known = {
        "B_ABOVE_70": gettext("lebih dari 70 % Baik"),
        "SB_ABOVE_70": gettext("lebih dari 70 % Sangat Baik"),
        "SB_ABOVE_10": gettext("lebih dari 10 % Sangat Baik"),
        "SB_NOT_ZERO": gettext("ada Sangat Baik"),
        "NO_BP_OR_K": gettext("tidak ada Butuh Perbaikan atau Kurang"),
        "BP_BELOW_60": gettext("kurang dari 60 % Butuh Perbaikan"),
        "BP_BELOW_10": gettext("kurang dari 10 % Butuh Perbaikan"),
        "BP_AND_K_BELOW_10": gettext("kurang dari 10 % Butuh Perbaikan atau Kurang"),
        "K_BELOW_60": gettext("kurang dari 60 % Kurang"),
        "SK_BELOW_60": gettext("kurang dari 60 % Sangat Kurang"),
    }
    return "; ".join(known.get(code, code) for code in codes)
