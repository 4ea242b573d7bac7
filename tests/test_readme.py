"""What README.md tells people to type is typed here."""

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from web.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix(".venv/bin/alur ")
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
    if line.startswith(".venv/bin/alur ")
]


def test_the_readme_shows_commands():
    assert len(COMMANDS) >= 4


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_works(command, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(main, shlex.split(command))
    assert done.exit_code == 0, done.output


def test_every_task_of_run_sh_that_the_readme_names_is_there():
    listed = subprocess.run(
        ["./run.sh", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for task in set(re.findall(r"\./run\.sh (\w+)", README)):
        assert f"\n  {task}\t" in "\n" + listed


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_a_link_of_the_readme_leads_somewhere(link):
    assert link.startswith("https://") or (ROOT / link).exists()


def test_every_folder_that_the_readme_names_is_there():
    for folder in re.findall(r"^\| `(\w+/)` \|", README, re.MULTILINE):
        assert (ROOT / folder).is_dir()


def test_every_decision_is_in_their_list():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted({path.name for path in folder.glob("*.md")} - {"README.md"})


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"]
    for extra in project["optional-dependencies"].values():
        wanted = wanted + extra
    told = (ROOT / "docs" / "decisions" / "dependencies.md").read_text(encoding="utf-8").lower()
    names = {re.match(r"[\w-]+", each)[0].lower() for each in wanted}
    assert not {name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", told)}
