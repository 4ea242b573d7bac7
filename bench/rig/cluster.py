"""A PostgreSQL server of a drill's own, in a folder of its own, which may be stopped and filled."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cluster:
    """A server; `owner` is put before its commands, since it refuses to run as root."""

    folder: Path
    bin: Path
    port: int
    owner: tuple[str, ...]

    @property
    def url(self) -> str:
        """Give the address of its database."""
        return f"postgresql+psycopg://alur@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self._control("start", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, how: str = "immediate") -> None:
        """Stop it: `fast` ends sessions, `immediate` is a crash."""
        self._control("stop", "-m", how)

    def revive(self) -> None:
        """Start it where it has ended by itself."""
        asked = [*self.owner, str(self.bin / "pg_ctl"), "-D", str(self.folder / "data"), "status"]
        if subprocess.run(asked, check=False, capture_output=True, cwd=self.folder).returncode:
            self.start()

    def _control(self, act: str, *options: str) -> None:
        command = [*self.owner, str(self.bin / "pg_ctl"), "-D", str(self.folder / "data"), "-w"]
        subprocess.run(
            [*command, act, *options], check=True, stdout=subprocess.DEVNULL, cwd=self.folder
        )


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Make and start a server under a folder; stop it at the end."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    on_path = shutil.which("pg_ctl")
    if not found and not on_path:
        raise FileNotFoundError("Expected PostgreSQL's pg_ctl, but it is not installed.")
    as_root = os.geteuid() == 0
    owner = ("runuser", "-u", "postgres", "--") if as_root else ()
    folder.mkdir(parents=True, exist_ok=True)
    if as_root:
        shutil.chown(folder, "postgres")
    made = Cluster(folder, (found[-1] if found else Path(str(on_path))).parent, free_port(), owner)
    command = [*owner, str(made.bin / "initdb"), "-D", str(folder / "data"), "-U", "alur"]
    subprocess.run(
        [*command, "-A", "trust", "--locale=C.UTF-8"],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
    )
    made.start()
    try:
        yield made
    finally:
        subprocess.run(
            [
                *owner,
                str(made.bin / "pg_ctl"),
                "-D",
                str(folder / "data"),
                "-m",
                "immediate",
                "stop",
            ],
            check=False,
            capture_output=True,
            cwd=folder,
        )


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
