"""The DMN Technology Compatibility Kit: every case of level 2 and level 3, none left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conformance import tck

CASES = {2: 116, 3: 2553}
LEAST = {2: 116, 3: 2528}
"""How many must pass: all of level 2, 99 % of level 3."""

KNOWN_TO_FAIL: dict[str, str] = {}
"""Case -> why it fails, as in docs/feel.md.  A case that passes must leave this list."""

pytestmark = pytest.mark.skipif(
    not tck.KIT.is_dir(), reason="no DMN TCK beside the repository (../shared/dmn-tck)"
)


def folders() -> list[Path]:
    return tck.folders(2) + tck.folders(3)


@pytest.mark.parametrize("folder", folders(), ids=lambda f: f.name)
def test_every_case_of_a_folder_gives_what_the_kit_expects(folder: Path) -> None:
    count, failures = tck.run_folder(folder)
    assert count > 0
    unexpected = [str(f) for f in failures if f.case not in KNOWN_TO_FAIL]
    assert not unexpected, "\n".join(unexpected)
    known = {case for case in KNOWN_TO_FAIL if case.startswith(f"{folder.name}/")}
    assert known == {f.case for f in failures}, "a case known to fail passes now"


@pytest.mark.parametrize("level", [2, 3])
def test_the_whole_kit_is_run_and_enough_of_it_passes(level: int) -> None:
    names = [name for folder in tck.folders(level) for name, _, _ in tck.cases(folder)]
    assert len(names) == CASES[level]
    failing = sum(1 for name in set(names) if name in KNOWN_TO_FAIL)
    assert CASES[level] - failing >= LEAST[level]
