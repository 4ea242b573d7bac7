"""Questions about model files that need no database: are they fit to run, how do they look."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from engine import bpmn, dmn
from engine.errors import EngineError, Finding
from engine.forms import compile_form
from engine.library import check_folder, form_files, signatures
from engine.ports import Ports

_MOST_TAGS = 20_000  # the largest model that may run has some six for each element


@dataclass(frozen=True)
class Fix:
    """What can be mended by itself in a file; sha256 -- of the file as it is."""

    kind: str  # layout, expressions, foreign or splits
    path: str
    sha256: str


def check_files(
    files: Mapping[str, bytes],
    ports: Ports,
    *,
    notes: bool = False,
    now: datetime | None = None,
) -> list[Finding]:
    """Say everything that is wrong with a process folder, for this host.

    notes -- also what is only worth a look (severity `note`); now -- tells which moments are over
    """
    large = [path for path, content in files.items() if is_too_large(content)]
    if large:
        message = "Expected a model that may run, but this file has far too many elements."
        return [Finding("error", "too-many-nodes", message, file=path) for path in large]
    found = check_folder(
        files, services=signatures(ports), functions=set(ports.functions), groups=ports.groups
    )
    if now is not None:
        found += bpmn.timers_in_past(files, now, ports.zone)
    # What is read too early, or by nobody, tells nothing while ways are missing.
    if notes and not any(one.severity == "error" for one in found):
        found += bpmn.notes(files, functions=frozenset(ports.functions), reads=_form_reads(files))
    return found


def fixes(files: Mapping[str, bytes]) -> tuple[Fix, ...]:
    """Give what can be mended by itself in the models of a folder."""
    return tuple(
        Fix(kind, path, hashlib.sha256(files[path]).hexdigest())
        for path in sorted(path for path in files if path.endswith(".bpmn"))
        if not is_too_large(files[path])
        for kind in _offers(files[path])
    )


def mend(model: bytes, kind: str) -> bytes:
    """Give a BPMN file with one kind of fix applied; raises InvalidProcess where it is no XML."""
    return bpmn.mend(model, kind)


def is_too_large(model: bytes) -> bool:
    """Tell whether an XML file has more in it than any that could run: it is not looked at."""
    return model.count(b"<") > _MOST_TAGS


@lru_cache(maxsize=32)
def _offers(model: bytes) -> tuple[str, ...]:
    return bpmn.offers(model)


def layout(model: bytes) -> bytes:
    """Give a BPMN file with its diagram drawn anew; raises InvalidProcess where it is no XML."""
    return bpmn.layout(model)


def picture(
    model: bytes,
    *,
    done: Collection[str] = (),
    current: Collection[str] = (),
    failed: Collection[str] = (),
    counts: Mapping[str, int] | None = None,
    flows_taken: Collection[str] = (),
) -> str | None:
    """Draw a BPMN file as SVG, elements marked as asked; None where it cannot be drawn."""
    if is_too_large(model):
        return None
    try:
        return bpmn.picture(
            model,
            done=done,
            current=current,
            failed=failed,
            counts=counts,
            flows_taken=flows_taken,
        )
    except (EngineError, RecursionError):
        return None


def decisions_of(files: Mapping[str, bytes]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Give the decisions that a folder's tables make: id -> name, and what they ask for."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for path in sorted(path for path in files if path.endswith(".dmn")):
        try:
            model = dmn.load(files[path], file=path)
        except EngineError:
            continue
        for decision in model.decisions:
            asked = tuple(slot.name for slot in model.inputs(decision.id))
            found.setdefault(decision.id, (decision.name, asked))
    return found


def inputs_of(content: bytes, decision: str) -> tuple[dmn.Slot, ...]:
    """Give what a decision of a table file asks for; nothing where it cannot be read."""
    try:
        return dmn.load(content).inputs(decision)
    except EngineError:
        return ()


def variables(files: Mapping[str, bytes], ports: Ports) -> dict[str, list[str]]:
    """Give the variables that may be known at each element and flow of a folder's process."""
    if any(is_too_large(content) for content in files.values()):
        return {}
    return bpmn.variables_at(files, forms=_form_keys(files), functions=frozenset(ports.functions))


def _form_keys(files: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, content in form_files(files).items():
        try:
            found[key] = tuple(compile_form(content).keys)
        except EngineError:
            found[key] = ()
    return found


def _form_reads(files: Mapping[str, bytes]) -> frozenset[str]:
    """Name the variables that the folder's forms show or compute with."""
    found: set[str] = set()
    for content in form_files(files).values():
        try:
            form = compile_form(content)
        except EngineError:
            continue
        rules = list(form.rules)
        for item in form.texts:
            rules += item.rules
            for one in (item.options_from, item.prefill, item.hide, *item.places):
                found |= set(one.reads) if one is not None else set()
        found |= {name for rule in rules for name in rule.when.reads}
    return frozenset(found)


def is_readable(kind: str, content: bytes) -> bool:
    """Tell whether a file can be read at all as a `bpmn` or `dmn` model or a `form`."""
    try:
        if kind == "form":
            return isinstance(json.loads(content), dict)
        return bpmn.is_xml(content)
    except (ValueError, RecursionError):
        return False


def drawn_words(files: Mapping[str, bytes]) -> bpmn.DrawnWords:
    """Give the words that a folder's process is drawn with; none where it cannot be read."""
    return bpmn.drawn_words(files)
