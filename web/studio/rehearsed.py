"""A dry run in words: what each step brought, who waits for what, what may be done next."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from markupsafe import Markup

from engine import Engine
from engine.forms import Shown, shown_fields
from engine.queries import standing, trace
from engine.queries import tasks as task_views
from engine.queries.due import next_moment
from engine.queries.standing import OpenTask
from engine.queries.tasks import TaskView
from engine.queries.trace import Happening
from hr.demo.cast import CAST, TEAM
from web.deciding import cell_words
from web.happenings import event_words
from web.language import gettext, language, moment
from web.notice_words import notice_words
from web.parts.values import plain_value
from web.scenarios import Fault, Rehearsal, Step, Told
from web.site import site
from web.studio.choices import role_words
from web.studio.stories import element_names
from web.studio.story_words import fault_words

_CODES = {person: code for code, person in CAST.items()}
_SPAN = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_HIDDEN = frozenset({"SERVICE_CALLED", "INSTANCE_STARTED"})  # said by what they bring


@dataclass(frozen=True)
class Happened:
    """An event of the case in words; rules -- (conditions, outputs) of each that matched."""

    what: str
    step: str
    who: str
    one: Happening
    fields: tuple[Shown, ...]
    rules: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True)
class Line:
    """A step of the story, played or still to come; number 0 is the start."""

    number: int
    title: str
    about: str
    when: str
    happened: tuple[Happened, ...]
    letters: tuple[tuple[str, str, str], ...]
    faults: tuple[str, ...]
    moved: bool
    accepted: bool


@dataclass(frozen=True)
class Waiting:
    """An open task: its address on the page, its step's name, who has it, who may do it.

    holding -- the member of the cast who has it, empty where it is offered to a group
    """

    key: str
    id: int
    element_id: str
    name: str
    holder: str
    person: str
    holding: str
    from_group: bool


class Telling:
    """Puts one rehearsal into words, with the draft's own texts."""

    def __init__(self, rehearsal: Rehearsal, files: Mapping[str, bytes]) -> None:
        self.rehearsal = rehearsal
        self.messages = messages_of(files)
        english = language() == "en"
        self.drawn = element_names(files)
        self.names: dict[str, str] = {}
        for part in ("elements", "flows", "lanes") if english else ():
            known = self.messages.get(part, {})
            self.names |= known if isinstance(known, dict) else {}

    @property
    def engine(self) -> Engine:
        """Give the engine of the stage; only where the case began."""
        stage = self.rehearsal.stage
        if stage is None:
            raise RuntimeError("Expected a case that began, but it did not.")
        return stage.engine

    def lines(self) -> list[Line]:
        """Tell the start and every step that was played."""
        return [self._line(number, told) for number, told in enumerate(self.rehearsal.told)]

    def to_come(self) -> list[tuple[int, str]]:
        """Name the steps that were not played."""
        first = self.rehearsal.played + 1
        return [(n, self._title(step)) for n, step in enumerate(self.rehearsal.rest, first)]

    def waiting(self) -> list[Waiting]:
        """List the open tasks, with whom each is offered to on the page."""
        stage = self.rehearsal.stage
        if stage is None:
            return []
        found = self.engine.ask(standing.open_tasks, stage.instance_id)
        return [self._waiting(task) for task in found]

    def task(self, id_: int, person: str) -> TaskView:
        """Give an open task as its page shows it to a member of the cast."""
        return self.engine.ask(
            task_views.task, id_, person_id=CAST.get(person), language=language()
        )

    def picture(self) -> str | None:
        """Draw where the case stands."""
        stage = self.rehearsal.stage
        seqs = [one.seq for told in self.rehearsal.told for one in told.happenings]
        if stage is None or not seqs:
            return None
        # Drawn by engine.bpmn, which writes every text of the model as text.
        return Markup(
            self.engine.ask(trace.picture_at, stage.instance_id, 10**9, names=self.names or None)
        )

    def next_due(self) -> tuple[str, str] | None:
        """Give when something falls due next, and how far that is as a duration; None if never."""
        stage = self.rehearsal.stage
        due = self.engine.ask(next_moment) if stage is not None else None
        if stage is None or due is None or due <= stage.clock.now:
            return None
        return moment(due), _duration(due - stage.clock.now)

    def _line(self, number: int, told: Told) -> Line:
        step = told.step
        return Line(
            number=number,
            title=self._title(step) if step is not None else gettext("Perkara dimulai"),
            about=self._about(step),
            when=moment(told.at),
            happened=tuple(self._happened(told)),
            letters=tuple(
                (people_words(_CODES.get(sent.person_id, "?")), *self._letter(sent.notice))
                for sent in told.sent
            ),
            faults=tuple(self.fault(each) for each in told.faults),
            moved=told.moved,
            accepted=step is None or "refused" not in step.given,
        )

    def fault(self, fault: Fault) -> str:
        """Say a fault with the names of the drawing."""
        return fault_words(fault, {**self.drawn, **self.names})

    def _letter(self, notice: Any) -> tuple[str, str]:
        return notice_words(notice, self.messages)

    def _title(self, step: Step) -> str:
        by = people_words(str(step.given["as"])) if "as" in step.given else gettext("Sistem")
        to = people_words(str(step.given.get("to", "")))
        what = self.names.get(step.what) or self._drawn(step.what)
        return {
            "complete": gettext("%(who)s mengisi %(what)s", who=by, what=what),
            "draft": gettext("%(who)s menyimpan draf %(what)s", who=by, what=what),
            "claim": gettext("%(who)s mengambil %(what)s", who=by, what=what),
            "unclaim": gettext("%(who)s melepas %(what)s", who=by, what=what),
            "assign": gettext(
                "%(who)s menyerahkan %(what)s kepada %(to)s", who=by, what=what, to=to
            ),
            "advance": gettext("Waktu maju %(what)s", what=span_words(step.what)),
            "publish": gettext("Pesan %(what)s dikirim", what=step.what),
            "fail_service": gettext("Layanan %(what)s mulai gagal", what=step.what),
            "heal_service": gettext("Layanan %(what)s pulih", what=step.what),
            "retry": gettext("Gangguan pada %(what)s dicoba ulang", what=what),
            "cancel": gettext("%(who)s membatalkan perkara", who=by),
        }[step.verb]

    def _about(self, step: Step | None) -> str:
        if step is None or "refused" not in step.given:
            return ""
        return gettext("harus ditolak: %(what)s", what=str(step.given["refused"]))

    def _drawn(self, element_id: str) -> str:
        return self.drawn.get(element_id, element_id)

    def _happened(self, told: Told) -> Iterator[Happened]:
        for one in told.happenings:
            if one.kind in _HIDDEN and not one.changes:
                continue
            name = one.element_name if one.element_id else ""
            yield Happened(
                what=event_words(one.kind),
                step=self.names.get(one.element_id or "", name),
                who=_who(one),
                one=one,
                fields=_fields(one),
                rules=tuple(_rules(one)),
            )

    def _waiting(self, task: OpenTask) -> Waiting:
        code = _CODES.get(task.assignee_id or 0, "")
        group = (task.candidate_group or "").partition("@")[0]
        person = code or (group if group in CAST else TEAM[0] if group == "TIM" else "")
        return Waiting(
            key=f"{task.element_id}@{code or group}",
            id=task.id,
            element_id=task.element_id,
            name=self.names.get(task.element_id) or self._drawn(task.element_id),
            holder=people_words(code) if code else role_words(group),
            person=person,
            holding=code,
            from_group=bool(group),
        )


def messages_of(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Give a draft's texts; none where the file cannot be read."""
    try:
        return tomllib.loads(files.get("messages.toml", b"").decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}


def people_words(code: str) -> str:
    """Name a member of the cast by role: the dry run's people are roles, nobody that lives."""
    base, number = (code[:-1], code[-1]) if code[-1:].isdigit() else (code, "")
    said = {
        "STRANGER": gettext("orang luar"),
        "PPPK": gettext("pegawai PPPK"),
        "SU2": role_words("SU2"),
    }.get(code) or role_words(base)
    return f"{said} {number}".strip() if number and code != "SU2" else said


def cast() -> list[tuple[str, str]]:
    """Give everybody who may act in a dry run, in words."""
    return [(code, f"{code} · {people_words(code)}") for code in CAST]


def span_words(text: str) -> str:
    """Say how far the clock moves; what is no plain duration reads as it is written."""
    found = _SPAN.fullmatch(text)
    if found is None or not any(found.groups()):
        return text
    days, hours, minutes = found.groups()
    said = [
        gettext("%(count)s hari", count=days) if days else "",
        gettext("%(count)s jam", count=hours) if hours else "",
        gettext("%(count)s menit", count=minutes) if minutes else "",
    ]
    return " ".join(part for part in said if part)


def _duration(span: timedelta) -> str:
    """Write a span as an ISO 8601 duration of whole minutes, not shorter than it is."""
    minutes = ceil(span.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    time = f"{hours}H" * bool(hours) + f"{left}M" * bool(left)
    return "P" + f"{days}D" * bool(days) + (f"T{time}" if time else "")


def _who(one: Happening) -> str:
    if one.anonymous:
        return gettext("Anonim (%(name)s)", name=one.person_name)
    if one.kind == "TASK_CREATED":
        code = _CODES.get(one.detail.get("assignee_id") or 0, "")
        group = str(one.detail.get("candidate_group") or "").partition("@")[0]
        who = people_words(code) if code else role_words(group)
        due = f" · {gettext('tenggat')} {moment(one.due_at)}" if one.due_at else ""
        return gettext("untuk %(name)s", name=who) + due
    if one.person_id is None or not one.kind.startswith("TASK_"):
        return ""  # what machines do at somebody's step is not his doing
    return people_words(_CODES.get(one.person_id, "?"))


def _fields(one: Happening) -> tuple[Shown, ...]:
    if one.filled is None or one.filled.form is None:
        return ()
    here: datetime = one.at.astimezone(site().settings.time_zone)
    filled = one.filled
    return shown_fields(
        one.filled.form,
        filled.answers,
        context=filled.context,
        now=here,
        words=plain_value,
    )


def _rules(one: Happening) -> Iterator[tuple[Any, Any]]:
    for rule in one.decided.rules if one.decided else ():
        yield (
            [(name, cell_words(cell)) for name, cell in rule.conditions],
            [(name, cell_words(cell)) for name, cell in rule.outputs],
        )
