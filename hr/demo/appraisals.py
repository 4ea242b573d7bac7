"""The synthetic city's last year: what superiors gave, how people were appraised and calibrated.

Raters act by their hidden traits (`hr.demo.traits`), so that the statistics have something to find.
The smallest office has not been calibrated yet.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from hr.appraisal.rules import quarters_of, sampled_because
from hr.demo.people import Someone
from hr.demo.structure import Seat, Structure
from hr.demo.traits import BIASED, FAVOUR, SHIFT, UNIFORM, traits
from hr.statements import Row

YEAR = "2025"
_BEFORE = 500_000_000  # cases of a time before this database
_PROPOSED = datetime(2026, 1, 20, 3, tzinfo=UTC)
_CALIBRATED = datetime(2026, 2, 10, 3, tzinfo=UTC)
_LOCKED = datetime(2026, 2, 27, 3, tzinfo=UTC)
_VALUES = 7
_RATINGS = {
    "SB": ("ABOVE", "ABOVE"),
    "B": ("MEETS", "MEETS"),
    "BP": ("BELOW", "MEETS"),
    "K": ("MEETS", "BELOW"),
}
_REPORT = (
    "Sebaran penilaian diperiksa terhadap predikat organisasi. Setiap tanda dijelaskan "
    "penilainya, dan perubahan disetujui dua pihak."
)


def raters(structure: Structure) -> dict[int, int]:
    """Give who rates whom; those at the top are left out."""
    above = {post["id"]: post["rater_post_id"] for post in structure.posts}
    holders = {seat.post_id: seat.person_id for seat in structure.seats}
    pairs = ((seat.person_id, above[seat.post_id]) for seat in structure.seats)
    return {person: holders[post] for person, post in pairs if post is not None}


def given(
    structure: Structure, people: Mapping[int, Someone], year: str = YEAR, before: int = _BEFORE
) -> Iterator[Row]:
    """Give the single ratings of a year's quarters; `before` keeps their cases' numbers apart."""
    hidden = traits(structure).raters
    above = raters(structure)
    paths = _offices(structure)
    for seat in structure.seats:
        rater = above.get(seat.person_id)
        if rater is None:
            continue
        worth = _worth(people[seat.person_id], hidden.get(rater, ""))
        random = Random(f"given {seat.person_id}")
        for number, period in enumerate(quarters_of(year), start=1):
            yield {
                "instance_id": before + seat.person_id * 10 + number,
                "person_id": seat.person_id,
                "rater_id": rater,
                "period": period,
                "office_path": paths[seat.unit_id],
                "digits": _digits(worth, hidden.get(rater, ""), random),
                "at": _moment(year, number, random),
            }


def _moment(year: str, quarter: int, random: Random) -> datetime:
    hour, minute = random.randint(1, 8), random.randint(0, 59)
    return datetime(int(year), 3 * quarter, 20, hour, minute, tzinfo=UTC)


def _worth(one: Someone, trait: str) -> float:
    worth = 3.2 + 2.0 * (one.talent - 1) + SHIFT.get(trait, 0.0)
    return worth + FAVOUR if trait == BIASED and one.row["sex"] == "M" else worth


def _digits(worth: float, trait: str, random: Random) -> str:
    if trait == UNIFORM:
        return "3" * _VALUES
    drawn = (round(random.gauss(worth, 0.5)) for _ in range(_VALUES))
    return "".join(str(min(5, max(1, each))) for each in drawn)


def proposals(structure: Structure, people: Mapping[int, Someone]) -> Iterator[Row]:
    """Give the year's appraisals: locked, but for those of the smallest office."""
    above = raters(structure)
    paths = _offices(structure)
    waiting = smallest(structure)
    for number, seat in enumerate(structure.seats, start=1):
        one = people[seat.person_id]
        yield {"id": number, **_proposal(seat, one, above, paths[seat.unit_id], waiting)}


def _proposal(seat: Seat, one: Someone, above: Mapping[int, int], office: str, waiting: str) -> Row:
    number = _BEFORE + seat.person_id
    case_no = f"P05-{YEAR}-{seat.person_id:06}"
    random = Random(f"appraised {seat.person_id}")
    predicate = _predicate(one, random)
    seen = ("B" if predicate != "B" else "BP") if random.random() < 0.15 else predicate
    result, behaviour = _RATINGS[predicate]
    flags = ["FX8"] if Random(f"flagged {seat.person_id}").random() < 0.06 else []
    because = sampled_because(predicate, flags, case_no)
    done = office != waiting
    return {
        "instance_id": number,
        "case_no": case_no,
        "person_id": seat.person_id,
        "period": YEAR,
        "office_path": office,
        "state": "LOCKED" if done else "PROPOSED",
        "rater_id": above.get(seat.person_id),
        "rater_predicate": predicate,
        "sampled": bool(because),
        "sampled_because": because,
        "team_predicate": seen if because else "",
        "result_rating": result,
        "behaviour_rating": behaviour,
        "predicate": predicate,
        "proposed": predicate,
        "result_score": Decimal(round(100 * one.talent)),
        "behaviour_score": Decimal("3.5"),
        "flags": json.dumps(flags),
        "proposed_at": _PROPOSED,
        "calibrated_at": _CALIBRATED if done else None,
        "locked_at": _LOCKED if done else None,
    }


def handed_over(rows: Iterable[Row]) -> Iterator[Row]:
    """Give what the locked years have for SIASN, in no file yet."""
    ratings = ("result_rating", "behaviour_rating", "predicate")
    for row in rows:
        if row["state"] == "LOCKED":
            yield {
                **{name: row[name] for name in ("instance_id", "person_id", "rater_id", *ratings)},
                "year": int(row["period"]),
                "prepared_at": row["locked_at"],
            }


def _predicate(one: Someone, random: Random) -> str:
    lot = random.random() + (one.talent - 1)
    if lot > 0.76:
        return "SB"
    return "B" if lot > 0.10 else "BP" if lot > 0.02 else "K"


def calibrations(structure: Structure) -> Iterator[Row]:
    """Give the closed calibrations of all offices but the smallest."""
    paths = _offices(structure)
    people = Counter(paths[seat.unit_id] for seat in structure.seats)
    waiting = smallest(structure)
    for number, path in enumerate(sorted(set(people) - {waiting}), start=1):
        yield {
            "id": number,
            "instance_id": 2 * _BEFORE + number,
            "office_path": path,
            "period": YEAR,
            "org_predicate": "BAIK",
            "people": people[path],
            "report": _REPORT,
            "opened_at": _PROPOSED,
            "closed_at": _CALIBRATED,
        }


def agenda(structure: Structure, people: Mapping[int, Someone]) -> Iterator[Row]:
    """Give what the closed calibrations looked at: what was flagged, kept with a reason."""
    held = {row["office_path"]: row["id"] for row in calibrations(structure)}
    for row in proposals(structure, people):
        if row["flags"] != "[]" and row["office_path"] in held:
            yield {
                "calibration_id": held[row["office_path"]],
                "appraisal_id": row["id"],
                "flags": row["flags"],
                "before": row["predicate"],
                "after": row["predicate"],
                "justification": "Angka triwulan tidak memuat tugas tambahan pegawai ini.",
                "votes_for": 4,
            }


def smallest(structure: Structure) -> str:
    """Name the office with the fewest people; of several, the first."""
    paths = _offices(structure)
    people = Counter(paths[seat.unit_id] for seat in structure.seats)
    return min(sorted(people), key=people.__getitem__)


def _offices(structure: Structure) -> dict[int, str]:
    """Give the path of the office that each unit lies in."""
    return {unit["id"]: f"/{unit['path'].split('/')[1]}/" for unit in structure.units}
