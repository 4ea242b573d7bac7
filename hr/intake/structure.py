"""The units and posts that a directory file speaks of, against those that are known: pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hr.intake.columns import Entry
from hr.sheets import Fault
from hr.statements import Row

Key = tuple[str, ...]
_UNIT_FIELDS = {"nama_unit": "name", "jenis_unit": "kind"}
_POST_FIELDS = {"jabatan": "title", "jenis_jabatan": "kind", "kelas": "grade", "kursi": "seats"}


@dataclass
class UnitSpec:
    """A unit as the file has it: the row that spoke of it first, and what any row said.

    since -- the first day on which anybody held a post of it
    """

    number: int
    code: str
    parent: str = ""
    since: date = date.max
    said: dict[str, Any] = field(default_factory=dict)
    known: Row | None = None


@dataclass
class PostSpec:
    """A post as the file has it; `raters` are keys of posts, or NIPs, that rate it."""

    number: int
    key: Key
    unit: str = ""
    code: str | None = None
    seen: int = 0
    since: date = date.max
    said: dict[str, Any] = field(default_factory=dict)
    raters: set[Key] = field(default_factory=set)
    known: Row | None = None


def unit_code(row: Mapping[str, Any]) -> str:
    """Give the code of a unit; one that came from nowhere has its path for a code: `01.03`."""
    return str(row["code"] or row["path"].strip("/").replace("/", "."))


def post_code(row: Mapping[str, Any]) -> str:
    """Give the code of a post; one that came from nowhere has its number for a code: `J-17`."""
    return str(row["code"] or f"J-{row['id']}")


class Structure:
    """Gathers what rows say about units and posts, and finds where they contradict each other."""

    def __init__(self, units: Iterable[Row], posts: Iterable[Row]) -> None:
        self.known_units = {unit_code(row): row for row in units}
        self.unit_of_id = {row["id"]: code for code, row in self.known_units.items()}
        self.known_posts: dict[Key, Row] = {}
        self.key_of_id: dict[int, Key] = {}
        for row in posts:
            key = ("code", post_code(row))
            self.key_of_id[row["id"]] = key
            self.known_posts[key] = row
            named = ("title", self.unit_of_id.get(row["unit_id"], ""), row["title"].casefold())
            self.known_posts.setdefault(named, row)
        self.units: dict[str, UnitSpec] = {}
        self.posts: dict[Key, PostSpec] = {}
        self.post_of_nip: dict[int, Key] = {}

    def hear(self, entry: Entry) -> Iterator[Fault]:
        """Take in a row."""
        if entry.unit:
            yield from self._hear_unit(entry)
        key = self.key_of(entry)
        if key is None:
            return
        yield from self._hear_post(entry, key)
        if entry.nip:
            self.post_of_nip[int(entry.nip)] = key

    def key_of(self, entry: Entry) -> Key | None:
        """Name the post of a row, or None where it has none; a known post by its own code."""
        code, title = entry.values.get("kode_jabatan"), entry.values.get("jabatan")
        if code:
            return self._own(("code", code))
        return self._own(("title", entry.unit, title.casefold())) if title else None

    def _own(self, key: Key) -> Key:
        known = self.known_posts.get(key)
        return key if known is None else self.key_of_id[known["id"]]

    def _hear_unit(self, entry: Entry) -> Iterator[Fault]:
        spec = self.units.get(entry.unit)
        if spec is None:
            spec = UnitSpec(entry.number, entry.unit, known=self.known_units.get(entry.unit))
            self.units[entry.unit] = spec
        yield from _agree(entry, spec.number, spec.said, _UNIT_FIELDS)
        parent = entry.values.get("kode_unit_induk", "")
        if parent and spec.parent not in ("", parent):
            yield Fault(entry.number, "kode_unit_induk", "contradiction", parent, str(spec.number))
        spec.parent = spec.parent or parent

    def _hear_post(self, entry: Entry, key: Key) -> Iterator[Fault]:
        spec = self.posts.get(key)
        if spec is None:
            known = self.known_posts.get(key)
            code = key[1] if key[0] == "code" and known is None else None
            spec = PostSpec(entry.number, key, entry.unit, code, known=known)
            self.posts[key] = spec
        if entry.unit != spec.unit:
            yield Fault(entry.number, "kode_unit", "contradiction", entry.unit, str(spec.number))
        yield from _agree(entry, spec.number, spec.said, _POST_FIELDS)
        spec.seen += bool(entry.nip)
        values = entry.values
        spec.since = min(spec.since, values.get("tmt_jabatan", spec.since))
        unit = self.units[entry.unit] if entry.unit else None
        if unit is not None:
            unit.since = min(unit.since, spec.since)
        if rater := values.get("kode_jabatan_penilai"):
            spec.raters.add(("code", rater))
        elif superior := values.get("nip_atasan"):
            spec.raters.add(("nip", "".join(superior.split())))

    def judge(self, post_of_nip: Mapping[str, int]) -> Iterator[Fault]:
        """Say what is wrong with units and posts when every row was heard.

        post_of_nip -- the posts of superiors whom the file does not have, by NIP
        """
        for unit in self.units.values():
            yield from self._judge_unit(unit)
        self.raters: dict[Key, Key | None] = {
            self.key_of_id[row["id"]]: self.key_of_id.get(row["rater_post_id"] or 0)
            for row in self.known_posts.values()
        }
        for post in self.posts.values():
            yield from self._judge_post(post, post_of_nip)
        yield from self._circles()

    def _judge_unit(self, unit: UnitSpec) -> Iterator[Fault]:
        if unit.known is None and "name" not in unit.said:
            yield Fault(unit.number, "kode_unit", "unknown_unit", unit.code)
        if not unit.parent:
            return
        if unit.parent not in self.known_units and unit.parent not in self.units:
            yield Fault(unit.number, "kode_unit_induk", "unknown_unit", unit.parent)
        elif unit.known is not None:
            above = self.unit_of_id.get(unit.known["parent_id"] or 0, "")
            if above != unit.parent:
                yield Fault(unit.number, "kode_unit_induk", "moved", unit.parent, above or "-")
        elif _in_circle(unit.code, {each.code: each.parent for each in self.units.values()}):
            yield Fault(unit.number, "kode_unit_induk", "circle", unit.code)

    def _judge_post(self, post: PostSpec, post_of_nip: Mapping[str, int]) -> Iterator[Fault]:
        if post.known is None:
            wanted = {"jabatan": "title", "jenis_jabatan": "kind", "kelas": "grade"}
            title = post.said.get("title", post.key[-1])
            for column, name in wanted.items():
                if name not in post.said:
                    yield Fault(post.number, column, "new_post", title)
        elif (unit := self.unit_of_id.get(post.known["unit_id"], "")) != post.unit:
            yield Fault(post.number, "kode_unit", "moved", post.unit, unit)
        found: set[Key] = set()
        for rater in sorted(post.raters):
            key = self._rater(rater, post_of_nip)
            if key is None:
                by_nip = rater[0] == "nip"
                column = "nip_atasan" if by_nip else "kode_jabatan_penilai"
                yield Fault(post.number, column, "nobody" if by_nip else "unknown_post", rater[1])
            elif key != post.key:  # the leader of a unit may stand in the same post as who he rates
                found.add(key)
        if len(found) > 1:
            said = " / ".join(sorted(key[-1] for key in found))
            yield Fault(post.number, "nip_atasan", "contradiction", said, str(post.number))
        if found:
            self.raters[post.key] = min(found)
        else:
            self.raters.setdefault(post.key, None)

    def _rater(self, rater: Key, post_of_nip: Mapping[str, int]) -> Key | None:
        if rater[0] == "nip":
            digits = rater[1]
            inside = self.post_of_nip.get(int(digits)) if digits.isdigit() else None
            return inside or self.key_of_id.get(post_of_nip.get(digits, 0))
        key = self._own(rater)
        return key if key in self.posts or key in self.known_posts else None

    def missing_superiors(self) -> set[str]:
        """Name the superiors whom the file speaks of and does not have."""
        nips = {rater[1] for post in self.posts.values() for rater in post.raters}
        return {nip for nip in nips if nip.isdigit() and int(nip) not in self.post_of_nip}

    def _circles(self) -> Iterator[Fault]:
        told: set[Key] = set()
        for post in self.posts.values():
            if post.key not in told and _in_circle(post.key, self.raters):
                told |= _line_of(post.key, self.raters)
                title = post.said.get("title") or (post.known or {}).get("title", post.key[-1])
                yield Fault(post.number, "nip_atasan", "circle", title)


def changes(row: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[Row, Row]:
    """Give what was and what is to be, of what differs."""
    new = {name: value for name, value in said.items() if row[name] != value}
    return {name: row[name] for name in new}, new


def _agree(
    entry: Entry, first: int, said: dict[str, Any], columns: Mapping[str, str]
) -> Iterator[Fault]:
    for column, name in columns.items():
        value = entry.values.get(column)
        if value is None:
            continue
        if said.setdefault(name, value) != value:
            yield Fault(entry.number, column, "contradiction", str(value), str(first))


def _in_circle(start: Any, above: Mapping[Any, Any]) -> bool:
    line = _line_of(start, above)
    return bool(line) and start in {above.get(each) for each in line}


def _line_of(start: Any, above: Mapping[Any, Any]) -> set[Any]:
    line: set[Any] = set()
    step = start
    while step and step not in line:
        line.add(step)
        step = above.get(step)
    return line
