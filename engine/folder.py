"""Reading a process folder from disk into a Deploy."""

from __future__ import annotations

from pathlib import Path

from engine.commands import Deploy
from engine.errors import NotFound

# What belongs to a definition; scenarios and the README are about it, not part of it.
_PATTERNS = ("*.bpmn", "*.dmn", "messages.toml", "forms/*.json")


def read_files(folder: Path) -> dict[str, bytes]:
    """Give a folder's definition files by their path inside it, byte for byte."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for pattern in _PATTERNS
        for path in sorted(folder.glob(pattern))
    }
    if not any(name.endswith(".bpmn") for name in files):
        raise NotFound(f"Expected a process folder with a .bpmn file, but {folder} has none.")
    return files


def read_folder(folder: Path, reason: str = "") -> Deploy:
    """Give the command that deploys a folder."""
    return Deploy(files=read_files(folder), reason=reason)


def process_folders(root: Path) -> list[Path]:
    """Name the process folders below a root, or the root itself where it is one."""
    if (root / "process.bpmn").exists():
        return [root]
    return sorted(p.parent for p in root.glob("*/process.bpmn"))
