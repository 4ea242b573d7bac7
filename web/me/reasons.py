"""Why a result is what it is: every value that went in, every table that was asked, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.queries import cases as case_views
from engine.queries import trace as traces
from engine.queries.trace import Happening, RuleWords
from hr.appraisal import queries as appraisal
from hr.evaluation.queries import ResultView
from web import words
from web.deciding import cell_words
from web.language import gettext, language
from web.me.table_words import table_words
from web.site import engine
from web.wording import Words, words_of

# The steps in which a rater settles a rating: of a quarter (P04), of a year (P05).
SETTLING = frozenset({"final_rating", "evaluate"})
# What this table asks is about the rater, not about the result.
_FLAGS = "dt20_fairness_flags"
_RESULT, _BEHAVIOUR, _PREDICATE = "dt02_result_rating", "dt03_behaviour_rating", "dt01_predicate"
# Who was asked about somebody is told by numbers, and is nobody's to read here.
_NAMING_OTHERS = frozenset({"raters"})


@dataclass(frozen=True)
class Rule:
    """A row of a table that applied: what it asks for, what it says."""

    id: str
    table: str
    conditions: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True)
class Reason:
    """A table that was asked: what went in, which rows applied, what came out."""

    name: str
    legal_basis: str
    inputs: tuple[tuple[str, Any], ...]
    rules: tuple[Rule, ...]
    outcome: Any


@dataclass(frozen=True)
class Why:
    """What a result rests on: values as they were then, and tables in the order they were asked.

    chain -- the same in three sentences: results, behaviour, predicate
    """

    values: tuple[tuple[str, Any], ...]
    reasons: tuple[Reason, ...]
    chain: tuple[str, ...]


def why(result: ResultView) -> Why:
    """Explain a disclosed result from its case's history, as it stood when it was disclosed.

    Nothing is told that came after the last table, and of what people answered only why the rater
    departed from the tables' advice, as the disclosure itself says.
    """
    case = engine().ask(case_views.case, result.instance_id)
    told = engine().ask(traces.trace, result.instance_id, language=language())
    wording = words_of(case.messages)
    known = [one for one in told.happenings if one.at <= result.disclosed_at]
    deciding = [
        one for one in known if one.decided is not None and one.decided.decision_id != _FLAGS
    ]
    last = max((one.seq for one in deciding), default=0)
    before = [one for one in known if one.seq <= last]
    asked = {step.element_id for step in case.steps}
    values: dict[str, tuple[str, Any]] = {}
    reasons: dict[str, Reason] = {}
    for one in before:
        if one in deciding:
            assert one.decided is not None
            reasons.pop(one.decided.decision_id, None)  # asked again: only the last one counts
            reasons[one.decided.decision_id] = _reason(one, wording)
        if one.element_id not in asked:
            values.update(_values(one, wording))
    chain = _chain(result, deciding, _settled(before), wording)
    return Why(tuple(values.values()), tuple(reasons.values()), chain)


def _settled(before: list[Happening]) -> Mapping[str, Any]:
    answers: dict[str, Any] = {}
    for one in before:
        if one.element_id in SETTLING and one.filled is not None:
            answers = dict(one.filled.answers)  # settled again: only the last one counts
    return answers


def _chain(
    result: ResultView, deciding: list[Happening], settled: Mapping[str, Any], wording: Words
) -> tuple[str, ...]:
    """Say in words what the tables advised, what the rater settled and why, what came of both."""
    last = {one.decided.decision_id: one.decided for one in deciding if one.decided is not None}
    said = []
    for about, decision, reached, key in (
        (gettext("Hasil kerja"), _RESULT, result.result_rating, "result"),
        (gettext("Perilaku kerja"), _BEHAVIOUR, result.behaviour_rating, "behaviour"),
    ):
        if decision in last:
            asked = last[decision]
            advice = asked.value["rating"] if isinstance(asked.value, Mapping) else asked.value
            said.append(_advised(about, _rule(asked.rules[-1], wording), str(advice)))
            said[-1] += " " + _followed(reached, str(advice), settled.get(f"{key}_reason"))
    if _PREDICATE in last:
        said.append(
            gettext(
                "Predikat: tabel predikat mempertemukan hasil kerja “%(result)s” dan perilaku "
                "“%(behaviour)s” pada “%(predicate)s”. Tidak ada angka lain yang menentukan.",
                result=words.rating_words(result.result_rating),
                behaviour=words.rating_words(result.behaviour_rating),
                predicate=words.predicate_words(result.predicate),
            )
        )
    return tuple(said)


def _advised(about: str, rule: Rule, advice: str) -> str:
    return gettext(
        "%(about)s: tabel menyarankan “%(advice)s” (%(row)s).",
        about=about,
        advice=words.rating_words(advice),
        row="; ".join(f"{name}: {cell}" for name, cell in rule.conditions),
    )


def _followed(reached: str, advice: str, reason: Any) -> str:
    if reached == advice:
        return gettext("Itulah yang ditetapkan.")
    settled = words.rating_words(reached)
    if reason:
        return gettext(
            "Penilai menetapkan “%(settled)s”, dengan alasan: “%(reason)s”",
            settled=settled,
            reason=str(reason),
        )
    return gettext("Yang ditetapkan “%(settled)s”.", settled=settled)


def _values(one: Happening, wording: Words) -> Iterator[tuple[str, tuple[str, Any]]]:
    for change in one.changes:
        name = wording.label(change.name)
        if change.name in _NAMING_OTHERS:
            continue
        if name is not None and change.new is not None:
            yield change.name, (name, wording.told(change.new, change.name))


def _reason(one: Happening, wording: Words) -> Reason:
    decided = one.decided
    assert decided is not None
    return Reason(
        name=table_words(decided.name),
        legal_basis=decided.legal_basis,
        inputs=tuple(
            (_name(name, wording), wording.told(value, name)) for name, value in decided.inputs
        ),
        rules=tuple(_rule(rule, wording) for rule in decided.rules),
        outcome=_outcome(decided.value, wording),
    )


def _outcome(value: Any, wording: Words) -> Any:
    """Put words to what came out; where it has parts, each is named as some variable's part is."""
    if not isinstance(value, Mapping):
        return wording.told(value, "")
    names = wording.variables
    parts = {
        key: [said for name, said in names.items() if name.endswith(f".{key}")] for key in value
    }
    return {
        names.get(key) or next(iter(parts[key]), key): wording.told(inner, key)
        for key, inner in value.items()
    }


def _rule(rule: RuleWords, wording: Words) -> Rule:
    def label(code: str) -> str:
        return wording.codes.get(code, code)

    return Rule(
        id=rule.id,
        table=table_words(rule.table),
        conditions=tuple(_cells(rule.conditions, label)),
        outputs=tuple(_cells(rule.outputs, label)),
        note=rule.annotation if language() == "id" else "",
    )


def _cells(
    cells: Iterable[tuple[str, str]], label: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    return ((table_words(name), cell_words(cell, label)) for name, cell in cells)


def _name(name: str, wording: Words) -> str:
    """Name what went into a table: by the process's words, by ours, or as the table has it."""
    known = {
        "base weights": gettext("Bobot menurut jenis jabatan"),
        "rater weights": gettext("Bobot yang dipakai"),
        "peer_count": gettext("Rekan yang menjawab"),
        "subordinate_count": gettext("Bawahan yang menjawab"),
        "peer_mean": gettext("Rata-rata rekan"),
        "subordinate_mean": gettext("Rata-rata bawahan"),
        "result band": gettext("Golongan nilai capaian"),
    }
    return wording.label(name) or known.get(name) or name


def calibrated(result: ResultView) -> str:
    """Say what the office's calibration changed of an annual result, or nothing."""
    found = engine().ask(appraisal.of_case, result.instance_id)
    if found is None or found.calibrated_at is None or found.proposed == result.predicate:
        return ""
    return gettext(
        "Kalibrasi perangkat daerah mengubah usulan “%(before)s” menjadi “%(after)s”: %(reason)s",
        before=words.predicate_words(found.proposed),
        after=words.predicate_words(result.predicate),
        reason=found.reason,
    )


def process_name(result: ResultView) -> str:
    """Name the process that a result comes from."""
    case = engine().ask(case_views.case, result.instance_id)
    return words.process_name(case.process_key, case.process_name)
