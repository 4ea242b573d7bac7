"""What a plan must be, how two plans differ, how far a row was reached: pure (P01, DT02)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CAP = Decimal("1.20")
LOWER = "LOWER"
MAIN = "UTAMA"
WHOLE = Decimal(100)
_FOUR_PLACES = Decimal("0.0001")
# What is measured, as people choose it -> aspect of the plan (SKP), dimension of DT02.
MEASURED: Mapping[str, tuple[str, str]] = {
    "QUANTITY": ("KUANTITAS", "quantity"),
    "QUALITY": ("KUALITAS", "quality"),
    "TIME": ("WAKTU", "time"),
    "COST": ("BIAYA", "contribution"),
    "CONTRIBUTION": ("KUANTITAS", "contribution"),
    "INNOVATION": ("KUANTITAS", "innovation"),
    "SERVICE": ("WAKTU", "service"),
}
VALUES = (
    "service_oriented",
    "accountable",
    "competent",
    "harmonious",
    "loyal",
    "adaptive",
    "collaborative",
)
# What makes a row another one for whoever signs it.
COMPARED = ("type", "indicator", "measured", "direction", "target", "target_max", "unit", "weight")


def ratio(direction: str, target: Decimal, actual: Decimal) -> Decimal:
    """Give actual over target, or target over actual where lower is better; never above 1.20.

    Nothing left of what should be low counts as 1.20.  A target must be above zero.
    """
    if target <= 0:
        raise ValueError(f"Expected a target above zero, but it is {target}.")
    above, below = (target, actual) if direction == LOWER else (actual, target)
    reached = above / below if below > 0 else CAP
    return min(reached, CAP).quantize(_FOUR_PLACES, ROUND_HALF_UP)


def measured_as(aspect: str, dimension: str) -> str:
    """Give the choice that a stored row stands for."""
    for choice, (its_aspect, its_dimension) in MEASURED.items():
        if dimension == its_dimension and aspect in ("", its_aspect):
            return choice
    return "QUANTITY"


def findings(rows: Sequence[Mapping[str, Any]], superior_rows: Collection[str]) -> list[str]:
    """Name what is wrong with the rows of a plan, each code once; none where it may be signed.

    superior_rows -- the rows of the superior's plan; a main row must be linked to one, if any
    """
    checks = {
        "NO_MAIN_ROW": not any(row.get("type") == MAIN for row in rows),
        "WEIGHTS_NOT_100": sum((_number(row, "weight") for row in rows), Decimal(0)) != WHOLE,
        "TARGET_NOT_ABOVE_ZERO": any(_number(row, "target") <= 0 for row in rows),
        "RANGE_REVERSED": any(_is_reversed(row) for row in rows),
        "NOT_LINKED": any(_lacks_link(row, superior_rows) for row in rows),
        "LINK_UNKNOWN": any(_links_nowhere(row, superior_rows) for row in rows),
        "ROW_TWICE": len({_name(row) for row in rows}) < len(rows),
        "MEASURED_UNKNOWN": any(row.get("measured") not in MEASURED for row in rows),
    }
    return [code for code, holds in checks.items() if holds]


def _lacks_link(row: Mapping[str, Any], superior_rows: Collection[str]) -> bool:
    return bool(superior_rows) and row.get("type") == MAIN and not row.get("superior_row")


def _links_nowhere(row: Mapping[str, Any], superior_rows: Collection[str]) -> bool:
    return bool(row.get("superior_row")) and str(row["superior_row"]) not in superior_rows


def _is_reversed(row: Mapping[str, Any]) -> bool:
    most = row.get("target_max")
    return most is not None and Decimal(str(most)) < _number(row, "target")


def _number(row: Mapping[str, Any], key: str) -> Decimal:
    value = row.get(key)
    return Decimal(0) if value is None else Decimal(str(value))


def _name(row: Mapping[str, Any]) -> tuple[str, str]:
    return identity(row.get("plan"), row.get("indicator"))


def identity(plan: Any, indicator: Any) -> tuple[str, str]:
    """Tell rows apart by what is to be done and how it is measured."""
    return (_folded(plan), _folded(indicator))


def _folded(text: Any) -> str:
    return " ".join(str(text or "").casefold().split())


def changes(
    old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """List what a new plan adds, removes and changes: rows are the same by plan, then indicator."""
    left = list(old)
    found: list[dict[str, Any]] = []
    for row in new:
        before = _counterpart(row, left)
        if before is None:
            found.append(_change("ADDED", row, "", _words(row)))
            continue
        left.remove(before)
        if any(_differs(before.get(key), row.get(key)) for key in COMPARED):
            found.append(_change("CHANGED", row, _words(before), _words(row)))
    return found + [_change("REMOVED", row, _words(row), "") for row in left]


def _counterpart(
    row: Mapping[str, Any], old: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    same = [each for each in old if _folded(each.get("plan")) == _folded(row.get("plan"))]
    exact = [each for each in same if _name(each) == _name(row)]
    return next(iter(exact or same), None)


def _differs(before: Any, after: Any) -> bool:
    if isinstance(before, Decimal) or isinstance(after, Decimal):
        return before is None or after is None or Decimal(str(before)) != Decimal(str(after))
    return (before or "") != (after or "")


def _change(kind: str, row: Mapping[str, Any], before: str, after: str) -> dict[str, Any]:
    return {"change": kind, "plan": row.get("plan"), "before": before, "after": after}


def _words(row: Mapping[str, Any]) -> str:
    target = f"{plain(row.get('target'))}"
    if row.get("target_max") is not None:
        target += f"-{plain(row['target_max'])}"
    return f"{row.get('indicator')}: {target} {row.get('unit')}, {plain(row.get('weight'))} %"


def plain(value: Any) -> str:
    """Write a number without needless zeros; a dash where there is none."""
    if value is None:
        return "-"
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
