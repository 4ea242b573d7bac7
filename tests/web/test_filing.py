"""The file store: by content, once, and what was altered is lost."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from stat import S_IMODE

import pytest

from engine.errors import NotFound
from web.filing import FileFolder, FilesInMemory


@pytest.fixture(params=["folder", "memory"])
def files(request, tmp_path):
    return FileFolder(tmp_path / "files") if request.param == "folder" else FilesInMemory()


def test_what_was_put_is_given_back_by_its_digest(files):
    assert files.put(b"isi") == sha256(b"isi").hexdigest()
    assert files.put(b"isi") == sha256(b"isi").hexdigest()
    assert files.get(sha256(b"isi").hexdigest()) == b"isi"


@pytest.mark.parametrize("name", ["0" * 64, "", "../../etc/passwd", "AB" * 32, "ab"])
def test_what_is_not_there_is_not_found(files, name):
    with pytest.raises(NotFound):
        files.get(name)


def test_an_altered_file_is_lost(tmp_path):
    files = FileFolder(tmp_path)
    digest = files.put(b"asli")
    (tmp_path / digest[:2] / digest[2:]).write_bytes(b"palsu")
    with pytest.raises(NotFound):
        files.get(digest)


def test_a_file_is_for_the_server_alone_and_nothing_else_is_left(tmp_path):
    digest = FileFolder(tmp_path).put(b"rahasia")
    (kept,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept == tmp_path / digest[:2] / digest[2:]
    assert S_IMODE(kept.stat().st_mode) == 0o600


def test_what_was_never_submitted_is_swept_and_the_rest_stays(files):
    before, after = (datetime.now(UTC) + timedelta(days=by) for by in (-1, 1))
    left = files.put(b"ditinggalkan", unsent=True)
    drafted = files.put(b"masih draf", unsent=True)
    sent = files.put(b"dikirim", unsent=True)
    files.keep(sent)
    decree = files.put(b"keputusan")
    # The same bytes once more as somebody's upload: what is kept does not begin to wait.
    assert files.put(b"keputusan", unsent=True) == decree
    assert files.sweep(before, ()) == 0
    assert files.get(left) == b"ditinggalkan"
    assert files.sweep(after, {drafted}) == 1
    with pytest.raises(NotFound):
        files.get(left)
    for digest, data in ((drafted, b"masih draf"), (sent, b"dikirim"), (decree, b"keputusan")):
        assert files.get(digest) == data
    files.keep(drafted)
    files.keep("0" * 64)  # what is not there is no matter
    assert files.sweep(after, ()) == 0
