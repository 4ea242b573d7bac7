"""The stand-alone verifier imports nothing of ours, and finds what was changed in an export."""

from __future__ import annotations

import ast
import base64
import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from engine import Engine, MakeCheckpoint
from engine.queries.handing_out import history_lines
from tests.conftest import ROOT, MovableClock
from tests.engine.stories import begin, complete, request_made
from tests.engine.test_history import alter
from web import alur_verify
from web.notary import KeyNotary
from web.notices import letters

SCRIPT = ROOT / "web" / "alur_verify.py"
NOTARY = KeyNotary.in_memory("kota-contoh/alur")
KEY = NOTARY.public_key.hex()


@pytest.fixture
def lines(host_engine: Engine, clock: MovableClock) -> list[dict]:
    """An export of two cases and a checkpoint, and one event after it."""
    host_engine.ports = replace(host_engine.ports, notary=NOTARY)
    _, review = request_made(host_engine)
    host_engine.execute(MakeCheckpoint())
    begin(host_engine, "two_step", subject=2)
    host_engine.execute(MakeCheckpoint())
    clock.move(timedelta(minutes=1))
    complete(host_engine, review.id, 2, {"approved": True})
    exported = host_engine.ask(_export)
    return [json.loads(line) for line in exported]


def _export(connection, values=True):
    return list(history_lines(connection, NOTARY.origin, NOTARY.public_key, values=values))


def findings(entries, kept=None, *, sealed_end=True):
    """Check entries after writing a fitting end: a forger would write one too."""
    texts = [alur_verify_line(entry) for entry in entries if "end" not in entry]
    if sealed_end:
        texts.append(alur_verify_line(end_of(texts)))
    history = alur_verify.History(NOTARY.public_key, kept or {})
    return list(history.findings(text.encode() for text in texts))


def alur_verify_line(entry):
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"


def end_of(texts):
    from hashlib import sha256

    parsed = [json.loads(text) for text in texts]
    return {
        "end": {
            "streams": sum("stream" in entry for entry in parsed),
            "events": sum("event" in entry for entry in parsed),
            "sha256": sha256("".join(texts).encode()).hexdigest(),
        }
    }


def test_it_imports_nothing_of_alur():
    tree = ast.parse(SCRIPT.read_text())
    names = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    tops = {str(name).partition(".")[0] for name in names}
    assert tops - set(sys.stdlib_module_names) == {"cryptography"}


def test_an_untouched_export_holds(lines):
    assert findings(lines) == []
    assert any("value" in entry for entry in lines)


def test_an_export_without_values_holds_too(host_engine, lines):
    bare = [json.loads(line) for line in host_engine.ask(_export, values=False)]
    assert findings(bare) == []
    assert not any("value" in entry for entry in bare)
    assert "Cuti besar" not in json.dumps(bare)


def _first(lines, kind):
    return next(n for n, entry in enumerate(lines) if kind in entry)


def _events(lines):
    return [n for n, entry in enumerate(lines) if "event" in entry]


def _edit_body(lines):
    lines[_events(lines)[2]]["body"] += " "


def _edit_column(lines):
    lines[_events(lines)[2]]["event"][5] = 4


def _drop(lines):
    del lines[_events(lines)[2]]


def _swap(lines):
    one, two = _events(lines)[1:3]
    lines[one], lines[two] = lines[two], lines[one]


def _edit_value(lines):
    lines[_first(lines, "value")]["value"][3] += " "


def _drop_checkpointed_case(lines):
    streams = [n for n, entry in enumerate(lines) if "stream" in entry]
    del lines[streams[1] : streams[2]]


def _drop_leaf(lines):
    del lines[_first(lines, "leaf")]


def _edit_checkpoint(lines):
    entry = lines[_first(lines, "checkpoint")]
    entry["checkpoint"] = entry["checkpoint"].replace("kota-contoh/alur\n", "kota-lain/alur\n", 1)


def _old_checkpoint_again(lines):
    first = _first(lines, "checkpoint")
    lines[first + 1]["checkpoint"] = lines[first]["checkpoint"].replace("\n", "\n", 1)
    lines[first]["checkpoint"] = "x"


def _nonsense(lines):
    lines.insert(3, {"hello": 1})


ATTACKS = [
    _edit_body, _edit_column, _drop, _swap, _edit_value, _drop_checkpointed_case, _drop_leaf,
    _edit_checkpoint, _old_checkpoint_again, _nonsense,
]  # fmt: skip


def test_whatever_is_changed_in_an_export_is_named(lines):
    for attack in ATTACKS:
        changed = json.loads(json.dumps(lines))
        attack(changed)
        assert findings(changed), attack.__name__


def test_an_export_that_was_cut_or_added_to_is_named(lines):
    texts = [alur_verify_line(entry).encode() for entry in lines]

    def check(some):
        return list(alur_verify.History(NOTARY.public_key, {}).findings(some))

    assert check(texts) == []
    assert check(texts[:-1])[0][1] == "its end is missing"
    assert "after the end" in check([*texts, texts[1]])[0][1]
    assert check([*texts[:2], b"\xff\n", *texts[2:]])
    assert check([b"[]\n"])
    assert check([b"{}\n"])
    assert check([])


def test_what_cannot_even_be_read_is_exported_and_named(host_engine, lines):
    with host_engine.database.connect() as connection:
        alter(connection, "UPDATE history SET body = hash WHERE seq = 2")
        alter(connection, "UPDATE sealed_value SET value = salt")
        spoilt = [json.loads(line) for line in _export(connection)]
        connection.rollback()
    assert {what for _, what in findings(spoilt)} >= {
        "it was altered, or does not follow the one before"
    }


def test_another_key_s_checkpoints_do_not_hold(lines):
    history = alur_verify.History(KeyNotary.in_memory(NOTARY.origin).public_key, {})
    found = list(history.findings(alur_verify_line(entry).encode() for entry in lines))
    assert {what for _, what in found} == {"it is not signed by this key"}


def test_a_root_kept_elsewhere_must_be_a_root_of_the_tree(lines):
    note = lines[_first(lines, "checkpoint")]["checkpoint"]
    point = NOTARY.open_note(note)
    assert findings(lines, {point.size: point.root}) == []
    assert findings(lines, {point.size: bytes(32)})
    assert findings(lines, {9999: point.root})


def mail_of(note: str) -> EmailMessage:
    letter = letters.checkpoint("auditor@kota.test", note, 2, "Kota Contoh")
    message = EmailMessage()
    message["To"], message["Subject"] = letter.to, letter.subject
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def test_a_kept_checkpoint_is_read_wherever_it_was_kept(lines):
    note = [entry["checkpoint"] for entry in lines if "checkpoint" in entry][-1]
    size, root = int(note.split("\n")[1]), base64.b64decode(note.split("\n")[2])
    mail = mail_of(note)
    text = mail.get_body(("plain",)).get_content()
    quoted = "".join(f"> {line}\n" for line in text.splitlines())
    for kept in (note, text, text.replace("\n", "\r\n"), quoted, mail.as_string(), note + text):
        assert alur_verify.kept_roots(kept) == {size: root}, kept
    other = note.replace(note.split("\n")[2], base64.b64encode(bytes(32)).decode())
    for kept, words in (
        (text[:120], "no checkpoint"),
        ("", "no checkpoint"),
        (note + other, "two"),
    ):
        with pytest.raises(ValueError, match=words):
            alur_verify.kept_roots(kept)


def test_the_command_refuses_a_file_without_checkpoints(lines, tmp_path: Path):
    export, kept = tmp_path / "history.jsonl", tmp_path / "kept.txt"
    export.write_text("".join(alur_verify_line(entry) for entry in lines))
    kept.write_text("Titik periksa menyusul.\n")
    command = [sys.executable, SCRIPT, export, "--key", KEY, "--checkpoints", kept]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no checkpoint" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_says_what_it_found(lines, tmp_path: Path):
    export, kept = tmp_path / "history.jsonl", tmp_path / "kept.txt"
    export.write_text("".join(alur_verify_line(entry) for entry in lines))
    notes = [entry["checkpoint"] for entry in lines if "checkpoint" in entry]
    kept.write_text("".join(notes))
    good = run(export, "--key", KEY, "--checkpoints", kept)
    assert (good.returncode, good.stdout.split(":")[0]) == (0, "Everything holds"), good
    assert f"{len(notes)} kept roots" in good.stdout
    export.write_text(export.read_text().replace("/01/02/", "/01/03/", 1))
    bad = run(export, "--key", KEY)
    assert bad.returncode == 1
    assert "of stream" in bad.stdout.splitlines()[0]
    assert run(tmp_path / "nothing", "--key", KEY).returncode == 2
    assert run().returncode == 2


def run(*arguments):
    command = [sys.executable, "-I", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
