"""The signed text of a checkpoint: read back, forged, and for another log."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.history.checkpoint import Checkpoint, NotACheckpoint, key_hash, opened, signed

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
POINT = Checkpoint("kota.example/alur", 7, bytes(range(32)))


def note_of(point=POINT, key=KEY):
    return signed(point, public(key), key.sign)


def public(key):
    return key.public_key().public_bytes_raw()


def read(note, key=KEY):
    return opened(note, public(key), key.public_key().verify)


def test_a_note_is_the_text_form_of_transparency_logs():
    origin, size, root, empty, signature, end = note_of().split("\n")
    assert (origin, size, empty, end) == ("kota.example/alur", "7", "", "")
    assert root == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert signature.startswith("— kota.example/alur ")


def test_a_note_is_read_back():
    assert read(note_of()) == POINT


def test_another_log_s_signature_may_stand_beside_it():
    witness = Checkpoint("witness.example", 7, POINT.root)
    line = note_of(witness, OTHER).split("\n")[4]
    assert read(note_of() + line + "\n") == POINT


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("\n7\n", "\n8\n"),
        lambda note: note.replace("AAEC", "AAED"),
        lambda note: note.replace("kota.example/alur\n7", "kota.example/other\n7"),
        lambda note: note.replace("\n7\n", "\n07\n"),
        lambda note: note.split("—")[0],
        lambda note: note.replace("— ", "- "),
        lambda note: note_of(key=OTHER),
        lambda note: "",
        lambda note: "kota.example/alur\n\n",
        lambda note: note.replace("\n\n", "\nan extension\n\n"),
    ],
)
def test_whatever_was_changed_is_refused(spoil):
    with pytest.raises(NotACheckpoint):
        read(spoil(note_of()))


def test_a_key_is_named_as_in_the_example_of_signed_notes():
    # golang.org/x/mod/sumdb/note: PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4...
    algorithm_and_key = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert algorithm_and_key[0] == 1
    assert key_hash("PeterNeumann", algorithm_and_key[1:]).hex() == "c74f20a3"
