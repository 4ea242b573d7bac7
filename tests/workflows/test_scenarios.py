"""Every story of every process, on both databases."""

import pytest

from tests.conftest import WORKFLOWS, install
from web import scenarios
from web.bootstrap import throwaway_ports

FILES = sorted(WORKFLOWS.glob("*/scenarios/*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}/{file.stem}")
def test_the_story_comes_out_as_written(file, database):
    faults = scenarios.play(scenarios.read(file), database, throwaway_ports(), install)
    assert not faults, "\n".join(faults)


def test_every_process_has_stories():
    folders = [path.parent for path in WORKFLOWS.glob("*/process.bpmn")]
    assert folders
    assert not [f.name for f in folders if not list(f.glob("scenarios/*.toml"))]
