"""A Merkle tree as RFC 6962 has it (section 2.1): roots, growing, proofs.  Pure; SHA-256.

A leaf's hash is SHA-256(0x00 | data), an inner node's SHA-256(0x01 | left | right).  A proof lists
hashes from the leaf upwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EMPTY = hashlib.sha256().digest()  # the root of a tree without leaves


def leaf_hash(data: bytes) -> bytes:
    """Give the hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """The right edge of a growing tree: all that is needed to add leaves and to tell the root.

    peaks -- roots of the full subtrees from left to right, one for each 1 in `size`'s binary form
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def add(self, leaves: Iterable[bytes]) -> Frontier:
        """Give the frontier after these leaf hashes."""
        size, peaks, sha256 = self.size, list(self.peaks), hashlib.sha256
        for leaf in leaves:
            node, rest = leaf, size
            while rest & 1:  # `node_hash`, without a call for each of very many
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                rest >>= 1
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks))

    def peak(self, low: int, high: int) -> bytes:
        """Give the root of the full subtree over the leaves from `low` up to `high`."""
        start = 0
        for node, bit in zip(self.peaks, _bits(self.size), strict=True):
            if (start, start + bit) == (low, high):
                return node
            start += bit
        raise IndexError(f"Expected a full subtree from {low} to {high}, but there is none.")

    def root(self) -> bytes:
        """Give the root of the tree so far."""
        if not self.peaks:
            return EMPTY
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Give the root over leaf hashes."""
    return Frontier().add(leaves).root()


def inclusion_proof(
    leaves: Sequence[bytes], index: int, before: Frontier = Frontier()
) -> tuple[bytes, ...]:
    """Prove that the leaf at `index` is in the tree (RFC 6962, 2.1.1).

    before -- the edge of the tree to which `leaves` (hashes) were added: with it, the leaves before
    are not needed, as long as the proof is of a later one
    """
    size = before.size + len(leaves)
    if not before.size <= index < size:
        raise IndexError(f"Expected a leaf from {before.size} to {size - 1}, but got {index}.")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_root_between(middle, high, leaves, before))
            high = middle
        else:
            path.append(_root_between(low, middle, leaves, before))
            low = middle
    return tuple(reversed(path))


def _root_between(low: int, high: int, leaves: Sequence[bytes], before: Frontier) -> bytes:
    if low >= before.size:
        return root_of(leaves[low - before.size : high - before.size])
    if high <= before.size:
        # What stands to the left of a later leaf is a full subtree whose parent was not full yet.
        return before.peak(low, high)
    middle = low + _split(high - low)
    left = _root_between(low, middle, leaves, before)
    return node_hash(left, _root_between(middle, high, leaves, before))


def root_by_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """Give the root that an inclusion proof leads to; raise ValueError where it has no such shape.

    Whoever checks compares the result with a root that came from elsewhere (RFC 9162, 2.1.3.2).
    """
    if not 0 <= index < size:
        raise ValueError(f"Expected a leaf below {size}, but the proof is of leaf {index}.")
    node, place, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            raise ValueError("Expected a shorter proof for a tree of this size.")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("Expected a longer proof for a tree of this size.")
    return node


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> tuple[bytes, ...]:
    """Prove that the tree of the first `earlier` leaves grew into this one (RFC 6962, 2.1.2)."""
    if not 0 < earlier <= len(leaves):
        raise IndexError(f"Expected a size of 1 to {len(leaves)}, but was asked for {earlier}.")
    return _grown(leaves, earlier, whole=True)


def _grown(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> tuple[bytes, ...]:
    if earlier == len(leaves):
        return () if whole else (root_of(leaves),)
    middle = _split(len(leaves))
    if earlier <= middle:
        return (*_grown(leaves[:middle], earlier, whole=whole), root_of(leaves[middle:]))
    return (
        *_grown(leaves[middle:], earlier - middle, whole=False),
        root_of(leaves[:middle]),
    )


def is_consistent(
    earlier: int, earlier_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Tell whether a proof shows that the earlier tree was only added to (RFC 9162, 2.1.4.2)."""
    if earlier == size:
        return not proof and earlier_root == root
    if not 0 < earlier < size or not proof:
        return False
    path = list(proof)
    if earlier & (earlier - 1) == 0:  # a full tree stands in the later one as it is
        path.insert(0, earlier_root)
    place, last = earlier - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and old == earlier_root and new == root


def _bits(size: int) -> list[int]:
    """Give the powers of two that make up a size, the largest first."""
    return [1 << place for place in reversed(range(size.bit_length())) if size >> place & 1]


def _split(size: int) -> int:
    """Give the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
