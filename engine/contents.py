"""What a process folder may hold: names of files, how many, how big.  No bytes are judged here."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.errors import InvalidState, LimitExceeded

MOST_FILES = 200
LARGEST_FILE = 2 * 1024 * 1024
LARGEST_FOLDER = 8 * 1024 * 1024

_NAME = re.compile(
    r"[a-z0-9][a-z0-9_-]{0,79}\.(?:bpmn|dmn)"
    r"|forms/[a-z][a-z0-9_]{0,79}\.json"
    r"|scenarios/[a-z0-9][a-z0-9_-]{0,79}\.toml"
    r"|messages\.toml|README\.md"
)
# Scenarios and the README are about a definition, not part of it.
_DEPLOYED = re.compile(r"[^/]+\.(?:bpmn|dmn)|messages\.toml|forms/[^/]+\.json")


def deployed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the files that make a definition: what `Deploy` and `check_files` take."""
    return {path: content for path, content in files.items() if _DEPLOYED.fullmatch(path)}


def require_name(path: str) -> str:
    """Give the path when a file of a process folder may have it; raise InvalidState else."""
    if _NAME.fullmatch(path):
        return path
    raise InvalidState(
        "Expected process.bpmn, NAME.dmn, forms/NAME.json, scenarios/NAME.toml, messages.toml or"
        f" README.md in small letters, digits and underscores, but the name is {path[:80]!r}."
    )


def require_size(sizes: Mapping[str, int]) -> None:
    """Raise LimitExceeded when a folder with these files (path -> bytes) is too big."""
    if len(sizes) > MOST_FILES:
        raise LimitExceeded(f"Expected at most {MOST_FILES} files, but there are {len(sizes)}.")
    for path, size in sizes.items():
        if size > LARGEST_FILE:
            raise LimitExceeded(
                f"Expected at most {LARGEST_FILE} bytes in {path[:80]}, but there are {size}."
            )
    if sum(sizes.values()) > LARGEST_FOLDER:
        raise LimitExceeded(
            f"Expected at most {LARGEST_FOLDER} bytes in a folder,"
            f" but there are {sum(sizes.values())}."
        )
