"""What a process folder says otherwise than another."""

from engine.folder import read_files
from engine.queries.comparing import compare
from tests.conftest import WORKFLOWS

FOLDER = read_files(WORKFLOWS / "quarterly_evaluation")


def changed(path, *replacements):
    content = FOLDER[path].decode()
    for old, new in replacements:
        assert old in content
        content = content.replace(old, new, 1)
    return {**FOLDER, path: content.encode()}


def test_a_folder_says_what_it_says():
    assert compare(FOLDER, dict(FOLDER)) == ()


def test_a_drawing_that_was_only_tidied_says_the_same():
    text = FOLDER["process.bpmn"].decode()
    at = text.index("<dc:Bounds x=") + len("<dc:Bounds x=") + 1
    moved = {**FOLDER, "process.bpmn": (text[:at] + "1" + text[at:]).encode()}
    assert moved["process.bpmn"] != FOLDER["process.bpmn"]
    assert compare(FOLDER, moved) == ()


def test_an_element_is_told_by_what_it_says():
    found = compare(FOLDER, changed("process.bpmn", ('name="Penilaian diri"', 'name="Nilai diri"')))
    (one,) = found
    assert (one.kind, one.type, one.name) == ("CHANGED", "userTask", "Nilai diri")
    assert [(d.what, d.old, d.new) for d in one.details] == [
        ("name", "Penilaian diri", "Nilai diri")
    ]


def test_a_cell_is_told_by_rule_and_column():
    path = "dt01_predicate.dmn"
    text = FOLDER[path].decode()
    rule = text.index("<rule")
    cell = text.index("<outputEntry", rule)
    start = text.index("<text>", cell) + len("<text>")
    end = text.index("</text>", start)
    other = {**FOLDER, path: (text[:start] + '"OTHER"' + text[end:]).encode()}
    (one,) = compare(FOLDER, other)
    assert (one.kind, one.type, one.path) == ("CHANGED", "decision", path)
    (detail,) = one.details
    assert detail.what.startswith("rule ")
    assert (detail.old, detail.new) == (text[start:end], '"OTHER"')


def test_files_fields_and_words_come_and_go():
    forms = sorted(path for path in FOLDER if path.startswith("forms/"))
    without = {path: content for path, content in FOLDER.items() if path != forms[0]}
    gone = compare(FOLDER, without)
    assert {one.kind for one in gone} == {"REMOVED"}
    assert [(one.kind, one.id) for one in compare(without, FOLDER)] == [
        ("ADDED", one.id) for one in gone
    ]
    words = {**FOLDER, "messages.toml": FOLDER["messages.toml"] + b'\n[extra]\nnew = "Kata"\n'}
    (word,) = compare(FOLDER, words)
    assert (word.kind, word.id, word.details[0].new) == ("ADDED", "extra.new", "Kata")


def test_what_cannot_be_read_is_compared_line_by_line():
    broken = {**FOLDER, "process.bpmn": b"<not xml\nat all", "x.dmn": b"\xff\xfe"}
    found = compare(FOLDER, broken)
    assert {one.path for one in found} == {"process.bpmn", "x.dmn"}
    assert any(d.new == "<not xml" for one in found for d in one.details)
