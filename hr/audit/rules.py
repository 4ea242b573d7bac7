"""How a sample is drawn: by digests, so that anybody can draw it again."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from heapq import nsmallest

CONCLUSIONS = ("OK", "FINDING", "OPEN")
FORMS = ("csv", "xlsx", "jsonl", "xes", "ocel.json", "ocel.sqlite")
LARGEST_SAMPLE = 500


def rank(seed: str, case_no: str) -> str:
    """Give a case's place in the lottery: the SHA-256 of `seed:case number`, in hexadecimal."""
    return sha256(f"{seed}:{case_no}".encode()).hexdigest()


def drawn(
    seed: str, size: int, population: Iterable[tuple[int, str]]
) -> tuple[int, list[tuple[int, str]]]:
    """Draw the cases (id, number) with the smallest ranks, without replacement.

    Gives how many there were to draw from, and the sample in the order in which it was drawn.
    """
    count = 0

    def counted() -> Iterable[tuple[str, int, str]]:
        nonlocal count
        for instance_id, case_no in population:
            count += 1
            yield rank(seed, case_no), instance_id, case_no

    chosen = nsmallest(size, counted())
    return count, [(instance_id, case_no) for _, instance_id, case_no in chosen]
