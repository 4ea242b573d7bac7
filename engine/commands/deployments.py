"""Making process definitions available."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from engine.commands import calling
from engine.commands.context import Command, Context
from engine.commands.timed_starts import set_timers
from engine.errors import InvalidProcess
from engine.history.events import DefinitionDeployed
from engine.library import check_folder, folder_hash, read_messages, signatures
from engine.model import Act, CaseFacts, StreamKind


@dataclass(frozen=True)
class Deployed:
    """A definition version; `unchanged` where the newest one had the very same files."""

    definition_id: int
    key: str
    version: int
    sha256: str
    unchanged: bool


def require_sound(ctx: Context, files: Mapping[str, bytes]) -> None:
    """Raise InvalidProcess where a folder could not run."""
    findings = check_folder(
        files,
        services=signatures(ctx.ports),
        functions=set(ctx.ports.functions),
        groups=ctx.ports.groups,
    )
    if any(f.severity == "error" for f in findings):
        raise InvalidProcess(findings)


@dataclass(frozen=True, kw_only=True)
class Deploy(Command[Deployed]):
    """Make a process folder the newest version of its key; running cases stay on theirs.

    files -- by path inside the folder: process.bpmn, dt01.dmn, forms/request.json, messages.toml
    """

    files: Mapping[str, bytes]
    reason: str = ""

    def execute(self, ctx: Context) -> Deployed:
        ctx.authorize(Act.DEPLOY, CaseFacts(None, "", None, ""))
        return self.deploy(ctx)

    def deploy(self, ctx: Context) -> Deployed:
        """Do it for whoever has seen to it that it may be done."""
        require_sound(ctx, self.files)
        key, name = ctx.library.identify(self.files)
        sha256 = folder_hash(self.files)
        newest = ctx.store.definitions.latest(key)
        retired = newest is not None and newest.retired
        if newest is not None and newest.sha256 == sha256 and not retired:
            return Deployed(newest.id, key, newest.version, sha256, unchanged=True)
        bound = calling.bind(ctx, ctx.library.calls_of(self.files), key)
        timers = ctx.library.timers_of(self.files)
        before = {} if newest is None or retired else ctx.library.get(ctx.store, newest.id).timers
        set_timers(ctx, key, before, timers)
        version = newest.version + 1 if newest is not None else 1
        code = str(read_messages(self.files).get("process", {}).get("code", key.upper()[:12]))
        definition_id = ctx.store.definitions.deploy(
            key=key,
            version=version,
            name=name,
            code=code,
            sha256=sha256,
            files=self.files,
            at=ctx.now,
            person_id=ctx.actor.person_id,
            reason=self.reason,
        )
        ctx.store.messages.set_starts(key, ctx.library.starts_of(self.files))
        ctx.store.calls.bind(
            [
                {"definition_id": definition_id, "element_id": element, "called_id": called}
                for element, called in bound.items()
            ]
        )
        hashes = {path: hashlib.sha256(content).hexdigest() for path, content in self.files.items()}
        ctx.record(
            DefinitionDeployed(
                definition_id=definition_id,
                version=version,
                sha256=sha256,
                files=hashes,
                reason=self.reason,
            ),
            (StreamKind.DEFINITION, key),
        )
        return Deployed(definition_id, key, version, sha256, unchanged=False)
