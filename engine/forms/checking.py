"""Checks answers against what was asked, and types them; cleans drafts; says how a form begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.errors import InvalidForm, Problem
from engine.forms.files import file_of
from engine.forms.messages import problem_at
from engine.forms.model import Field, FieldKind, Form, Rule, answering
from engine.forms.shown import Shown, every, given_rows, shown_fields
from engine.forms.values import LONGEST_TEXT, Fault, read_value, tidy

MOST_DRAFT_ENTRIES = 500


def check_answers(
    form: Form, answers: Mapping[str, Any], *, context: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Give the typed answers, or raise InvalidForm with its problems in the order of the form.

    Unknown keys and hidden fields are dropped, blanks are null, read-only fields hold what the
    case says.

    now -- in the zone of the person who answers: times written without an offset are read in it
    """
    shown = shown_fields(form, answers, context=context, now=now)
    problems: list[Problem] = []
    typed = _typed(shown, problems, now)
    _apply(form.rules, "", {**context, **typed}, shown, problems, now)
    _apply_in_rows(shown, typed, context, problems, now)
    if problems:
        raise InvalidForm(_in_order(problems, shown))
    return typed


def _typed(shown: Sequence[Shown], problems: list[Problem], now: datetime) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for item in shown:
        if item.field.kind is FieldKind.GROUP:
            inner = _typed(item.parts, problems, now)
            typed |= {item.field.key: inner} if item.field.key else inner
        elif item.field.kind is FieldKind.ROWS:
            typed[item.field.key] = [_typed(row, problems, now) for row in item.rows]
            _check_count(item, problems)
        elif item.field.key:
            typed[item.field.key] = _leaf(item, problems, now)
    return typed


def _leaf(item: Shown, problems: list[Problem], now: datetime) -> Any:
    value = read_value(item.field, item.value, item.options, now)
    if not isinstance(value, Fault):
        return value
    if item.field.read_only:
        return item.value
    problems.append(problem_at(item.path, item.field, value.code, value.limit))
    return None


def _check_count(item: Shown, problems: list[Problem]) -> None:
    least = max(item.field.min_rows, 1 if item.field.required else 0)
    if len(item.rows) < least:
        problems.append(problem_at(item.path, item.field, "too_few_rows", str(least)))
    elif len(item.rows) > item.field.max_rows:
        problems.append(
            problem_at(item.path, item.field, "too_many_rows", str(item.field.max_rows))
        )


def _apply(
    rules: tuple[Rule, ...],
    prefix: str,
    scope: Mapping[str, Any],
    shown: Sequence[Shown],
    problems: list[Problem],
    now: datetime,
) -> None:
    """Note each broken rule whose field is shown and has no problem of its own yet."""
    open_paths = {item.path for item in every(shown) if item.path} - {p.path for p in problems}
    for rule in rules:
        path = prefix + rule.field
        if path in open_paths and rule.when.evaluate(scope, now=now) is True:
            problems.append(Problem(path, "rule", rule.message, rule.id))
            open_paths.discard(path)


def _apply_in_rows(
    shown: Sequence[Shown],
    typed: Mapping[str, Any],
    outer: Mapping[str, Any],
    problems: list[Problem],
    now: datetime,
) -> None:
    scope = {**outer, **typed}
    for item in shown:
        field = item.field
        if field.kind is FieldKind.GROUP:
            _apply_in_rows(
                item.parts, typed[field.key] if field.key else typed, scope, problems, now
            )
        for index, row in enumerate(item.rows):
            values = typed[field.key][index]
            _apply(field.rules, f"{item.path}.{index}.", {**scope, **values}, row, problems, now)
            _apply_in_rows(row, values, scope, problems, now)


def _in_order(problems: Sequence[Problem], shown: Sequence[Shown]) -> list[Problem]:
    place = {item.path: index for index, item in enumerate(every(shown))}
    return sorted(problems, key=lambda problem: place.get(problem.path, -1))


def answers_at_start(form: Form, *, context: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Give the answers a form begins with: from the case, from defaults, and empty first rows."""
    return _begin(form.fields, context, now)


def _begin(fields: tuple[Field, ...], scope: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    begun: dict[str, Any] = {}
    for item in answering(fields):
        begun[item.key] = _first(item, {**scope, **begun}, now)
    return begun


def _first(item: Field, scope: Mapping[str, Any], now: datetime) -> Any:
    if item.kind is FieldKind.GROUP:
        return _begin(item.fields, scope, now)
    if item.kind is not FieldKind.ROWS:
        return item.default if item.prefill is None else item.prefill.evaluate(scope, now=now)
    rows = given_rows(item, scope, now)
    if rows or item.fixed_rows:
        return [{**_begin(item.fields, {**scope, **row}, now), **_only(item, row)} for row in rows]
    return [_begin(item.fields, scope, now) for _ in range(max(item.start_rows, item.min_rows))]


def _only(item: Field, row: Mapping[str, Any]) -> dict[str, Any]:
    keys = {part.key for part in answering(item.fields)}
    return {key: value for key, value in row.items() if key in keys}


def check_draft(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of unfinished answers whatever has the shape of the form, as plain JSON; drop the rest.

    Nothing is typed or refused here: what a person wrote comes back as it was written.
    """
    return _keep(form.fields, answers)


def _keep(fields: tuple[Field, ...], answers: Mapping[str, Any]) -> dict[str, Any]:
    kept = {}
    for item in answering(fields):
        if item.key in answers and (value := _kept(item, answers[item.key])) is not None:
            kept[item.key] = value
    return kept


def _kept(item: Field, raw: object) -> Any:
    if item.kind is FieldKind.ROWS:
        rows = raw if isinstance(raw, (list, tuple)) else []
        return [
            _keep(item.fields, row if isinstance(row, Mapping) else {})
            for row in rows[: item.max_rows]
        ]
    if item.kind is FieldKind.GROUP:
        return _keep(item.fields, raw) if isinstance(raw, Mapping) else None
    if item.kind is FieldKind.FILES:
        files = map(file_of, raw) if isinstance(raw, (list, tuple)) else ()
        return [each for each in files if each is not None]
    if isinstance(raw, (list, tuple)):
        return [
            str(entry)[:LONGEST_TEXT] for entry in raw[:MOST_DRAFT_ENTRIES] if entry is not None
        ]
    if raw is None or isinstance(raw, bool):
        return raw
    return tidy(str(raw))[:LONGEST_TEXT] if not isinstance(raw, Mapping) else None
