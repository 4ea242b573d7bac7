"""Drafts of process folders: saved bit by bit, never overwritten silently, nothing ever lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import (
    Actor,
    BeginDraft,
    Deploy,
    DiscardDraft,
    FileChange,
    FileMoved,
    RestoreDraft,
    SaveDraftFiles,
)
from engine.contents import LARGEST_FILE, deployed
from engine.errors import InvalidState, LimitExceeded, NotAllowed, NotFound
from engine.folder import read_files
from engine.queries import process_drafts
from hr.demo.cast import CAST
from tests.conftest import ROOT

TWO_STEP = read_files(ROOT / "tests/engine/models/two_step")
DESIGNER = Actor(person_id=CAST["DSN"])
COLLEAGUE = DESIGNER  # or himself, in another window
MODEL = "process.bpmn"


@pytest.fixture
def begin(engine):
    def begin(**given):
        given.setdefault("files", TWO_STEP)
        return engine.execute(BeginDraft(**given), by=DESIGNER)

    return begin


@pytest.fixture
def save(engine):
    def save(draft, by=DESIGNER, what="SAVED", **files):
        changes = tuple(
            FileChange(path.replace("_toml", ".toml"), content, draft.files.get(path, "*"))
            for path, content in files.items()
        )
        return engine.execute(
            SaveDraftFiles(draft_id=draft.draft_id, changes=changes, what=what), by=by
        )

    return save


def test_a_draft_of_a_version_has_its_bytes_and_knows_where_it_came_from(engine, begin):
    deployed_version = engine.execute(Deploy(files=TWO_STEP))
    draft = begin(definition_id=deployed_version.definition_id, files=None)
    assert engine.ask(process_drafts.files, draft.draft_id) == TWO_STEP
    found = engine.ask(process_drafts.draft, draft.draft_id)
    assert (found.row.key, found.row.base_version, found.row.state) == ("two_step", 1, "OPEN")
    assert found.authors == (CAST["DSN"],)


def test_a_copy_of_a_draft_goes_its_own_way(engine, begin, save):
    first = begin()
    copy = engine.execute(BeginDraft(draft_id=first.draft_id, name="Salinan"), by=DESIGNER)
    save(copy, messages_toml=b"# lain\n")
    assert engine.ask(process_drafts.files, first.draft_id) == TWO_STEP
    assert engine.ask(process_drafts.files, copy.draft_id)["messages.toml"] == b"# lain\n"


def test_saves_in_one_sitting_are_one_revision_and_later_ones_another(
    engine, clock, begin, save, database
):
    draft = begin()
    for content in (b"# 1\n", b"# 2\n", b"# 3\n"):
        clock.move(timedelta(seconds=5))
        saved = save(draft, messages_toml=content)
    clock.move(timedelta(minutes=11))
    last = save(draft, messages_toml=b"# 4\n")
    told = engine.ask(process_drafts.revisions, draft.draft_id)
    assert [each.what for each in told] == ["SAVED", "SAVED", "CREATED"]
    assert [each.number for each in told] == [last.revision, saved.revision, 1]
    as_of = engine.ask(process_drafts.files, draft.draft_id, saved.revision)
    assert as_of["messages.toml"] == b"# 3\n"
    assert engine.ask(process_drafts.files, draft.draft_id, 1) == TWO_STEP
    with database.connect() as connection:
        kept = connection.scalar(text("SELECT count(*) FROM process_draft_content"))
    assert kept == len(set(TWO_STEP.values())) + 2  # neither # 1 nor # 2


def test_whoever_saves_over_what_he_has_not_seen_is_told_and_nothing_changes(engine, begin, save):
    draft = begin()
    old = draft.files[MODEL]
    colleague = FileChange(MODEL, TWO_STEP[MODEL] + b"\n", old)
    engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=(colleague,)), by=DESIGNER)
    mine = FileChange(MODEL, TWO_STEP[MODEL] + b" ", old)
    with pytest.raises(FileMoved) as told:
        engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=(mine,)), by=COLLEAGUE)
    assert told.value.person_id == CAST["DSN"]
    files = engine.ask(process_drafts.files, draft.draft_id)
    assert files[MODEL] == TWO_STEP[MODEL] + b"\n"
    other_file = FileChange("README.md", b"Lain.\n", "")
    engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=(other_file,)), by=COLLEAGUE)


def test_the_same_save_twice_is_one(engine, begin):
    draft = begin()
    change = FileChange("README.md", b"Halo.\n", "")
    once = engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=(change,)), by=DESIGNER)
    again = engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=(change,)), by=DESIGNER)
    assert (again.revision, again.files) == (once.revision, once.files)


def test_restoring_brings_everything_back_and_loses_nothing(engine, begin, save):
    draft = begin()
    saved = save(draft, messages_toml=b"# baru\n")
    gone = FileChange(MODEL, None)
    engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=(gone,)), by=DESIGNER)
    now = engine.ask(process_drafts.draft, draft.draft_id).row.revision
    with pytest.raises(FileMoved):
        engine.execute(RestoreDraft(draft_id=draft.draft_id, revision=1, seen=now - 1), by=DESIGNER)
    back = engine.execute(RestoreDraft(draft_id=draft.draft_id, revision=1, seen=now), by=DESIGNER)
    assert engine.ask(process_drafts.files, draft.draft_id) == TWO_STEP
    assert engine.ask(process_drafts.files, draft.draft_id, saved.revision)["messages.toml"]
    assert engine.ask(process_drafts.revisions, draft.draft_id)[0].number == back.revision


def test_a_draft_that_was_put_aside_is_not_changed_until_it_is_taken_up_again(engine, begin, save):
    draft = begin()
    engine.execute(DiscardDraft(draft_id=draft.draft_id), by=DESIGNER)
    with pytest.raises(InvalidState, match="DISCARDED"):
        save(draft, messages_toml=b"#\n")
    assert engine.ask(process_drafts.drafts) == ()
    engine.execute(DiscardDraft(draft_id=draft.draft_id, back=True), by=DESIGNER)
    save(draft, messages_toml=b"#\n")
    assert [row.id for row in engine.ask(process_drafts.drafts)] == [draft.draft_id]


@pytest.mark.parametrize("code", ["EMP", "HRC", "ADM", "AUD"])
def test_only_designers_change_drafts(engine, begin, code):
    draft = begin()
    others = Actor(person_id=CAST[code])
    for command in (
        BeginDraft(files=TWO_STEP),
        SaveDraftFiles(draft_id=draft.draft_id, changes=(FileChange("README.md", b"x"),)),
        RestoreDraft(draft_id=draft.draft_id, revision=1, seen=1),
        DiscardDraft(draft_id=draft.draft_id),
    ):
        with pytest.raises(NotAllowed):
            engine.execute(command, by=others)


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/process.bpmn", "forms/../x.json", "process.py", "a/b/c.bpmn",
     "<script>.bpmn", "forms/Über.json", "Messages.toml", "forms/x.json\n", "x" * 90 + ".dmn"],
)  # fmt: skip
def test_a_file_of_a_strange_name_is_refused_by_its_name(engine, begin, path):
    draft = begin()
    with pytest.raises(InvalidState, match=r"forms/NAME\.json"):
        engine.execute(
            SaveDraftFiles(draft_id=draft.draft_id, changes=(FileChange(path, b"x", ""),)),
            by=DESIGNER,
        )


def test_a_folder_stays_within_its_bounds(engine, begin):
    draft = begin()
    for changes in (
        (FileChange("x.dmn", b"x" * (LARGEST_FILE + 1), ""),),
        tuple(FileChange(f"x{n}.dmn", b"x", "") for n in range(201)),
        tuple(FileChange(f"x{n}.dmn", b"x" * LARGEST_FILE, "") for n in range(4)),
    ):
        with pytest.raises(LimitExceeded):
            engine.execute(SaveDraftFiles(draft_id=draft.draft_id, changes=changes), by=DESIGNER)
    assert engine.ask(process_drafts.draft, draft.draft_id).row.revision == 1


def test_a_broken_model_is_a_draft_like_any_other(engine, begin):
    hostile = {MODEL: b"<not xml", "messages.toml": b"= broken", "forms/x.json": b"{"}
    draft = begin(files=hostile, name="Impor")
    assert engine.ask(process_drafts.files, draft.draft_id) == hostile
    assert engine.ask(process_drafts.draft, draft.draft_id).row.key == "new_process"


def test_what_is_not_there_is_not_found(engine):
    with pytest.raises(NotFound):
        engine.ask(process_drafts.draft, 4711)
    with pytest.raises(NotFound):
        engine.execute(DiscardDraft(draft_id=4711), by=DESIGNER)
    with pytest.raises(NotFound):
        engine.execute(BeginDraft(definition_id=4711), by=DESIGNER)


def test_scenarios_and_the_readme_are_no_part_of_a_definition():
    files = {**TWO_STEP, "README.md": b"", "scenarios/a.toml": b""}
    assert deployed(files) == TWO_STEP
