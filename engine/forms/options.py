"""The choices of a field: written down, taken from the case, or a rating scale with anchors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine.feel import Expression
from engine.forms.model import ONE_OF, SOME_OF, FieldKind, Option
from engine.forms.raw import Component

RATED = ONE_OF
RANGE = re.compile(r"(\d{1,2})\s*-\s*(\d{1,2})")
NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,6})?")
MOST_OPTIONS = 500

Scales = Mapping[str, tuple[Option, ...]]


def read_scales(root: Component, raw: object) -> Scales:
    """Read the form's named scales: `{"name": [{"value", "label", "anchor"}]}`."""
    raw = root.decoded(raw, "alur:scales")
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        root.findings.add("form-scale", "Expected an object as `alur:scales`, but it is none.")
        return {}
    return {
        str(name): tuple(
            _rated(root, entry) for entry in root.objects(entries, f"alur:scales {name}")
        )
        for name, entries in raw.items()
    }


def read_options(
    item: Component, kind: FieldKind, own: Mapping[str, Any], scales: Scales
) -> tuple[tuple[Option, ...], Expression | None, str]:
    """Give a field's options, the FEEL they come from otherwise, and the name of its scale."""
    if kind not in ONE_OF and kind not in SOME_OF:
        return (), None, ""
    if own.get("scale"):
        scale = str(own["scale"])
        return _scale(item, scale, own.get("anchors"), scales), None, scale
    source = item.text("valuesExpression") or item.text("valuesKey")
    if source:
        return (), item.findings.expression(source, item.element, "the list of choices"), ""
    options = tuple(_option(entry) for entry in item.parts("values"))
    _check(item, options)
    return _anchored(item, options, own.get("anchors")), None, ""


def _scale(item: Component, scale: str, anchors: object, scales: Scales) -> tuple[Option, ...]:
    written = item.parts("values")
    if written:
        options = tuple(_rated(item, entry) for entry in written)
    elif scale in scales:
        options = scales[scale]
    elif (found := RANGE.fullmatch(scale)) and int(found[1]) < int(found[2]):
        options = tuple(Option(Decimal(n), str(n)) for n in range(int(found[1]), int(found[2]) + 1))
    else:
        options = ()
    if not options:
        item.findings.add(
            "form-scale",
            f"Expected a scale with steps at {item.element}, but `{scale}` has none.",
            item.element,
            hint="Write the values, name one of the form's `alur:scales`, or a range such as 1-5.",
        )
        return ()
    _check(item, options)
    return _anchored(item, options, anchors)


def _anchored(item: Component, options: tuple[Option, ...], raw: object) -> tuple[Option, ...]:
    anchors = item.texts(raw, "alur:anchors")
    if not anchors:
        return options
    if len(anchors) != len(options):
        item.findings.add(
            "form-scale",
            f"Expected {len(options)} anchors at {item.element}, but there are {len(anchors)}.",
            item.element,
        )
        return options
    return tuple(
        replace(option, anchor=anchor) for option, anchor in zip(options, anchors, strict=True)
    )


def _option(entry: Mapping[str, Any]) -> Option:
    value = entry.get("value", "")
    return Option(str(value), str(entry.get("label") or value), str(entry.get("anchor") or ""))


def _rated(item: Component, entry: Mapping[str, Any]) -> Option:
    text = str(entry.get("value", ""))
    if not NUMBER.fullmatch(text):
        item.findings.add(
            "form-scale",
            f"Expected numbers on the scale of {item.element}, but {text!r} is none.",
            item.element,
        )
        return Option(Decimal(0), text)
    return Option(Decimal(text), str(entry.get("label") or text), str(entry.get("anchor") or ""))


def _check(item: Component, options: tuple[Option, ...]) -> None:
    values = [option.value for option in options]
    if not values or "" in values:
        item.findings.add(
            "form-options",
            f"Expected choices with values at {item.element}, but one has none.",
            item.element,
        )
    elif len(set(values)) != len(values):
        item.findings.add(
            "form-options",
            f"Expected each choice once at {item.element}, but one is there twice.",
            item.element,
        )
    elif len(values) > MOST_OPTIONS:
        item.findings.add(
            "form-options",
            f"Expected at most {MOST_OPTIONS} choices at {item.element}.",
            item.element,
        )
