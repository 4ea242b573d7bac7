"""An event log without names: stable pseudonyms for people, small units left out."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from engine.queries.event_log import LoggedCase, LoggedEvent

SMALLEST_UNIT = 5  # people; a unit with fewer is not named


def pseudonymised(
    log: Iterable[tuple[LoggedCase, Iterator[LoggedEvent]]],
    key: bytes,
    people_in: Callable[[str], int],
) -> Iterator[tuple[LoggedCase, Iterator[LoggedEvent]]]:
    """Give the log without names, posts, reasons, titles and case numbers.

    key -- the same key gives the same pseudonyms, so that two exports can be put side by side;
    people_in -- how many people a unit's path has
    """
    names = _Names(key, people_in)
    for case, events in log:
        number = names.of("case", case.case_no)
        yield (
            replace(
                case,
                case_no=f"C-{number:012d}",
                subject_id=names.person(case.subject_id),
                unit=names.unit(case.unit),
                title="",
            ),
            map(names.event, events),
        )


class _Names:
    def __init__(self, key: bytes, people_in: Callable[[str], int]) -> None:
        self._key, self._people_in = key, people_in
        self._units: dict[str, str] = {}

    def of(self, kind: str, text: str) -> int:
        """Give a number that only the key leads back from: 40 bits."""
        digest = hmac.new(self._key, f"{kind}|{text}".encode(), sha256).digest()
        return int.from_bytes(digest[:5])

    def person(self, person_id: int | None) -> int | None:
        return None if person_id is None else self.of("person", str(person_id))

    def unit(self, path: str) -> str:
        """Give the path, or that of the nearest unit above with enough people."""
        if path not in self._units:
            shown = path
            while shown.strip("/") and self._people_in(shown) < SMALLEST_UNIT:
                shown = shown.rstrip("/").rpartition("/")[0] + "/"
            self._units[path] = shown if shown.strip("/") else ""
        return self._units[path]

    def event(self, event: LoggedEvent) -> LoggedEvent:
        person = self.person(event.person_id)
        return replace(
            event,
            person_id=person,
            person="" if person is None else f"P-{person:012d}",
            post="",
            unit="",  # of the one who acted, in words: small units have few to choose from
            on_behalf_of=self.person(event.on_behalf_of),
            reason="",
            task_id=None,
            hash="",
            detail=_without_people(event),
        )


def _without_people(event: LoggedEvent) -> dict[str, object]:
    kept = ("form_key", "decision_id", "rules", "incident_kind", "step", "count")
    return {name: event.detail[name] for name in kept if name in event.detail}
