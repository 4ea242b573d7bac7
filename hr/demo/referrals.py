"""Plays training referrals around the demo's logins, so that every state of one can be seen.

emp    chooses a course                       peer1  waits for hrc to set the referral
peer2  waits for rtr to confirm the need      peer3  waits for trn to plan a course
peer5  set                                    others: set, 30 days without a seat, waiting,
                                              rejected, postponed
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Engine, NewCase, Scope, StartInstance
from hr.demo.play import logins
from hr.demo.stage import RunDue, Stage
from hr.development import queries
from hr.development.commands import PROCESS, RecordTrainingSignal
from hr.development.rules import FINDING, SERVICE_CHANGE
from hr.directory import queries as directory
from hr.followup.queries import open_followups

PERIOD = "2026Q2"
_CONFIRM: Mapping[str, Any] = {"decision": "CONFIRM"}
_ACCEPT: Mapping[str, Any] = {"answer": "ACCEPT"}
_APPROVE: Mapping[str, Any] = {"decision": "APPROVE"}
_NEW_SYSTEM = "Aplikasi layanan terpadu dipakai mulai Agustus"


def begin(engine: Engine, run_due: RunDue) -> None:
    """Play what happened more than a month before: one referral set, one left without a seat."""
    stage = _Stage(engine, run_due)
    first, second = stage.others(2)
    stage.note(first, SERVICE_CHANGE, _NEW_SYSTEM)
    stage.set(stage.start(first), first)
    # The only seat is taken now.
    stage.note(second, SERVICE_CHANGE, _NEW_SYSTEM)
    stage.chosen(stage.start(second), second)


def go_on(engine: Engine, run_due: RunDue) -> None:
    """Play the referrals of the demo's first day."""
    stage = _Stage(engine, run_due)
    people = logins(engine)
    stage.start(people["peer2"])
    stage.confirmed(stage.start(people["emp"]), people["emp"])
    stage.chosen(stage.start(people["peer1"]), people["peer1"])
    stage.set(stage.start(people["peer5"]), people["peer5"])
    stage.note(people["peer3"], FINDING, "Sidak loket, 25 Juni 2026")
    stage.chosen(stage.start(people["peer3"]), people["peer3"])
    *_, rejected, waiting, postponed = stage.others(5)
    for person in (rejected, waiting):
        stage.note(person, SERVICE_CHANGE, _NEW_SYSTEM)
    stage.rejected(stage.start(rejected), rejected)
    stage.chosen(stage.start(waiting), waiting)
    stage.note(postponed, FINDING, "Sidak loket, 25 Juni 2026")
    stage.postponed(stage.start(postponed), postponed)


class _Stage(Stage):
    """Acts as everybody whom a referral takes."""

    def others(self, count: int) -> list[int]:
        """Choose people of the same office without a login, a gap or a lack of superior.

        Nor with a follow-up of their evaluation: a poor result makes a referral that nobody may
        refuse, and who has one depends on the raters that were drawn.
        """
        people = logins(self.engine)
        office = self.engine.ask(directory.person, people["emp"], self.now).unit_path
        top = directory.ancestors(office)[-1]
        ids = [row["id"] for row in self.engine.ask(directory.members, top, self.now)]
        gaps = {gap.person_id for gap in self.engine.ask(queries.gaps, ids, self.now)}
        raters = self.engine.ask(directory.superiors, ids, self.now)
        everywhere = Scope(path_prefixes=frozenset({"/"}))
        followups = self.engine.ask(open_followups, everywhere, limit=1000).rows
        evaluated = {row.subject_id for row in followups}
        taken = {*people.values(), *raters.values(), *gaps, *evaluated}
        return [one for one in ids if one not in taken and one in raters][:count]

    def note(self, person: int, kind: str, source: str) -> None:
        command = RecordTrainingSignal(person_id=person, kind=kind, source=source)
        self.engine.execute(command, by=self.by(logins(self.engine)["hrc"]))

    def start(self, person: int) -> int:
        case = NewCase(subject_id=person, period=PERIOD)
        command = StartInstance(key=PROCESS, case=case)
        started = self.engine.execute(command, by=self.by(logins(self.engine)["hrc"]))
        return started.instance_id

    def confirmed(self, case: int, person: int) -> None:
        self.do(case, "confirm_need", self.rater(person), _CONFIRM)

    def rejected(self, case: int, person: int) -> None:
        why = "Sudah mengikuti pelatihan yang sama bulan lalu."
        answers = {"decision": "REJECT", "reason": why}
        self.do(case, "confirm_need", self.rater(person), answers)

    def chosen(self, case: int, person: int) -> None:
        self.confirmed(case, person)
        self.do(case, "choose_course", person, _ACCEPT)

    def set(self, case: int, person: int) -> None:
        self.chosen(case, person)
        self.do(case, "prioritise", logins(self.engine)["hrc"], _APPROVE)

    def postponed(self, case: int, person: int) -> None:
        self.chosen(case, person)
        planned = {
            "title": "Sertifikasi Standar Pelayanan",
            "modality": "UNIVERSITY",
            "learning_hours": 60,
            "cost": 18_000_000,
            "starts_on": f"{self.now:%Y}-11-02",
            "place": "Kampus Tembalang",
            "seats": 2,
        }
        people = logins(self.engine)
        self.do(case, "plan_course", people["trn"], planned)
        why = "Ditunda ke tahun anggaran berikutnya; pesertanya belum cukup."
        answers = {"decision": "POSTPONE", "reason": why}
        self.do(case, "prioritise", people["hrc"], answers)
