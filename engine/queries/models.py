"""Questions about model files that need no database: are they fit to run, how do they look."""

from __future__ import annotations

from collections.abc import Mapping

from engine import bpmn
from engine.errors import Finding
from engine.library import check_folder, signatures
from engine.ports import Ports


def check_files(files: Mapping[str, bytes], ports: Ports) -> list[Finding]:
    """Say everything that is wrong with a process folder, for this host."""
    return check_folder(
        files, services=signatures(ports), functions=set(ports.functions), groups=ports.groups
    )


def layout(model: bytes) -> bytes:
    """Give a BPMN file with its diagram drawn anew; raises InvalidProcess where it is no XML."""
    return bpmn.layout(model)
