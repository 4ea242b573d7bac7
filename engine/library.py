"""Definitions ready to run: compiled once per version, shared by all threads, never changed."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import PurePosixPath
from threading import Lock
from typing import Any

from sqlalchemy import Connection

from engine.bpmn import (
    CallModel,
    CompiledDefinition,
    ServiceSignature,
    check,
    compile_deployed,
    event_starts,
    timed_starts,
)
from engine.bpmn.migration import Lost
from engine.errors import Finding, InvalidProcess, InvalidState, NotFound, ServiceTaskFailed
from engine.feel.values import from_json
from engine.forms import Form, compile_form
from engine.ports import Ports
from engine.store import Store

_LONGEST_CODE, _LONGEST_PATH = 20, 200
KEPT = 64
"""How many versions a process keeps compiled: 0.2 to 0.9 MB each (docs/decisions/library.md)."""


@dataclass(frozen=True)
class Readied:
    """A definition version with everything it needs to run.

    forms and form_hashes are by form key; messages is the parsed messages.toml.
    """

    id: int
    key: str
    version: int
    name: str
    code: str
    sha256: str
    compiled: CompiledDefinition
    forms: Mapping[str, Form]
    form_json: Mapping[str, Any]
    form_hashes: Mapping[str, str]
    messages: Mapping[str, Any]

    def form_of(self, element_id: str) -> Form | None:
        """Give the form of a user task, or None where it has none."""
        model = self.compiled.user_tasks.get(element_id)
        return self.forms[model.form] if model is not None and model.form else None

    def element_name(self, element_id: str) -> str:
        """Give the name drawn on an element, or its id where it has none."""
        element = self.compiled.elements.get(element_id)
        return (element.name if element else "") or element_id

    def decide(self, decision_id: str, inputs: Mapping[str, Any]) -> Any:
        """Ask one of the definition's tables, outside any case, for work on many people."""
        model = self.compiled.decisions.get(decision_id)
        if model is None:
            raise NotFound(f"Expected a decision {decision_id} in {self.key}, but there is none.")
        said = model.explain(decision_id, inputs)
        if said.value is None:
            raise ServiceTaskFailed(
                f"Expected {decision_id} to decide, but nothing came out: {'; '.join(said.reasons)}"
            )
        return said.value

    @cached_property
    def timers(self) -> dict[str, str]:
        """Give the timers that start cases, by element."""
        return timed_starts(self.compiled)

    @cached_property
    def anonymous_elements(self) -> frozenset[str]:
        """Name the elements whose answers nobody may trace to a person."""
        return frozenset(e for e, task in self.compiled.user_tasks.items() if task.anonymous)


@dataclass
class Library:
    """Gives readied definitions by id; remembers the `KEPT` that were used last.

    Each process has its own and tells nobody: a definition never changes, so nothing goes stale.
    """

    ports: Ports
    _known: dict[int, Readied] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, store: Store, definition_id: int) -> Readied:
        """Give a definition ready to run."""
        with self._lock:
            found = self._known.pop(definition_id, None)
            if found is not None:
                self._known[definition_id] = found  # what was used last stands last
                return found
        made = self._ready(store, definition_id)
        with self._lock:
            self._known[definition_id] = made
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
        return made

    def latest(self, store: Store, key: str) -> Readied:
        """Give the newest version of a process."""
        return self.get(store, _known(store, key).id)

    def startable(self, store: Store, key: str) -> Readied:
        """Give the newest version of a process for a new case; raises InvalidState if retired."""
        row = _known(store, key)
        if row.retired:
            raise InvalidState(
                f"Expected a process that is in use, but {key} was retired: it starts nothing new."
            )
        return self.get(store, row.id)

    def identify(self, files: Mapping[str, bytes]) -> tuple[str, str]:
        """Give the key and the name of the process in a checked folder."""
        compiled = _prepared(_Files(files), frozenset(self.ports.functions)).compiled
        return compiled.process_id, compiled.name or compiled.process_id

    def calls_of(self, files: Mapping[str, bytes]) -> tuple[CallModel, ...]:
        """List the calls of other definitions in a checked folder."""
        return _prepared(_Files(files), frozenset(self.ports.functions)).compiled.calls

    def starts_of(self, files: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
        """List the messages and signals that start cases of a checked folder: (kind, name)."""
        return event_starts(_prepared(_Files(files), frozenset(self.ports.functions)).compiled)

    def timers_of(self, files: Mapping[str, bytes]) -> dict[str, str]:
        """Give the timers that start cases of a checked folder, by element."""
        return timed_starts(_prepared(_Files(files), frozenset(self.ports.functions)).compiled)

    def _ready(self, store: Store, definition_id: int) -> Readied:
        row = store.definitions.get(definition_id)
        if row is None:
            raise NotFound(f"Expected a process definition {definition_id}, but there is none.")
        files = _Files(store.definitions.files(definition_id))
        prepared = _prepared(files, frozenset(self.ports.functions))
        return Readied(
            id=row.id,
            key=row.key,
            version=row.version,
            name=row.name,
            code=row.code,
            sha256=row.sha256,
            compiled=prepared.compiled,
            forms=prepared.forms,
            form_json=prepared.form_json,
            form_hashes=prepared.form_hashes,
            messages=prepared.messages,
        )


def _known(store: Store, key: str) -> Any:
    row = store.definitions.latest(key)
    if row is None:
        raise NotFound(f"Expected a process named {key!r}, but none is deployed.")
    return row


@dataclass(frozen=True)
class _Prepared:
    """What a folder's files alone decide."""

    compiled: CompiledDefinition
    forms: Mapping[str, Form]
    form_json: Mapping[str, Any]
    form_hashes: Mapping[str, str]
    messages: Mapping[str, Any]


class _Files(dict[str, bytes]):
    """A folder's files, known by their content."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(folder_hash(self))


@lru_cache(maxsize=KEPT)
def _prepared(files: _Files, functions: frozenset[str]) -> _Prepared:
    forms = form_files(files)
    return _Prepared(
        compiled=compile_deployed(files, functions),
        forms={key: compile_form(data) for key, data in forms.items()},
        form_json={key: json.loads(data) for key, data in forms.items()},
        form_hashes={key: hashlib.sha256(data).hexdigest() for key, data in forms.items()},
        messages=read_messages(files),
    )


def losses(
    drafts: Iterable[Any], old: Readied, new: Readied, elements: Mapping[str, str]
) -> Iterator[Lost]:
    """Say what of drafts another version's forms have no field for; the drafts stay as they are.

    drafts -- rows with element_id (in the old version) and answers (JSON); elements -- old id ->
    new id.  What was typed of another kind than the new form takes is told when it is submitted.
    """
    for draft in drafts:
        before = old.compiled.user_tasks.get(draft.element_id)
        after = new.compiled.user_tasks.get(elements.get(draft.element_id, ""))
        if before is None or after is None:
            continue
        if old.form_hashes.get(before.form) == new.form_hashes.get(after.form):
            continue
        known = set(new.forms[after.form].keys) if after.form else set()
        fields = tuple(sorted(from_json(draft.answers).keys() - known))
        if fields:
            yield Lost(draft.element_id, fields)


def library_of(connection: Connection) -> Library:
    """Give the library of the engine that opened this connection to answer a query."""
    library: Library = connection.get_execution_options()["alur_library"]
    return library


def signatures(ports: Ports) -> dict[str, ServiceSignature]:
    """Give the service tasks of a host as a model's checker wants them."""
    return {
        name: ServiceSignature(
            name=name,
            parameters=task.parameters,
            result=task.result,
            doc=task.doc,
            errors=task.errors,
        )
        for name, task in ports.services.items()
    }


def form_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the forms among a folder's files, by form key."""
    return {
        PurePosixPath(path).stem: data
        for path, data in files.items()
        if path.startswith("forms/") and path.endswith(".json")
    }


def read_messages(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Parse messages.toml, to be read only; an absent one is empty."""
    return _parsed(files.get("messages.toml", b""))


# A deployment reads it three times, and every worker of a city the same few.
@lru_cache(maxsize=64)
def _parsed(messages: bytes) -> dict[str, Any]:
    return tomllib.loads(messages.decode())


def folder_hash(files: Mapping[str, bytes]) -> str:
    """Give the SHA-256 by which a folder's version is known: over each path and content."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n".encode())
    return total.hexdigest()


def check_folder(
    files: Mapping[str, bytes],
    *,
    services: Mapping[str, ServiceSignature],
    functions: Collection[str],
    groups: Collection[str],
) -> list[Finding]:
    """Say everything that is wrong with a process folder; empty means that it may be deployed."""
    return list(
        _checked(_Files(files), _Services(services), frozenset(functions), frozenset(groups))
    )


class _Services(dict[str, ServiceSignature]):
    """The service tasks of a host, known by how they are called."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self))


# A draft is checked at every pause of its designer, and by each dry run that begins anew.
@lru_cache(maxsize=KEPT)
def _checked(
    files: _Files, services: _Services, functions: frozenset[str], groups: frozenset[str]
) -> tuple[Finding, ...]:
    findings = check(files, services=services, functions=functions, groups=groups)
    for key, data in form_files(files).items():
        try:
            compile_form(data, new=True)
        except InvalidProcess as error:
            findings.extend(
                Finding(
                    severity=f.severity,
                    rule=f.rule,
                    message=f.message,
                    file=f.file or f"forms/{key}.json",
                    element_id=f.element_id,
                    line=f.line,
                    column=f.column,
                    hint=f.hint,
                )
                for f in error.findings
            )
    try:
        code = read_messages(files).get("process", {}).get("code", "")
        if len(str(code)) > _LONGEST_CODE:
            findings.append(_too_long("messages.toml", "process code", _LONGEST_CODE))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        findings.append(Finding("error", "messages-unreadable", str(error), file="messages.toml"))
    findings.extend(
        _too_long(path, "path", _LONGEST_PATH) for path in files if len(path) > _LONGEST_PATH
    )
    return tuple(findings)


def _too_long(file: str, what: str, most: int) -> Finding:
    message = f"Expected at most {most} characters in the {what}, but there are more."
    return Finding("error", "name-too-long", message, file=file[:most])
