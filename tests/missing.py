"""Says what the suite has to leave out on this machine, and how to get it, in a line each."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conftest import NO_POSTGRESQL, postgresql_answers

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """Find a Chromium: Debian's, or the one that Playwright downloaded."""
    for name in CHROMIUMS:
        if found := shutil.which(name):
            return found
    cached = sorted(
        (Path.home() / ".cache" / "ms-playwright").glob("chromium-*/chrome-linux*/chrome")
    )
    return str(cached[-1]) if cached else None


def missing() -> list[str]:
    """Say what cannot be run here."""
    lines = []
    if not postgresql_answers():
        lines.append(f"Leaving out the tests on PostgreSQL: {NO_POSTGRESQL}.")
    if browser() is None:
        lines.append(
            "Leaving out the tests in a browser: no Chromium;"
            " `apt install chromium` or `./run.sh browser` gets one."
        )
    return lines


if __name__ == "__main__":
    for line in missing():
        print(line)
