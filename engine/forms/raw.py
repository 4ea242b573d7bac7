"""Reads form-js JSON with suspicion: typed access to its entries, findings instead of crashes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.errors import Finding, InvalidProcess
from engine.feel import Expression, FeelError
from engine.feel import compile as compile_feel

MOST_BYTES = 262_144
PREFIX = "alur:"


@dataclass
class Findings:
    """Collects what is wrong while reading goes on, so that a designer sees everything at once.

    new -- that the form is to be deployed: then what would stay empty for ever is wrong, too
    """

    file: str = ""
    names: tuple[str, ...] = ()
    new: bool = False
    found: list[Finding] = field(default_factory=list)

    def add(self, rule: str, message: str, element: str = "", hint: str = "") -> None:
        """Note one fault; `element` is the key of the field, or its id where it has no key."""
        self.found.append(Finding("error", rule, message, self.file, element, hint=hint))

    def stop(self) -> None:
        """Raise InvalidProcess when anything was found."""
        if self.found:
            raise InvalidProcess(self.found)

    def expression(self, text: object, element: str, what: str) -> Expression | None:
        """Compile FEEL, or note where it is wrong; empty text is no expression."""
        if text is None or text == "":
            return None
        if not isinstance(text, str):
            self.add("form-expression", f"Expected FEEL as {what}, but it is {text!r}.", element)
            return None
        try:
            expression = compile_feel(text, self.names)
        except FeelError as fault:
            self.add("form-expression", f"Expected FEEL as {what}, but: {fault}", element)
            return None
        for name in sorted(expression.unknown - expression.reads) if self.new else ():
            self.add(
                "form-function",
                f"Expected functions of FEEL as {what}, but it calls {name}.",
                element,
                "Compute it in a script before this step, and use the variable here.",
            )
        return expression


@dataclass(frozen=True)
class Component:
    """One entry of `components`, with what it is called in findings."""

    raw: Mapping[str, Any]
    element: str
    findings: Findings

    @property
    def type(self) -> str:
        """Give form-js's type name."""
        return self.text("type")

    def text(self, name: str) -> str:
        """Give an entry as text, empty where it is missing."""
        return self._text(self.raw.get(name), name)

    def flag(self, name: str, default: bool = False) -> bool:
        """Give an entry as yes or no."""
        value = self.raw.get(name, default)
        if isinstance(value, bool):
            return value
        self._wrong(name, "true or false", value)
        return default

    def whole(self, value: object, name: str) -> int | None:
        """Read a whole number that may be missing."""
        number = self.number(value, name)
        if number is None:
            return None
        if number != int(number) or number < 0:
            self._wrong(name, "a whole number", value)
            return None
        return int(number)

    def number(self, value: object, name: str) -> Decimal | None:
        """Read an exact number that may be missing."""
        if value is None or value == "":
            return None
        try:
            number = None if isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            self._wrong(name, "a number", value)
            return None
        return number

    def part(self, name: str) -> Mapping[str, Any]:
        """Give an entry that is an object, empty where it is missing."""
        value = self.raw.get(name)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self._wrong(name, "an object", value)
        return {}

    def parts(self, name: str) -> list[Mapping[str, Any]]:
        """Give an entry that is a list of objects."""
        return self.objects(self.raw.get(name), name)

    def objects(self, value: object, name: str) -> list[Mapping[str, Any]]:
        """Read a list of objects; JSON text of one is read too, as the drawing tool stores it."""
        value = self.decoded(value, name)
        if value is None:
            return []
        if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            return value
        self._wrong(name, "a list of objects", value)
        return []

    def texts(self, value: object, name: str) -> tuple[str, ...]:
        """Read a list of texts; JSON text of one is read too."""
        value = self.decoded(value, name)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self._wrong(name, "a list of texts", value)
        return ()

    def decoded(self, value: object, name: str) -> Any:
        """Read JSON out of a property's text; other values are given back as they are."""
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value, parse_float=Decimal)
        except ValueError:
            self._wrong(name, "JSON", value)
            return None

    def own(self, known: Iterable[str]) -> dict[str, Any]:
        """Give our own properties without their prefix, and refuse those that nobody knows."""
        own = {
            name.removeprefix(PREFIX): value
            for name, value in self.part("properties").items()
            if name.startswith(PREFIX)
        }
        for name in sorted(own.keys() - set(known)):
            allowed = ", ".join(PREFIX + item for item in sorted(known)) or "none"
            self.findings.add(
                "form-property",
                f"Expected a known property at {self.element}, but `{PREFIX}{name}` is none.",
                self.element,
                hint=f"Allowed here: {allowed}.",
            )
        return {name: value for name, value in own.items() if name in known}

    def said(self, value: object, name: str) -> str:
        """Give a text of our own properties; what is none counts as nothing, and is found."""
        return self._text(value, name)

    def _text(self, value: object, name: str) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return value.strip()
        self._wrong(name, "text", value)
        return ""

    def _wrong(self, name: str, wanted: str, value: object) -> None:
        self.findings.add(
            "form-value",
            f"Expected {wanted} as `{name}` of {self.element}, but it is {str(value)[:60]!r}.",
            self.element,
        )


def read_json(data: bytes | Mapping[str, Any], findings: Findings) -> Mapping[str, Any]:
    """Parse a form, numbers kept exact; raise InvalidProcess when it is no form at all."""
    raw: object = data
    if isinstance(data, bytes):
        if len(data) > MOST_BYTES:
            findings.add(
                "form-size", f"Expected at most {MOST_BYTES} bytes, but the form has {len(data)}."
            )
            findings.stop()
        try:
            raw = json.loads(data, parse_float=Decimal)
        except (ValueError, RecursionError) as fault:
            findings.add("form-json", f"Expected JSON, but: {fault}")
            findings.stop()
    if not isinstance(raw, Mapping) or not isinstance(raw.get("components"), list):
        findings.add("form-json", 'Expected a form-js form with "components", but there are none.')
        findings.stop()
    assert isinstance(raw, Mapping)
    return raw
