"""What may be uploaded: types told by their content, sizes, harmless names.  Keeps nothing."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

MOST_FILES = 10
MOST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 120
# Media type to the endings it may have, the usual one first.
TYPES: Mapping[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
}
ENDINGS = {ending: kind for kind, endings in TYPES.items() for ending in endings}
SHA256 = re.compile(r"[0-9a-f]{64}")
_PDF, _JPEG, _PNG, _XLSX, _DOCX = TYPES
_MARKS = ((b"%PDF-", _PDF), (b"\xff\xd8\xff", _JPEG), (b"\x89PNG\r\n\x1a\n", _PNG))
_PARTS = (("xl/workbook.xml", _XLSX), ("word/document.xml", _DOCX))
_UNSAFE = re.compile(r"[^\w .,()+-]")


def sniff(data: bytes) -> str | None:
    """Tell a file's type by its content, or None for a type that is not taken."""
    for mark, kind in _MARKS:
        if data.startswith(mark):
            return kind
    return _office(data) if data.startswith(b"PK\x03\x04") else None


def _office(data: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = set(packed.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RecursionError):
        return None
    # A macro is a program: an office file that brings one is not taken.
    if "[Content_Types].xml" not in names or any("vbaproject" in n.lower() for n in names):
        return None
    return next((kind for part, kind in _PARTS if part in names), None)


def harmless_name(name: str, kind: str) -> str:
    """Give a file name without folders and tricks, whose ending fits what the file is."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = _UNSAFE.sub("_", "".join(c for c in last if unicodedata.category(c)[0] != "C"))
    plain = plain.strip(" ._") or "berkas"
    stem, dot, ending = plain.rpartition(".")
    fits = bool(dot) and ending.lower() in TYPES[kind]
    stem = (stem if fits else plain)[: LONGEST_NAME - 6].strip(" .") or "berkas"
    return f"{stem}.{ending.lower() if fits else TYPES[kind][0]}"


def files_among(value: object) -> Iterator[str]:
    """Name the files that stand anywhere in answers, by their SHA-256."""
    found = file_of(value)
    if found is not None:
        yield found["sha256"]
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from files_among(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from files_among(inner)


def file_of(value: object) -> dict[str, Any] | None:
    """Read what stands for an uploaded file in answers, or None where it is none."""
    if not isinstance(value, Mapping):
        return None
    name, sha, kind, size = (value.get(key) for key in ("name", "sha256", "mime", "size"))
    if not (isinstance(name, str) and isinstance(sha, str) and isinstance(kind, str)):
        return None
    try:
        length = int(str(size))
    except ValueError:
        return None
    if not SHA256.fullmatch(sha) or kind not in TYPES or not 0 < length <= MOST_BYTES:
        return None
    return {"name": harmless_name(name, kind), "sha256": sha, "mime": kind, "size": length}
