"""The rules of the house: who imports whom, types, style, data-only workflows, no foreign code."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("engine", "hr", "web")
# Longer than this, a file has more than one topic.
LONGEST = 500


def _run(*command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _files(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for line in listed.stdout.splitlines() if (path := ROOT / line).exists()]


def test_imports_follow_the_layers():
    lint = str(Path(sys.executable).parent / "lint-imports")
    done = subprocess.run(
        [lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "Contracts: " in done.stdout
    assert done.returncode == 0, done.stdout


def test_types_hold_strictly():
    _run("mypy", "--strict", *(f"--package={package}" for package in PACKAGES))


def test_ruff_finds_nothing():
    _run("ruff", "check", ".")


def test_ruff_would_not_reformat_anything():
    _run("ruff", "format", "--check", ".")


def test_workflows_hold_no_python():
    assert not [path for path in (ROOT / "workflows").rglob("*") if path.suffix in (".py", ".pyc")]


def test_every_workflow_says_what_it_is_for():
    folders = [path.parent for path in (ROOT / "workflows").glob("*/process.bpmn")]
    assert folders
    assert not [folder.name for folder in folders if not (folder / "README.md").exists()]


def test_no_file_of_ours_has_outgrown_its_topic():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _files("engine/*.py", "hr/*.py", "web/*.py")
        if (lines := path.read_text().count("\n")) > LONGEST
    }
    # The founding revision lists every table once; it is generated and then frozen.
    assert not {name for name in long if not name.startswith("web/migrations/versions/")}, long


def test_every_module_says_in_its_first_line_what_is_here():
    silent = [
        str(path.relative_to(ROOT))
        for path in _files("engine/*.py", "hr/*.py", "web/*.py")
        if path.read_text().strip() and not path.read_text().lstrip().startswith('"""')
    ]
    assert not silent


@pytest.mark.parametrize("suffix", [".min.js", ".min.css", ".whl", ".jar", ".so", ".woff2", ".zip"])
def test_no_third_party_code_is_kept_here(suffix):
    assert not [str(path) for path in _files() if path.name.endswith(suffix)]


def test_no_dependency_folder_is_kept_here():
    foreign = ("node_modules", "site-packages", "vendor", "bower_components")
    assert not [str(path) for path in _files() if set(path.parts) & set(foreign)]


def test_only_the_front_end_is_written_in_another_language():
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in _files("*.js", "*.ts", "*.scss", "*.mjs")
        if ROOT / "web" / "frontend" not in path.parents
    ]
    assert not elsewhere
