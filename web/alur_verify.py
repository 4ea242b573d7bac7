"""Check an exported Alur history, or a receipt, without Alur.

This file stands alone: it needs Python 3.9 or newer and the package `cryptography`
(`pip install cryptography`), and imports nothing of Alur, so that whoever checks need not trust
whoever is checked.  How to use it, and what each line proves: docs/guide-auditor.md.

    python3 alur_verify.py history.jsonl --key signing.pub --checkpoints kept.txt
    python3 alur_verify.py --receipt receipt.json --key signing.pub

Exit status: 0 everything holds, 1 something does not, 2 wrong use.

What is checked, in this order: that the export is whole; that every event carries the hash of what
it says and of the event before it; that values which are there are those that were sealed; that the
leaves of the tree are made of these events; that every checkpoint is signed by the key and is the
root of this tree; that roots kept elsewhere (`--checkpoints`) are roots of this tree.
"""

from __future__ import annotations

import argparse
import base64
import email
import email.policy
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Finding = tuple[str, str]  # where, what
FORMAT = "history 1"
RECEIPT = "receipt 1"


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def event_hash(previous: bytes, place: Sequence[Any], digests: bytes, body: str) -> bytes:
    """Zero byte, hash before, the event's columns as a JSON list, digests, body."""
    columns = json.dumps([*place, len(digests)], ensure_ascii=False, separators=(",", ":"))
    return sha256(b"\x00", previous, columns.encode(), digests, body.encode())


def leaf_of_batch(stream: int, first: int, last: int, root: bytes) -> bytes:
    return sha256(b"\x00", f"alur batch 1|{stream}|{first}|{last}|{root.hex()}".encode())


# ---- the tree of RFC 6962


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01", left, right)


class Tree:
    """A growing tree of which only the right edge is kept."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        rest = self.size
        while rest & 1:
            leaf = node(self.peaks.pop(), leaf)
            rest >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        if not self.peaks:
            return sha256()
        result = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            result = node(peak, result)
        return result


def root_over(leaves: Iterable[bytes]) -> bytes:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def root_by_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    if not 0 <= index < size:
        raise ValueError("the proof is of a leaf that the tree does not have")
    result, place, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise ValueError("the proof is too long")
        if place & 1 or place == last:
            result = node(sibling, result)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            result = node(result, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return result


# ---- checkpoints: C2SP tlog-checkpoint in a signed note


def load_key(text: str) -> bytes:
    """Read an Ed25519 public key: a PEM file, or 64 hexadecimal digits."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if len(text) == 64 and all(c in "0123456789abcdef" for c in text):
        return bytes.fromhex(text)
    with open(text, "rb") as file:
        key = load_pem_public_key(file.read())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key.public_bytes_raw()


def open_note(note: str, key: bytes) -> tuple[str, int, bytes]:
    """Give origin, size and root of a signed checkpoint; raise ValueError where it is not."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text, _, signatures = note.partition("\n\n")
    lines = text.split("\n")
    if len(lines) != 3 or not lines[1].isdigit():
        raise ValueError("not a checkpoint")
    origin, root = lines[0], base64.b64decode(lines[2], validate=True)
    name = sha256(origin.encode(), b"\n\x01", key)[:4]
    for line in signatures.splitlines():
        signer, _, encoded = line[2:].rpartition(" ")
        if not line.startswith("\u2014 ") or signer != origin:
            continue
        raw = base64.b64decode(encoded)
        if raw[:4] != name:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(raw[4:], (text + "\n").encode())
        except InvalidSignature:
            raise ValueError("the signature is forged") from None
        return origin, int(lines[1]), root
    raise ValueError("it is not signed by this key")


# Origin, number of leaves, root: three lines, wherever they stand in a mail, quoted or not.
KEPT = re.compile(
    r"^[>\s]*\S+/\S+[ \t]*\n[> \t]*(\d{1,18})[ \t]*\n[> \t]*([A-Za-z0-9+/]{43}=)[ \t]*$",
    re.MULTILINE,
)


def kept_roots(text: str) -> dict[int, bytes]:
    """Give the roots of kept checkpoints by size; who kept them need not check signatures again.

    The text is a file of checkpoints, or the mails in which they came, one below the other, or one
    mail as it was saved (.eml).  Raises ValueError where there is none, or where two contradict.
    """
    if re.search(r"^content-transfer-encoding:", text, re.IGNORECASE | re.MULTILINE):
        mail = email.message_from_string(text, policy=email.policy.default)
        text = "\n".join(
            p.get_content() for p in mail.walk() if p.get_content_type() == "text/plain"
        )
    roots: dict[int, bytes] = {}
    for size, root in KEPT.findall(text.replace("\r\n", "\n")):
        if roots.setdefault(int(size), base64.b64decode(root)) != base64.b64decode(root):
            raise ValueError(f"two checkpoints of {size} leaves that you kept have different roots")
    if not roots:
        raise ValueError(
            "there is no checkpoint in what you kept: origin, number and root, a line each"
        )
    return roots


# ---- an exported history


class History:
    """Reads an export line by line; what is kept in memory is 32 bytes for a leaf of the tree."""

    def __init__(self, key: bytes | None, kept: dict[int, bytes]) -> None:
        self.key, self.kept = key, kept
        self.leaves: dict[int, bytes] = {}
        self.notes: list[str] = []
        self.events = self.streams = 0
        self.whole = hashlib.sha256()
        self.ended = False
        self.stream: dict[str, Any] = {}
        self._begin({})

    def _begin(self, stream: dict[str, Any]) -> None:
        self.stream = stream
        self.seq, self.previous, self.broken = 0, b"", False
        self.digests: dict[tuple[int, str], bytes] = {}
        self.hashes: list[bytes] = []
        self.in_tree = 0

    def findings(self, lines: Iterable[bytes]) -> Iterator[Finding]:
        """Give what does not hold, the first of each stream."""
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                if not isinstance(entry, dict):
                    raise ValueError("it is no entry")
                if self.ended:
                    raise ValueError("there is more after the end")
                if "end" not in entry:
                    self.whole.update(line.rstrip(b"\r\n") + b"\n")
                yield from self._entry(entry, number)
            except (ValueError, KeyError, TypeError, IndexError) as error:
                yield f"line {number}", f"it cannot be read ({error})"
        yield from self._end_of_stream()
        if not self.ended:
            yield "the export", "its end is missing"
        yield from self._tree()

    def _entry(self, entry: dict[str, Any], number: int) -> Iterator[Finding]:
        if number == 1:
            if entry.get("alur") != FORMAT:
                raise ValueError(f"it is no export of the form {FORMAT!r}")
            self.key = self.key or bytes.fromhex(entry["public_key"])
        elif "stream" in entry:
            yield from self._end_of_stream()
            self.streams += 1
            self._begin(entry)
        elif "event" in entry:
            self.events += 1
            yield from self._event(entry)
        elif "value" in entry:
            yield from self._value(entry["value"])
        elif "leaf" in entry:
            yield from self._leaf(entry["leaf"])
        elif "checkpoint" in entry:
            self.notes.append(entry["checkpoint"])
        elif "end" in entry:
            self.ended = True
            told = entry["end"]
            if told["sha256"] != self.whole.hexdigest():
                yield "the export", "a line was added, taken out or changed after it was made"
            if (told["streams"], told["events"]) != (self.streams, self.events):
                yield "the export", "it does not hold as many events as it says"
        else:
            raise ValueError("nobody knows what it is")

    def _where(self, seq: int) -> str:
        return f"event {seq} of stream {self.stream.get('stream')}"

    def _event(self, entry: dict[str, Any]) -> Iterator[Finding]:
        place, body = entry["event"], entry["body"]
        digests = bytes.fromhex(entry.get("digests", ""))
        self.seq += 1
        self.hashes.append(bytes.fromhex(entry["hash"]))
        if self.broken:
            return
        computed = event_hash(self.previous, place, digests, body)
        if place[1] != self.stream["stream"] or place[2] != self.seq:
            self.broken = True
            yield self._where(self.seq), f"found event {place[2]} of stream {place[1]} instead"
        elif computed.hex() != entry["hash"]:
            self.broken = True
            yield self._where(self.seq), "it was altered, or does not follow the one before"
        self.previous = computed
        for index, name in enumerate(json.loads(body).get("sealed", []) if digests else []):
            self.digests[self.seq, name] = digests[index * 32 : index * 32 + 32]

    def _value(self, value: list[Any]) -> Iterator[Finding]:
        seq, name, salt, text = value
        if self.broken:
            return
        if sha256(bytes.fromhex(salt), text.encode()) != self.digests.get((seq, name)):
            yield self._where(seq), f"its value {name!r} is not the one that was sealed"

    def _leaf(self, leaf: list[Any]) -> Iterator[Finding]:
        position, first, last, told = leaf
        hashes = self.hashes[first - 1 : last]
        if first != self.in_tree + 1:
            yield self._where(first), "events before it are not in the tree"
        elif len(hashes) != last - first + 1:
            yield self._where(self.seq + 1), "it was in the tree and is gone"
        elif leaf_of_batch(self.stream["stream"], first, last, root_over(hashes)).hex() != told:
            yield self._where(first), f"one from here to {last} is not what was in the tree"
        self.in_tree = last
        if position in self.leaves:
            yield f"leaf {position}", "it is there twice"
        self.leaves[position] = bytes.fromhex(told)

    def _end_of_stream(self) -> Iterator[Finding]:
        if self.stream and not self.broken:
            head = [self.seq, self.previous.hex()]
            if self.stream["head"] != head:
                where = self._where(self.stream["head"][0])
                yield where, f"the stream should end here, but ends at {self.seq}"
        self.stream = {}

    def _tree(self) -> Iterator[Finding]:
        tree, roots = Tree(), {}
        sizes = {self._size(note) for note in self.notes} | set(self.kept)
        for position in range(len(self.leaves)):
            if position not in self.leaves:
                yield f"leaf {position}", "it is missing"
                return
            tree.add(self.leaves[position])
            if tree.size in sizes:
                roots[tree.size] = tree.root()
        for note in self.notes:
            where = f"the checkpoint of {self._size(note)} leaves"
            try:
                _, size, root = open_note(note, self.key or b"")
            except ValueError as error:
                yield where, str(error)
                continue
            if roots.get(size) != root:
                yield where, "it was signed over another history"
        for size, root in sorted(self.kept.items()):
            if roots.get(size) != root:
                yield f"the tree of {size} leaves", "its root is not the one that was kept"

    @staticmethod
    def _size(note: str) -> int:
        line = ([*note.split("\n"), ""])[1]
        return int(line) if line.isdigit() else -1


# ---- a receipt


def check_receipt(receipt: dict[str, Any], key: bytes) -> tuple[str, int]:
    """Give origin and tree size under which a receipt's event stands; raise ValueError else."""
    if receipt.get("alur") != RECEIPT:
        raise ValueError(f"it is no receipt of the form {RECEIPT!r}")
    digests = bytes.fromhex(receipt.get("digests", ""))
    previous = bytes.fromhex(receipt["previous"])
    own = event_hash(previous, receipt["event"], digests, receipt["body"])
    if own.hex() != receipt["hash"]:
        raise ValueError("what it says is not what its hash covers")
    for index, (name, salt, text) in enumerate(receipt.get("values", [])):
        if sha256(bytes.fromhex(salt), text.encode()) != digests[index * 32 : index * 32 + 32]:
            raise ValueError(f"its value {name!r} is not the one that was sealed")
    if not receipt.get("note"):
        raise ValueError("no checkpoint covers it yet; fetch it again in a few minutes")
    stream, seq = receipt["event"][1], receipt["event"][2]
    first, last = receipt["batch"]
    in_batch = [bytes.fromhex(one) for one in receipt["in_batch"]]
    in_tree = [bytes.fromhex(one) for one in receipt["in_tree"]]
    root = root_by_proof(own, seq - first, last - first + 1, in_batch)
    leaf = leaf_of_batch(stream, first, last, root)
    origin, size, signed = open_note(receipt["note"], key)
    if root_by_proof(leaf, receipt["position"], size, in_tree) != signed:
        raise ValueError("the checkpoint is over a history without it")
    return origin, size


# ---- the command


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Check an exported Alur history, or a receipt.")
    parser.add_argument("history", nargs="?", help="the export: history.jsonl")
    parser.add_argument("--receipt", help="check one receipt instead: receipt.json")
    parser.add_argument("--key", help="public key that you trust: a PEM file or 64 hex digits")
    parser.add_argument("--checkpoints", help="file of checkpoints that you kept yourself")
    used = parser.parse_args(arguments)
    try:
        key = load_key(used.key) if used.key else None
        if used.receipt:
            return _receipt(used.receipt, key, parser)
        if not used.history:
            parser.error("give an export, or --receipt FILE")
        return _history(used.history, key, used.checkpoints)
    except OSError as error:
        print(f"Expected to read {error.filename}, but: {error.strerror}.", file=sys.stderr)
        return 2


def _receipt(path: str, key: bytes | None, parser: argparse.ArgumentParser) -> int:
    if key is None:
        parser.error("--receipt needs --key: the public key that you trust")
    assert key is not None
    try:
        with open(path, encoding="utf-8") as file:
            origin, size = check_receipt(json.load(file), key)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        print(f"The receipt does not hold: {error}.")
        return 1
    print(f"The receipt holds: it is under a checkpoint of {size} leaves signed by {origin}.")
    return 0


def _history(path: str, key: bytes | None, checkpoints: str | None) -> int:
    kept: dict[int, bytes] = {}
    if key is None:
        print("No --key: the export's own is used. Compare it with one from elsewhere.")
    if checkpoints:
        with open(checkpoints, encoding="utf-8", errors="replace") as file:
            try:
                kept = kept_roots(file.read())
            except ValueError as error:
                print(f"Expected checkpoints in {checkpoints}, but {error}.", file=sys.stderr)
                return 2
    history = History(key, kept)
    count = 0
    with open(path, "rb") as source:
        for where, what in history.findings(source):
            count += 1
            if count <= 20:
                print(f"{where}: {what}")
    told = f"{history.events} events, {history.streams} streams, {len(history.leaves)} leaves"
    told += f", {len(history.notes)} checkpoints, {len(kept)} kept roots"
    print(f"{count} findings in {told}." if count else f"Everything holds: {told}.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
