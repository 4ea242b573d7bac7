"""What the editors let a designer choose from: roles, forms, decisions, verbs, functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import contents
from engine.errors import EngineError
from engine.forms import compile_form
from engine.ports import Ports
from engine.queries import definitions, models
from hr.permissions.matrix import ROLES
from web.language import gettext
from web.site import engine

# Lanes resolve to persons or groups; nobody signs in as the public, and providers have no tasks.
_NO_LANES = frozenset({"PUB", "PTR"})


def choices(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Give the lists that belong to a draft as it stands, ready for JSON."""
    ports = engine().ports
    return {
        "roles": [{"value": code, "label": f"{code} · {role_words(code)}"} for code in _lanes()],
        "groups": [{"value": code, "label": f"{code} · {role_words(code)}"} for code in _groups()],
        "forms": [_named(key, name) for key, name in _forms(files).items()],
        "decisions": _decisions(files),
        "services": _services(ports),
        "functions": _functions(ports),
        "escalations": sorted(ports.escalations),
        "processes": [
            {"value": row.key, "label": f"{row.name} ({row.code})"}
            for row in engine().ask(definitions.latest)
        ],
    }


def variables(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Give the variables that may be known at each element and flow of a draft, each name once.

    `names` -- all of them; `at` -- element -> where in `names` those stand that it may know
    """
    known = models.variables(contents.deployed(files), engine().ports)
    names = sorted({name for each in known.values() for name in each})
    places = {name: index for index, name in enumerate(names)}
    return {"names": names, "at": {id_: [places[n] for n in each] for id_, each in known.items()}}


def role_words(code: str) -> str:
    """Say who stands behind a role's code."""
    return {
        "EMP": gettext("pegawai yang bersangkutan"),
        "RTR": gettext("atasan langsung (penilai)"),
        "SU2": gettext("atasan dari atasan"),
        "PEER": gettext("rekan kerja"),
        "TIM": gettext("tim kota"),
        "HRO": gettext("pengelola kepegawaian unit"),
        "HRC": gettext("badan kepegawaian"),
        "PPK": gettext("pejabat pembina kepegawaian"),
        "AUD": gettext("inspektorat"),
        "DSN": gettext("perancang proses"),
        "ADM": gettext("administrator sistem"),
        "TRN": gettext("pengelola pelatihan"),
    }.get(code, code)


def _lanes() -> list[str]:
    return [code for code in ROLES if code not in _NO_LANES]


def _groups() -> list[str]:
    return sorted(engine().ports.groups)


def _named(key: str, name: str) -> dict[str, str]:
    return {"value": key, "label": key if name in ("", key) else f"{key} · {name}"}


def _forms(files: Mapping[str, bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(files):
        if not path.startswith("forms/"):
            continue
        key = path.removeprefix("forms/").removesuffix(".json")
        try:
            form = compile_form(files[path])
            labels = [one.label for one in form.texts if one.label]
        except EngineError:
            labels = []
        found[key] = labels[0][:40] if labels else ""
    return found


def _decisions(files: Mapping[str, bytes]) -> list[dict[str, str]]:
    return [
        {"value": id_, "label": f"{id_} · {name}" if name else id_, "inputs": ", ".join(inputs)}
        for id_, (name, inputs) in models.decisions_of(files).items()
    ]


def _services(ports: Ports) -> list[dict[str, Any]]:
    return [
        {
            "value": name,
            "label": name,
            "doc": service.doc,
            "result": service.result,
            "parameters": [{"id": key, "type": kind} for key, kind in service.parameters.items()],
            "errors": list(service.errors),
        }
        for name, service in sorted(ports.services.items())
    ]


def _functions(ports: Ports) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "parameters": [{"name": key, "type": kind} for key, kind in one.parameters.items()],
            "result": one.result,
            "doc": one.doc,
        }
        for name, one in sorted(ports.functions.items())
    ]


def form_words(content: bytes) -> list[dict[str, Any]]:
    """List the fields of a form with their Indonesian words, for the grid of translations."""
    try:
        form = compile_form(content)
    except EngineError:
        return []
    rows: list[dict[str, Any]] = []
    for item in form.texts:
        words = {
            "label": item.label,
            "help": item.help,
            "why": item.why,
            "text": item.text,
            "pattern_message": item.pattern_message,
            "unit": item.unit,
        }
        rows.append(
            {
                "name": item.name,
                "words": {key: said for key, said in words.items() if said},
                "options": {str(one.value): one.label for one in item.options if one.label},
            }
        )
    return rows
