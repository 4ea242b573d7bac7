"""Files that designers bring from elsewhere: zips unpacked within bounds, names made ours.

The bytes are never touched.  What has no place in a process folder is told, not kept.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath

from engine.contents import LARGEST_FILE, LARGEST_FOLDER, MOST_FILES
from engine.errors import InvalidState, LimitExceeded

_CHUNK = 64 * 1024
_STRANGE = re.compile(r"[^a-z0-9]+")
_BPMN = b"http://www.omg.org/spec/BPMN/20100524/MODEL"
_DMN = b"omg.org/spec/DMN/"
_MOST_ENTRIES = 4 * MOST_FILES  # folders, pictures and the like, which are left out
# ValueError: zlib and friends, and dates no calendar has.
_BROKEN = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


@dataclass
class Brought:
    """What came: contents by the path they get, and the names of what has no place."""

    files: dict[str, bytes] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)


def bring(sent: Iterable[tuple[str, bytes]]) -> Brought:
    """Give each uploaded file (name, content) its place; zips give what is in them."""
    brought = Brought()
    found = [pair for name, content in sent for pair in _opened(name, content)]
    folders = {_folder(name) for name, _ in found}
    root = folders.pop() if len(folders) == 1 else ""
    models = sum(_kind(name, content) == "bpmn" for name, content in found)
    for name, content in found:
        path = _path(name.removeprefix(root), content, alone=models == 1)
        if path is None or path in brought.files:
            brought.left_out.append(PurePosixPath(name).name[:80])
        else:
            brought.files[path] = content
    return brought


def _opened(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if not content.startswith(b"PK\x03\x04"):
        yield name.replace("\\", "/"), content
        return
    total = 0
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise LimitExceeded(
                    f"Expected at most {_MOST_ENTRIES} entries in a zip, but there are"
                    f" {len(entries)}."
                )
            for entry in entries:
                if entry.is_dir() or _is_hidden(entry.filename):
                    continue
                read = _read(archive, entry, LARGEST_FOLDER - total)
                total += len(read)
                yield entry.filename.replace("\\", "/"), read
    except _BROKEN as broken:
        raise InvalidState("Expected a zip that can be unpacked, but this one cannot.") from broken


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """Unpack one entry, and no more than there is room for: what a header promises is not asked."""
    parts: list[bytes] = []
    size = 0
    with archive.open(entry) as stream:
        while part := stream.read(_CHUNK):
            size += len(part)
            if size > min(room, LARGEST_FILE):
                raise LimitExceeded(
                    f"Expected at most {LARGEST_FILE} bytes in a file and {LARGEST_FOLDER} in a"
                    f" zip, but {PurePosixPath(entry.filename).name[:80]} is larger."
                )
            parts.append(part)
    return b"".join(parts)


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def _folder(name: str) -> str:
    first, slash, _ = name.partition("/")
    own = first in ("forms", "scenarios")
    return f"{first}/" if slash and not own else ""


def _path(name: str, content: bytes, *, alone: bool) -> str | None:
    kind = _kind(name, content)
    stem = _stem(name)
    match kind:
        case "bpmn":
            return "process.bpmn" if alone or stem == "process" else f"{stem}.bpmn"
        case "dmn":
            return f"{stem}.dmn"
        case "form":
            return f"forms/{stem if stem[0].isalpha() else 'form_' + stem}.json"
        case "toml":
            return "messages.toml" if stem == "messages" else f"scenarios/{stem}.toml"
        case "md":
            return "README.md" if stem == "readme" else None
    return None


def _kind(name: str, content: bytes) -> str:
    """Tell what a file is by its name; XML of no telling name by its namespace."""
    ending = name.lower().rpartition(".")[2]
    if ending in ("bpmn", "dmn", "form", "toml", "md"):
        return ending
    if ending == "json":
        return "form" if b'"components"' in content else ""
    if ending == "xml":
        head = content[:4096]
        return "bpmn" if _BPMN in head else "dmn" if _DMN in head else ""
    return ""


def _stem(name: str) -> str:
    """Write a file's name as ours are written: small letters, digits, underscores."""
    stem = PurePosixPath(name).name.lower().partition(".")[0]
    return _STRANGE.sub("_", stem).strip("_")[:60] or "file"
