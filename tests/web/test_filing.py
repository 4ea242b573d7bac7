"""The file store: by content, once, and what was altered is lost."""

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
