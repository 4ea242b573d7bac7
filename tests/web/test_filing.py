"""The file store: by content, once, and what was altered is lost."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from stat import S_IMODE

import pytest

from engine.errors import NotFound
from web.bucket import FileBucket
from web.filing import FileFolder, FilesInMemory


@pytest.fixture(scope="session")
def s3():
    """An S3-compatible server, with an empty bucket named `alur`."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "alur",
            "AWS_SECRET_ACCESS_KEY": "alur",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        import s3fs

        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("alur")
        yield "s3://alur"
    server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def files(request, tmp_path):
    if request.param == "s3":
        return FileBucket(f"{request.getfixturevalue('s3')}/{tmp_path.name}")
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


def test_an_altered_file_of_a_bucket_is_lost_and_nothing_else_is_left(s3):
    import s3fs

    files = FileBucket(f"{s3}/altered")
    digest = files.put(b"asli")
    system = s3fs.S3FileSystem(skip_instance_cache=True)
    (kept,) = system.find("alur/altered")
    assert kept == f"alur/altered/{digest[:2]}/{digest[2:]}"
    system.pipe_file(kept, b"palsu")
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
