"""Careers of the synthetic city, and promotions in every state in the registry around the logins.

Of the registry's first civil servants: one promoted on 1 July, one refused, one whose documents
never came, and one each who waits for documents, for the office, the superior, the agency, the
technical approval, the signature, and the day itself.  All others are listed for September by the
search, with code and date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import Connection

from engine import Actor, Channel, ClaimTask, CompleteTask, Engine
from engine.queries import standing
from engine.queries.standing import OpenTask
from hr.career import queries as career
from hr.career import rules
from hr.career.commands import CHUNK, ListCandidates
from hr.demo.offices import REGISTRY
from hr.demo.people import Someone
from hr.demo.play import logins
from hr.demo.structure import Structure
from hr.directory.queries import civil_servants
from hr.records.tables import AnnualPredicate, Education, FunctionalCredit, Qualification
from hr.statements import add

FIRST, SECOND = date(2026, 7, 1), date(2026, 9, 1)
MOST_LISTED = 300  # in a large city the worker lists the others when the demo runs
# Who of the chosen stops at which task of September's case; the last one waits for the day.
_STOPS = (
    *("upload_documents", "check_documents", "propose", "verify"),
    *("technical_approval", "sign_decree", ""),
)
_JULY = 3  # who was found for July; the others for September
CHOSEN = _JULY + len(_STOPS)
_PREDICATES, _SHARES = ("SB", "B", "BP", "K"), (8, 84, 6, 2)
_LETTER = "= Dokumen contoh\nBerkas ini dibuat untuk peragaan."

RunDue = Callable[[], int]


def chosen(structure: Structure, people: Mapping[int, Someone]) -> list[int]:
    """Choose whose promotions are played: civil servants of the registry who lead nobody."""
    leaders = set(structure.heads.values())
    staff = [s.person_id for s in structure.seats if s.office.mark == REGISTRY]
    fit = (one for one in staff if one not in leaders and people[one].row["kind"] == "PNS")
    return list(fit)[-CHOSEN:]


def rank_since(number: int, one: Someone, place: int | None) -> date:
    """Say since when somebody has his rank; those chosen have it long enough, few others do."""
    random = Random(f"rank {number}")
    if place is not None:
        since = date(2022, 7, 1) if place < _JULY else date(2022, 9, 1)
    elif random.random() < 0.03:
        since = date(2022, 9, 1)
    else:
        since = rules.add_months(date(2022, 10, 1), random.randrange(44))
    joined: date = one.row["joined_on"]
    return max(since, joined)


def install_careers(
    connection: Connection, people: Mapping[int, Someone], who: Sequence[int]
) -> None:
    """Write predicates of two years for everybody, and what those chosen need."""
    servants = [number for number, one in people.items() if one.row["kind"] == "PNS"]
    for place in range(0, len(servants), 2_000):
        add(connection, AnnualPredicate, _predicates(servants[place : place + 2_000], who))
    degree = {"level": "S2", "institution": "Universitas Contoh", "graduated_on": date(2015, 8, 1)}
    add(connection, Education, ({"person_id": one, **degree} for one in who))
    kinds = (rules.EXAM_1, rules.EXAM_2, rules.COMPETENCE, rules.VACANCY)
    exam = {"result": rules.PASSED, "held_on": date(2026, 3, 3)}
    add(
        connection,
        Qualification,
        (
            {"person_id": one, "kind": k, "number": f"{k}/{one}", **exam}
            for one in who
            for k in kinds
        ),
    )
    span = {"valid_from": date(2022, 9, 1), "valid_to": date(2025, 12, 31)}
    add(
        connection,
        FunctionalCredit,
        (
            {"person_id": one, "level": "MUDA", "credit": Decimal(212), **span}
            | {"decree": f"PAK/{one:05d}/2026"}
            for one in who
        ),
    )


def _predicates(servants: Sequence[int], good: Sequence[int]) -> Iterator[dict[str, Any]]:
    for one in servants:
        drawn = Random(f"predicate {one}").choices(_PREDICATES, _SHARES, k=2)
        for year, predicate in zip((2024, 2025), drawn, strict=True):
            said = "B" if one in good else predicate
            yield {"person_id": one, "year": year, "predicate": said}


def begin(engine: Engine, run_due: RunDue) -> None:
    """Play those of 1 July: one waits for that day, one is refused, one hands nothing in."""
    found = _chosen(engine)[:_JULY]
    engine.execute(ListCandidates(tmt=FIRST, people=found))
    one, other, _ = found
    stage = _Stage(engine)
    stage.play(_case(engine, one, FIRST), "")
    run_due()
    stage.play(_case(engine, other, FIRST), "", verdict="TMS")
    run_due()


def go_on(engine: Engine, run_due: RunDue) -> None:
    """List September's candidates, and play those chosen as far as each is to come."""
    everybody = engine.ask(civil_servants, SECOND)
    those = _chosen(engine)
    listed = sorted({*everybody[:MOST_LISTED], *those})
    for place in range(0, len(listed), CHUNK):
        engine.execute(ListCandidates(tmt=SECOND, people=listed[place : place + CHUNK]))
    stage = _Stage(engine)
    for person, stop in zip(those[_JULY:], _STOPS, strict=False):
        stage.play(_case(engine, person, SECOND), stop)
        run_due()


def _chosen(engine: Engine) -> list[int]:
    """Find those chosen again: nobody else was given such a degree."""
    with engine.database.connect() as connection:
        found = connection.execute(Education.__table__.select())
        return sorted({row.person_id for row in found if row.institution == "Universitas Contoh"})


def _case(engine: Engine, person: int, tmt: date) -> int:
    page = engine.ask(career.candidates, tmt, limit=10_000)
    return next(r.instance_id or 0 for r in page.rows if r.person_id == person)


class _Stage:
    """Whoever has a task completes it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        people = logins(engine)
        self.officers = {"HRC": people["hrc"], "PPK": people["ppk"], "HRO": people["hro"]}
        self.file = self._document()

    def play(self, case: int, stop: str, verdict: str = "MS") -> None:
        """Complete one task of a case after the other, up to the one at which it is to stop."""
        answers = self._answers(verdict)
        while tasks := self.engine.ask(standing.open_tasks, case):
            if tasks[0].element_id == stop or tasks[0].element_id not in answers:
                return
            self._complete(tasks[0], answers[tasks[0].element_id])

    def _complete(self, task: OpenTask, answers: Mapping[str, Any]) -> None:
        group = (task.candidate_group or "").partition("@")[0]
        person = task.assignee_id or self.officers[group]
        by = Actor(person_id=person, channel=Channel.WEB)
        if task.assignee_id is None:
            self.engine.execute(ClaimTask(task_id=task.id), by=by)
        key = f"promotion {task.id}"
        self.engine.execute(CompleteTask(task_id=task.id, answers=answers, request_key=key), by=by)

    def _answers(self, verdict: str) -> Mapping[str, Mapping[str, Any]]:
        reason = "Uji kompetensi yang dilampirkan berlaku untuk jenjang lain."
        papers = ["RANK_DECREE", "EVALUATIONS", "DIPLOMA", "EXAM"]
        approval = {"number": "PT.00712/KR.1/2026", "approved_on": self.engine.clock().date()}
        return {
            "upload_documents": {"files": [self.file], "included": papers, "is_true": True},
            "check_documents": {"complete": "YES"},
            "propose": {"position": "PROPOSE"},
            "verify": {"verdict": verdict} | ({} if verdict == "MS" else {"reason": reason}),
            "technical_approval": {**approval, "letter": [self.file]},
            "sign_decree": {"signed": True},
        }

    def _document(self) -> dict[str, Any]:
        import typst

        made = typst.compile(_LETTER.encode(), format="pdf", ignore_system_fonts=True, timestamp=0)
        assert self.engine.ports.files is not None
        sha256 = self.engine.ports.files.put(made)
        return {
            "name": "Dokumen.pdf",
            "sha256": sha256,
            "mime": "application/pdf",
            "size": len(made),
        }
