"""form-js JSON (schemaVersion 19 and near it) -> Form: what a component may say is read here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import regex

from engine.feel import Expression
from engine.forms.files import ENDINGS, MOST_FILES, TYPES
from engine.forms.model import (
    MUTE,
    PLACE,
    SOME_OF,
    TEMPORAL,
    Field,
    FieldKind,
    Form,
    Rule,
    walk,
)
from engine.forms.options import RATED, Scales, read_options, read_scales
from engine.forms.raw import Component, Findings, read_json
from engine.forms.schema import schema_of

KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
READER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,62}")
KINDS = {kind.value: kind for kind in FieldKind if kind not in TEMPORAL} | {
    "datetime": FieldKind.DATETIME
}
SUBTYPES = {"date": FieldKind.DATE, "time": FieldKind.TIME, "datetime": FieldKind.DATETIME}
REFUSED = {
    "button": "Alur draws the buttons itself; delete this one.",
    "iframe": "Pages of others are not shown inside forms.",
    "html": "Use a text component: it knows Markdown.",
    "expression": "Compute it in a script task before or after this form.",
    "documentPreview": "Documents are not shown inside forms.",
    "image": "Pictures are not shown inside forms.",
    "table": "Use a dynamic list.",
}
LETTERS = {FieldKind.TEXTFIELD: 500, FieldKind.TEXTAREA: 10_000}
PATTERNS = {"phone": r"^\+?[0-9][0-9 ()-]{6,19}$"}
MOST_FIELDS = 300
DEEPEST = 3
MOST_ROWS = 200
USUAL_ROWS = 50


def compile_form(
    data: bytes | Mapping[str, Any],
    *,
    names: Sequence[str] = (),
    file: str = "",
    new: bool = False,
) -> Form:
    """Compile a drawn form; raise InvalidProcess whose findings name the fields at fault.

    names -- process variables that are known when the form is shown; the form's own keys are added
    new -- that it is to be deployed: functions of the host are refused, since a form asks nobody
    """
    findings = Findings(file, new=new)
    raw = read_json(data, findings)
    findings.names = (*names, *_keys_in(raw))
    root = Component(raw, str(raw.get("id") or "form"), findings)
    own = root.own(("rules", "scales"))
    scales = read_scales(root, own.get("scales"))
    fields = _fields(root, scales, "", 0)
    _check_keys(fields, findings)
    _check_filled(fields, findings, given=False)
    rules = _rules(root, own.get("rules"), fields, "")
    if sum(1 for _ in walk(fields)) > MOST_FIELDS:
        findings.add("form-size", f"Expected at most {MOST_FIELDS} fields, but there are more.")
    findings.stop()
    fields = _with_decisions(fields, _read_names(fields))
    return Form(id=root.element, fields=fields, rules=rules, schema=schema_of(fields))


def _read_names(fields: tuple[Field, ...]) -> frozenset[str]:
    """Collect the names on which it depends what is shown."""
    found: set[str] = set()
    for field in walk(fields):
        computed = field.prefill if field.read_only else None
        for expression in (field.hide, field.options_from, computed, *field.places):
            found |= expression.reads if expression is not None else frozenset()
    return frozenset(found)


def _with_decisions(fields: tuple[Field, ...], names: frozenset[str]) -> tuple[Field, ...]:
    return tuple(
        replace(
            field,
            decides=field.key in names,
            fields=_with_decisions(field.fields, names),
        )
        for field in fields
    )


def _keys_in(raw: Mapping[str, Any], depth: int = 0) -> list[str]:
    components = raw.get("components")
    if depth > DEEPEST + 1 or not isinstance(components, list):
        return []
    found: list[str] = []
    for item in components:
        if isinstance(item, Mapping):
            found += [
                key for key in (item.get("key"), item.get("path")) if isinstance(key, str) and key
            ]
            found += _keys_in(item, depth + 1)
    return found


def _fields(parent: Component, scales: Scales, path: str, depth: int) -> tuple[Field, ...]:
    if depth > DEEPEST:
        parent.findings.add(
            "form-depth",
            f"Expected at most {DEEPEST} levels, but {parent.element} goes deeper.",
            parent.element,
        )
        return ()
    read = (_field(raw, parent, scales, path, depth) for raw in parent.parts("components"))
    return tuple(item for item in read if item is not None)


def _field(
    raw: Mapping[str, Any], parent: Component, scales: Scales, path: str, depth: int
) -> Field | None:
    findings = parent.findings
    key = str(raw.get("key") or raw.get("path") or "")
    item = Component(raw, path + key if key else str(raw.get("id") or raw.get("type")), findings)
    kind = _kind(item)
    if kind is None:
        return None
    needs_key = kind not in MUTE and kind is not FieldKind.GROUP
    if kind in MUTE:
        key = ""
    elif (key or needs_key) and not KEY.fullmatch(key):
        what = "path" if kind in (FieldKind.GROUP, FieldKind.ROWS) else "key"
        findings.add(
            "form-key",
            f"Expected a {what} like `hasil_kerja` at {item.element}, but it is {key!r}.",
            item.element,
            hint="Small letters, digits and underscores, beginning with a letter.",
        )
        return None
    if kind is FieldKind.FILES and path:
        findings.add(
            "form-files",
            f"Expected files outside lists and named groups, but {item.element} is inside one.",
            item.element,
        )
    return _read(item, kind, key, scales, path, depth)


def _kind(item: Component) -> FieldKind | None:
    kind = KINDS.get(item.type)
    if kind is FieldKind.DATETIME:
        kind = SUBTYPES.get(item.text("subtype") or "date")
    if kind is None:
        item.findings.add(
            "form-type",
            f"Expected a kind of field that Alur shows, but {item.element} is `{item.type}`.",
            item.element,
            hint=REFUSED.get(item.type, "Allowed: " + ", ".join(sorted(KINDS)) + "."),
        )
    return kind


def _read(
    item: Component, kind: FieldKind, key: str, scales: Scales, path: str, depth: int
) -> Field:
    own = item.own(_known(kind))
    validate = item.part("validate")
    inside = f"{path}{key}." if key else path
    fields = _fields(item, scales, inside, depth + 1) if item.raw.get("components") else ()
    named = item.element
    options, options_from, scale = read_options(item, kind, own, scales)
    pattern = _pattern(item, validate)
    return Field(
        kind=kind,
        key=key,
        name=named,
        label=_label(item, kind),
        help=item.text("description"),
        why=item.said(own.get("why"), "alur:why"),
        text=item.text("text"),
        required=_required(item, validate),
        read_only=item.flag("readonly") or item.flag("disabled"),
        options=options,
        options_from=options_from,
        scale=scale,
        minimum=item.number(validate.get("min"), "min"),
        maximum=item.number(validate.get("max"), "max"),
        decimals=item.whole(item.raw.get("decimalDigits"), "decimalDigits"),
        min_length=item.whole(validate.get("minLength"), "minLength"),
        max_length=item.whole(validate.get("maxLength"), "maxLength") or LETTERS.get(kind),
        pattern=pattern,
        pattern_message=str(validate.get("patternErrorMessage") or ""),
        email=validate.get("validationType") == "email",
        not_past=kind in TEMPORAL and item.flag("disallowPassedDates"),
        min_rows=item.whole(own.get("min_rows"), "alur:min_rows") or 0,
        max_rows=_most_rows(item, kind, own, len(options)),
        fixed_rows=kind is FieldKind.ROWS and not item.flag("allowAddRemove", True),
        start_rows=_start_rows(item, kind),
        accept=_accept(item, kind),
        fields=fields,
        rules=_rules(item, own.get("rules"), fields, inside),
        places=_places(item),
        default=item.raw.get("defaultValue"),
        prefill=item.findings.expression(own.get("from"), named, "alur:from"),
        hide=item.findings.expression(
            item.part("conditional").get("hide"), named, "conditional.hide"
        ),
        unit=str(item.part("appearance").get("suffixAdorner") or ""),
        prefix=str(item.part("appearance").get("prefixAdorner") or ""),
        width=item.whole(item.part("layout").get("columns"), "columns"),
        visible_to=_visible_to(item, own),
    )


def _known(kind: FieldKind) -> tuple[str, ...]:
    if kind in MUTE:
        return ()
    if kind is FieldKind.GROUP:
        return ("visible_to",)
    usual = ("from", "why", "visible_to")
    if kind is FieldKind.ROWS:
        return (*usual, "rules", "min_rows", "max_rows")
    if kind in RATED:
        return (*usual, "scale", "anchors")
    if kind in SOME_OF:
        return (*usual, "min_rows", "max_rows")
    if kind is FieldKind.FILES:
        return (*usual, "max_rows")
    return usual


def _visible_to(item: Component, own: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the lanes that may see an answer; what can't be read refuses the form, so none opens."""
    if "visible_to" not in own:
        return ()
    said = own["visible_to"]
    names = said.replace(",", " ").split() if isinstance(said, str) else []
    wrong = [name for name in names if not READER.fullmatch(name)]
    if wrong or not names:
        item.findings.add(
            "form-visible",
            f"Expected lanes as `alur:visible_to` of {item.element}, but it is {str(said)[:60]!r}.",
            item.element,
            hint="Such as `RTR, SU2`; leave it out where whoever sees the other answers may.",
        )
    return tuple(names)


def _label(item: Component, kind: FieldKind) -> str:
    if kind in TEMPORAL:
        first = "timeLabel" if kind is FieldKind.TIME else "dateLabel"
        label = item.text(first) or item.text("label")
    else:
        label = item.text("label")
    if not label and kind not in MUTE and kind not in (FieldKind.GROUP, FieldKind.ROWS):
        item.findings.add(
            "form-label", f"Expected a label at {item.element}, but it has none.", item.element
        )
    return label


def _required(item: Component, validate: Mapping[str, Any]) -> bool:
    required = validate.get("required", False)
    if isinstance(required, bool):
        return required
    item.findings.add(
        "form-value",
        f"Expected true or false as `required` of {item.element}, but it is {required!r}.",
        item.element,
    )
    return False


def _pattern(item: Component, validate: Mapping[str, Any]) -> str:
    pattern = validate.get("pattern") or PATTERNS.get(str(validate.get("validationType")), "")
    if not isinstance(pattern, str):
        pattern = str(pattern)
    try:
        regex.compile(pattern)
    except regex.error as fault:
        item.findings.add(
            "form-pattern",
            f"Expected a regular expression at {item.element}, but: {fault}.",
            item.element,
        )
        return ""
    return pattern


def _places(item: Component) -> tuple[Expression, ...]:
    """Compile the `{{ }}` of a text; a wrong one refuses the form, so none goes missing."""
    found = (
        item.findings.expression(place.strip(), item.element, "{{ }}")
        for place in PLACE.findall(item.text("text"))
    )
    return tuple(place for place in found if place is not None)


def _most_rows(item: Component, kind: FieldKind, own: Mapping[str, Any], options: int) -> int:
    most = item.whole(own.get("max_rows"), "alur:max_rows")
    if kind in SOME_OF:
        return most or options or USUAL_ROWS
    if kind is FieldKind.FILES:
        return min(most or MOST_FILES, MOST_FILES) if item.flag("multiple") else 1
    if kind is not FieldKind.ROWS:
        return 0
    if most is not None and most > MOST_ROWS:
        item.findings.add(
            "form-size",
            f"Expected at most {MOST_ROWS} rows, but {item.element} allows {most}.",
            item.element,
        )
    return most or USUAL_ROWS


def _accept(item: Component, kind: FieldKind) -> tuple[str, ...]:
    """Read which types a file field takes, such as `.pdf,.jpg`; all where it does not say."""
    if kind is not FieldKind.FILES:
        return ()
    endings = [part.strip(" .").lower() for part in item.text("accept").split(",") if part.strip()]
    if unknown := sorted(set(endings) - ENDINGS.keys()):
        item.findings.add(
            "form-files",
            f"Expected types that are taken at {item.element}, but {', '.join(unknown)} is none.",
            item.element,
            hint="Allowed: " + ", ".join(f".{ending}" for ending in ENDINGS) + ".",
        )
    chosen = {ENDINGS[ending] for ending in endings if ending in ENDINGS}
    return tuple(one for one in TYPES if one in chosen) or tuple(TYPES)


def _start_rows(item: Component, kind: FieldKind) -> int:
    if kind is not FieldKind.ROWS:
        return 0
    rows = item.whole(item.raw.get("defaultRepetitions"), "defaultRepetitions")
    return 1 if rows is None else min(rows, USUAL_ROWS)


def _rules(item: Component, raw: object, fields: tuple[Field, ...], path: str) -> tuple[Rule, ...]:
    rules = []
    keys = {field.name.removeprefix(path) for field in _reachable(fields)}
    for index, entry in enumerate(item.objects(raw, "alur:rules")):
        name = str(entry.get("id") or f"rule_{index + 1}")
        where = f"rule {name} of {item.element}"
        when = item.findings.expression(entry.get("when"), item.element, where)
        message, at = entry.get("message"), entry.get("field")
        if not isinstance(message, str) or not message:
            item.findings.add(
                "form-rule", f"Expected a message in {where}, but there is none.", item.element
            )
        elif not isinstance(at, str) or at not in keys:
            item.findings.add(
                "form-rule",
                f"Expected a field of this form in {where}, but it is {at!r}.",
                item.element,
            )
        elif when is None:
            if not entry.get("when"):
                item.findings.add(
                    "form-rule", f"Expected `when` in {where}, but there is none.", item.element
                )
        else:
            rules.append(Rule(id=name, when=when, message=message, field=at))
    return tuple(rules)


def _reachable(fields: tuple[Field, ...]) -> Iterator[Field]:
    """Give the fields a rule of this level can point at: all but those inside rows."""
    for field in fields:
        if field.has_answer:
            yield field
        if field.kind is FieldKind.GROUP:
            yield from _reachable(field.fields)


def _check_keys(fields: tuple[Field, ...], findings: Findings) -> None:
    seen: set[str] = set()
    for field in walk(fields):
        if field.has_answer:
            if field.name in seen:
                findings.add(
                    "form-key-twice",
                    f"Expected one field for each key, but {field.name} is there twice.",
                    field.name,
                )
            seen.add(field.name)


def _check_filled(fields: tuple[Field, ...], findings: Findings, given: bool) -> None:
    """Refuse read-only fields and fixed rows that nothing fills; `given`: by a fixed row."""
    for field in fields:
        fixed = field.kind is FieldKind.ROWS and field.fixed_rows
        if field.kind is FieldKind.ROWS:
            _check_rows(field, findings)
        elif field.read_only and field.has_answer and field.prefill is None and not given:
            findings.add(
                "form-read-only",
                f"Expected `alur:from` at {field.name}, but it is read-only and nothing fills it.",
                field.name,
            )
        _check_filled(field.fields, findings, fixed or (given and not field.key))


def _check_rows(field: Field, findings: Findings) -> None:
    if not field.fields:
        findings.add(
            "form-rows", f"Expected fields inside {field.name}, but it is empty.", field.name
        )
    if field.fixed_rows and field.prefill is None:
        findings.add(
            "form-rows",
            f"Expected `alur:from` at {field.name}, but its rows are fixed and nothing gives them.",
            field.name,
        )
