"""Lint of what a form keeps for some readers (`alur:visible_to`): whether a model copies it out.

What it copies is read by whoever reads the case, since readers are known of answers alone.  Names
are looked for as they stand; what goes round by another name is not followed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from engine.bpmn.diagram import Diagram, Node
from engine.bpmn.findings import warning
from engine.errors import Finding, InvalidProcess
from engine.forms import Form, compile_form
from engine.forms.model import Field

# What is written into a case, a title, or another case; a condition or an assignee shows nothing.
_COPYING = ("title", "payload", "correlation", "payloadExpression")


@dataclass(frozen=True)
class _Kept:
    """A field that is for some lanes: under which variable its answers stand, and how far down."""

    variable: str
    path: tuple[str, ...]
    lanes: tuple[str, ...]
    form: str

    @property
    def name(self) -> str:
        return ".".join((self.variable, *self.path))

    def is_in(self, text: str, *, whole: bool) -> bool:
        """Tell whether a text names the field, or, if wanted, all the answers it is among."""
        step = r"\s*(?:\[[^\]]*\])?\s*\.\s*"
        named = rf"\b{step.join(map(re.escape, (self.variable, *self.path)))}\b"
        everything = rf"(?<![\w.]){re.escape(self.variable)}(?![\w.]|\s*[.\[:]|\s*!?=)"
        return bool(re.search(named, text) or (whole and re.search(everything, text)))


def lint_readers(diagram: Diagram, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Warn of every element that hands on what a field keeps for some lanes."""
    kept = [one for _, node in diagram.nodes() for one in _kept(node, files)]
    if not kept:
        return
    for _, node in diagram.nodes():
        for one in dict.fromkeys(kept):
            if _hands_on(node, one, files):
                yield warning(
                    "field-readers",
                    node,
                    f"Expected only {', '.join(one.lanes)} to read {one.name}, but {node.id} hands"
                    " it on to whoever reads the case.",
                    "Leave it out, or open the field to them.",
                )


def _kept(node: Node, files: Mapping[str, bytes]) -> Iterator[_Kept]:
    form = _form(node, files)
    if form is None:
        return
    variables = {node.result} | ({node.loop.output} if node.loop is not None else set())
    for path, lanes in _limited(form.fields):
        for variable in sorted(variables - {""}):
            yield _Kept(variable, path, lanes, _form_key(node))


def _form_key(node: Node) -> str:
    return node.properties.get("form", "").strip() if node.kind == "userTask" else ""


def _form(node: Node, files: Mapping[str, bytes]) -> Form | None:
    data = files.get(f"forms/{_form_key(node)}.json", b"")
    # Most forms keep nothing for anybody: they need not be compiled to know it.
    if b"alur:visible_to" in data:
        with suppress(InvalidProcess):
            return compile_form(data)
    return None


def _limited(
    fields: tuple[Field, ...], above: tuple[str, ...] = (), lanes: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for item in fields:
        path = (*above, item.key) if item.has_answer else above
        here = item.visible_to or lanes
        if here and item.has_answer:
            yield path, here
        else:
            yield from _limited(item.fields, path, here)


def _hands_on(node: Node, one: _Kept, files: Mapping[str, bytes]) -> bool:
    copied: Collection[str] = (
        node.script,
        *(node.operator.arguments.values() if node.operator else ()),
        *(node.properties.get(name, "") for name in _COPYING),
    )
    if any(one.is_in(text, whole=True) for text in copied):
        return True
    key = _form_key(node)
    if not key or key == one.form or node.lane in one.lanes:
        return False
    shown = files.get(f"forms/{key}.json", b"").decode("utf-8", "replace")
    return one.is_in(shown, whole=False)
