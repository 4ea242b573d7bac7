"""Plays the rest of the performance year around the demo's logins, so that every role finds work.

Plans (P01), by addendum        emp drafts; peer1 waits for rtr; peer2 signs; peer3 waits for su2
Activities (P02) of July        emp has one returned, rtr some to review; June is closed
Monthly reports (P03) of June   emp and others write; peer1 waits for rtr; peer2 reads; peer5 done
Appraisals (P05), late of 2025  emp reads the result; peer3 waits for rtr; peer4 waits for su2
Calibration (P07) of 2025       the smallest office: an officer of the agency sets the agenda
Objection (P08) to the quarter  peer4 objects: rtr explains, peer4 may add something
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from engine import Engine, PublishMessage, Scope
from engine.queries import cases, standing
from hr.activity.commands import ReviewActivities
from hr.activity.queries import waiting
from hr.activity.rules import APPROVED, FILED, digest
from hr.activity.tables import ActivityEntry
from hr.calendar import queries as calendar
from hr.calendar.rules import ZONE, is_working_day, local_day
from hr.calibration import queries as calibration
from hr.calibration.commands import StartCalibration
from hr.campaigns.commands import LaunchCampaign
from hr.campaigns.rules import Reach
from hr.demo.play import logins
from hr.demo.stage import RunDue, Stage
from hr.directory import queries as directory
from hr.planning.queries import PlanLine, plan_on
from hr.statements import add

ACTIVITY, REPORT = "daily_activity", "monthly_report"
YEAR, QUARTER = "2025", "2026Q2"
JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
_EVERYWHERE = Scope(path_prefixes=frozenset({"/"}))
_TEAM = ("emp", "peer1", "peer2", "peer3", "peer4", "peer5")
_SLOTS = ((450, 600), (615, 720), (780, 900))
_IMPACT = "Warga tidak perlu kembali dua kali; antrean di loket paling lama lima belas menit."
_REPORTED = {"services_given": 412, "beneficiaries": 398, "impact": _IMPACT}
_RATED = {"conformity": "CONFORMS", "feedback": "Angka cocok dengan catatan loket dan buku agenda."}
_RETURNED = "Berapa berkas yang selesai hari itu? Lengkapi jumlahnya."
_REASON = "Loket bertambah satu sejak Juli, target disesuaikan."
_TOO_MUCH = "Target empat ratus berkas tidak tercapai dengan satu petugas loket."
_MET = {"result_rating": "MEETS", "behaviour_rating": "MEETS"}
_YEAR_TOLD = "Pelayanan loket terjaga sepanjang tahun, dan laporannya makin tertib."
_SEEN = "Bukti setahun mendukung penilaian ini; tidak ada yang bertentangan."
_OBJECTION = {
    "items": ["RESULT"],
    "grounds": "FACT",
    "statement": "Capaian bulan Mei belum dihitung: 120 berkas selesai menurut sistem antrean.",
    "requested": "Hasil kerja dinilai sesuai ekspektasi.",
}


def begin(engine: Engine, run_due: RunDue) -> None:
    """Begin June's month of activities for the section around the logins."""
    stage = _Stage(engine, run_due)
    stage.open_month(JUNE)
    stage.write_days(JUNE, JULY - timedelta(days=1), APPROVED)


def launch(engine: Engine, run_due: RunDue) -> None:
    """Begin July's month; June closes by itself while the story goes on, and reports begin."""
    _Stage(engine, run_due).open_month(JULY)


def go_on(engine: Engine, run_due: RunDue) -> None:
    """Play what the demo's first day finds."""
    stage = _Stage(engine, run_due)
    stage.activities()
    stage.reports()
    stage.plans()
    stage.appraisals()
    stage.calibration()
    stage.objection()


class _Stage(Stage):
    """Acts as everybody in the section of the logins, and those above."""

    @property
    def people(self) -> Mapping[str, int]:
        return logins(self.engine)

    def _section(self) -> str:
        return str(self.engine.ask(directory.person, self.people["emp"], self.now).unit_path)

    def _office(self) -> str:
        return directory.ancestors(self._section())[-1]

    def _team(self) -> list[int]:
        return [self.people[name] for name in _TEAM]

    def open_month(self, month: date) -> None:
        """Launch the month for the section, as the agency does for the whole city."""
        command = LaunchCampaign(
            key=ACTIVITY,
            period=f"{month:%Y-%m}",
            reach=Reach(offices=(self._section(),), least_days=1),
        )
        self.engine.execute(command, by=self.by(self.people["hrc"]))
        self.work()

    def write_days(self, first: date, last: date, state: str) -> None:
        """Write entries as if day by day; approved ones by the superior on the evening."""
        days = _days(first, last, self.engine.ask(calendar.closed_days, first, last))
        written: list[dict[str, Any]] = []
        for person in self._team():
            plan = self.engine.ask(plan_on, person, first)
            written += self._entries(person, () if plan is None else plan.rows, days, state)
        with self.engine.database.begin() as connection:
            add(connection, ActivityEntry, written)

    def _entries(
        self, person: int, lines: Sequence[PlanLine], days: Sequence[date], state: str
    ) -> Iterator[dict[str, Any]]:
        random = Random(f"cycle {person} {days[0]}")
        reviewer = self.rater(person)
        for day in days:
            at = datetime.combine(day, time(15, 30), ZONE).astimezone(UTC)
            for starts, ends in _SLOTS[: random.choice((2, 2, 3))]:
                line = random.choice(lines)
                done = random.randint(3, 40)
                text = f"{line.plan}: {done} {line.unit} diselesaikan."
                yield {
                    "person_id": person,
                    "day": day,
                    "starts": starts,
                    "ends": ends,
                    "row_id": line.id,
                    "text": text,
                    "digest": digest(text),
                    "quantity": Decimal(done),
                    "measure": line.unit,
                    "place": "OFFICE",
                    "late_reason": "",
                    "overtime_order": "",
                    "state": state,
                    "note": "",
                    "filed_at": at,
                    "changed_at": at,
                    "reviewed_at": at if state == APPROVED else None,
                    "reviewed_by": reviewer if state == APPROVED else None,
                    "request_key": f"cycle {day} {starts}",
                }

    def activities(self) -> None:
        """Let July have some days: emp has an entry returned, rtr others to review."""
        self.write_days(JULY, local_day(self.now) - timedelta(days=1), FILED)
        emp = self.people["emp"]
        first = self.engine.ask(waiting, [emp])[0]
        back = ReviewActivities(entry_ids=[first.id], decision="RETURN", note=_RETURNED)
        self.engine.execute(back, by=self.by(self.rater(emp)))

    def reports(self) -> None:
        """Bring June's reports to where each of them waits."""
        for name, steps in (("peer1", 1), ("peer2", 2), ("peer5", 3)):
            person = self.people[name]
            case = self._case(REPORT, person)
            acts = (
                ("complete_report", person, _REPORTED),
                ("rate_report", self.rater(person), _RATED),
                ("acknowledge", person, {"comment": "Terima kasih."}),
            )
            for element, who, answers in acts[:steps]:
                self.do(case, element, who, answers)

    def plans(self) -> None:
        """Let four people change their plans, each as far as the next one who is asked."""
        for name in ("emp", "peer1", "peer2", "peer3"):
            person = self.people[name]
            payload = {"subject_id": person, "period": "2026", "reason": _REASON}
            asked = PublishMessage(name="skp_addendum", correlation=str(person), payload=payload)
            self.engine.execute(asked)
            self.work()
        rtr = self.rater(self.people["emp"])
        verdicts: Mapping[str, Mapping[str, Any]] = {
            "peer1": {},
            "peer2": {"decision": "APPROVE"},
            "peer3": {"decision": "DISAGREE", "reason": _TOO_MUCH},
        }
        for name, verdict in verdicts.items():
            case = self._case("perf_planning", self.people[name])
            self.do(case, "draft_plan", self.people[name], self._drafted(case))
            if verdict:
                self.do(case, "review_plan", rtr, verdict)

    def _drafted(self, case: int) -> dict[str, Any]:
        """Keep the plan as it was, linked to the superior's, with one target more."""
        basis = self.engine.ask(standing.variables, case)["basis"]
        links = [each["value"] for each in basis["superior_rows"]]
        rows = [{**row, "superior_row": links[0] if links else None} for row in basis["rows"]]
        rows[0]["target"] = rows[0]["target"] + Decimal(5)
        return {"approach": "QUANT", "rows": rows}

    def appraisals(self) -> None:
        """Play late appraisals of the last year, each as far as the next one who is asked."""
        asked: Mapping[str, tuple[str, ...]] = {
            "emp": ("sign_rater", "sign_superior"),
            "peer3": (),
            "peer4": ("sign_rater",),
        }
        for name, signed in asked.items():
            person = self.people[name]
            rater = self.rater(person)
            case = self.begin("annual_appraisal", person, YEAR)
            self.do(case, "evaluate", rater, {**_MET, "feedback": _YEAR_TOLD})
            self.do(case, "team_evaluate", self.people["trn"], {**_MET, "reason": _SEEN})
            # The office's calibration was over before this database: what it told is told again.
            told = PublishMessage(name="calibrated", correlation=f"{self._office()}{YEAR}")
            self.engine.execute(told)
            self.work()
            signers = {"sign_rater": rater, "sign_superior": self.rater(rater)}
            for element in signed:
                self.do(case, element, signers[element], {"signed": True})

    def calibration(self) -> None:
        """Begin the calibration of the office that has none yet, up to its agenda."""
        left = (one for one in self.engine.ask(calibration.offices, YEAR) if one.proposed)
        office = next(one.path for one in left if one.calibration is None)
        command = StartCalibration(office_path=office, period=YEAR)
        held = self.engine.execute(command, by=self.by(self.people["hrc"])).instance_id
        self.work()
        for task in self.open(held, "set_org_predicate"):
            assert task.assignee_id is not None
            basis = "Perjanjian Kinerja tercapai, layanan sesuai target."
            told = {"org_predicate": "BAIK", "basis": basis}
            self.do(held, "set_org_predicate", task.assignee_id, told)

    def objection(self) -> None:
        """Let peer4 object to the quarter's result, as far as both sides being heard."""
        person = self.people["peer4"]
        case = self.begin("objection", person, QUARTER)
        self.do(case, "file_objection", person, _OBJECTION)
        for task in self.open(case, "check_objection"):
            assert task.assignee_id is not None
            self.do(case, "check_objection", task.assignee_id, {"decision": "ADMIT"})

    def _case(self, key: str, person: int) -> int:
        """Find somebody's newest case of a process."""
        everywhere = self.engine.ask(cases.cases, _EVERYWHERE, process=key, limit=500)
        return max(row.id for row in everywhere.rows if row.subject_id == person)


def _days(first: date, last: date, closed: Any) -> list[date]:
    span = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in span if is_working_day(day, closed)]
