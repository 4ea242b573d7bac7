"""The command `alur`.  Exit status: 0 fine, 1 findings, 2 wrong use.

A module here holds commands of one topic and hangs them on `main`.  The engine is imported by the
commands that need it: `alur demo` and `--help` answer at once.
"""

from web.cli import (
    auditing,
    bringing_in,
    exporting,
    handing_out,
    measuring,
    personal,
    processes,
    running,
    setting_up,
)
from web.cli.shell import main

__all__ = [
    "auditing",
    "bringing_in",
    "exporting",
    "handing_out",
    "main",
    "measuring",
    "personal",
    "processes",
    "running",
    "setting_up",
]
