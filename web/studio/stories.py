"""A draft's scenarios: played all at once, with what they leave untried of ways and rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from engine import FileChange, NoteStories, SaveDraftFiles
from engine.errors import Busy, InvalidState
from engine.model import Act, CaseFacts
from engine.queries import coverage, models
from engine.queries import process_drafts as views
from engine.queries.coverage import Walked, Ways
from engine.queries.process_drafts import Check, DraftView
from engine.queries.trace import RuleWords
from web import auth, nav, scenarios
from web.bootstrap import workflows_root
from web.deciding import cell_words
from web.language import gettext
from web.site import engine
from web.studio.screen import studio
from web.studio.story_words import at_words, fault_words

FOLDER = "scenarios/"
_SECONDS = 20  # for the scenarios of one request; those that are done are not played again


@dataclass(frozen=True)
class Line:
    """A scenario on the page; `state` is PASSED, FAILED or empty where nobody played it.

    step -- the one that went wrong, 0 for the start or the end
    """

    path: str
    about: str
    state: str
    faults: tuple[str, ...]
    step: int


@dataclass(frozen=True)
class Rule:
    """A rule of a table in words, and in how many scenarios it matched."""

    id: str
    table: str
    conditions: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    count: int


@dataclass(frozen=True)
class Covered:
    """What the scenarios that came out have walked, of what there is."""

    elements: tuple[int, int]
    flows: tuple[int, int]
    rules: tuple[int, int]
    untried: tuple[str, ...]
    pictures: Mapping[str, str | None]
    tables: Mapping[str, tuple[Rule, ...]]


@studio.get("/drafts/<number:draft_id>/scenarios")
def list_scenarios(draft_id: int) -> str:
    """Show how a draft's scenarios came out, and what they leave untried."""
    draft = engine().ask(views.draft, draft_id)
    files = engine().ask(views.files, draft_id, draft.row.revision)
    known = engine().ask(views.check, draft_id, draft.row.sha256)
    return render_template(
        "studio/scenarios.html",
        draft=draft,
        lines=list(_lines(files, known)),
        check=known,
        covered=_covered(files, walked_of(known)) if known is not None else None,
        shipped=[name for name in _shipped(draft.row.key) if FOLDER + name not in files],
    )


@studio.post("/drafts/<number:draft_id>/scenarios")
def play_scenarios(draft_id: int) -> AnyResponse:
    """Play what has not been played of a draft's scenarios, for as long as a page may take."""
    draft = engine().ask(views.draft, draft_id)
    play(draft, engine().ask(views.files, draft_id, draft.row.revision))
    return redirect(url_for("studio.list_scenarios", draft_id=draft_id), 303)


@studio.post("/drafts/<number:draft_id>/scenarios/take")
def take_scenarios(draft_id: int) -> AnyResponse:
    """Copy scenarios that came with the platform into a draft of the same process."""
    auth.require(Act.DRAFT, CaseFacts(None, "", None, ""))
    draft = engine().ask(views.draft, draft_id)
    shipped = _shipped(draft.row.key)
    wanted = [name for name in request.form.getlist("name") if name in shipped]
    if not wanted:
        raise InvalidState("Expected a scenario to take over, but none was ticked.")
    changes = tuple(FileChange(FOLDER + name, shipped[name].read_bytes(), "") for name in wanted)
    engine().execute(
        SaveDraftFiles(draft_id=draft_id, changes=changes, what="IMPORTED"), by=auth.actor()
    )
    target = url_for("studio.list_scenarios", draft_id=draft_id)
    return nav.say(redirect(target, 303), "draft_imported")


def play(draft: DraftView, files: Mapping[str, bytes]) -> Check:
    """Play what has not been played yet of this very content, and note how all came out.

    Raises Busy where too much is being played already.
    """
    known = engine().ask(views.check, draft.row.id, draft.row.sha256)
    results: dict[str, Any] = dict(known.result) if known is not None else {}
    until = monotonic() + _SECONDS
    left = 0
    for path in _stories(files):
        if path in results:
            continue
        try:
            results[path] = outcome(path, files, until=until)
        except scenarios.OutOfTime:
            left += 1
        except Busy:
            if not results:
                raise
            left += 1
    failed = sum(1 for one in results.values() if one["faults"])
    note = NoteStories(
        draft_id=draft.row.id,
        sha256=draft.row.sha256,
        passed=len(results) - failed,
        failed=failed,
        left=left,
        result=results,
    )
    # Of the platform's own knowledge: nobody can claim that a scenario came out.
    engine().execute(note)
    return Check(note.passed, failed, left, results, draft.row.changed_at)


def outcome(path: str, files: Mapping[str, bytes], *, until: float | None) -> dict[str, Any]:
    """Play one scenario and give how it came out, ready for JSON.

    until -- when to raise OutOfTime, as `time.monotonic` tells it
    """
    if until is not None and monotonic() > until:
        raise scenarios.OutOfTime
    try:
        told = scenarios.outcome_of(Path(path), files[path], files, until=until)
    except (scenarios.OutOfTime, Busy):
        raise
    except Exception as error:  # a draft may hold anything; its page says so
        told = scenarios.Outcome((scenarios.fault_of(error),))
    return {
        "faults": [asdict(fault) for fault in told.faults],
        "place": told.place,
        "step": told.step,
        "walked": dict(told.walked.__dict__),
    }


def outcome_words(found: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    """Say what of a scenario did not come out; names -- what elements are called, by id."""
    faults = (scenarios.Fault(each["code"], each["values"]) for each in found["faults"])
    return tuple(at_words(found["place"], found["step"], fault_words(f, names)) for f in faults)


def _stories(files: Mapping[str, bytes]) -> list[str]:
    return sorted(path for path in files if path.startswith(FOLDER))


def element_names(files: Mapping[str, bytes]) -> dict[str, str]:
    """Give what a draft calls its elements, by id."""
    return {part.id: part.name for part in coverage.ways(files).elements if part.name}


def _lines(files: Mapping[str, bytes], known: Check | None) -> Iterator[Line]:
    names = element_names(files) if known is not None and known.failed else {}
    for path in _stories(files):
        try:
            about = scenarios.parse(files[path], Path(path), unfinished=True).description
        except scenarios.BadStory:
            about = ""
        found = known.result.get(path) if known is not None else None
        faults = outcome_words(found, names) if found else ()
        state = "" if found is None else "FAILED" if faults else "PASSED"
        yield Line(path, about, state, faults, found["step"] if found else 0)


def walked_of(known: Check | None) -> Walked:
    """Add up what the scenarios that came out have walked."""
    found = known.result.values() if known is not None else ()
    return coverage.together(Walked(**one["walked"]) for one in found if not one["faults"])


def _covered(files: Mapping[str, bytes], walked: Walked) -> Covered:
    ways: Ways = coverage.ways(files)
    untried = [part.name or part.id for part in ways.elements if part.id not in walked.elements]
    names = {part.id: part.name or part.id for part in ways.elements}
    untried += [
        gettext(
            "%(source)s → %(target)s",
            source=names.get(f.source, ""),
            target=names.get(f.target, ""),
        )
        for f in ways.flows
        if f.id not in walked.flows
        and f.source in walked.elements  # what lies behind it is told already
    ]
    rules = [rule.id for each in ways.rules.values() for rule in each]
    return Covered(
        elements=_share(walked.elements, [part.id for part in ways.elements]),
        flows=_share(walked.flows, [part.id for part in ways.flows]),
        rules=_share(walked.rules, rules),
        untried=tuple(untried),
        pictures=_pictures(files, walked),
        tables={
            path: tuple(_rule(rule, walked.rules.get(rule.id, 0)) for rule in each)
            for path, each in ways.rules.items()
            if each
        },
    )


def _pictures(files: Mapping[str, bytes], walked: Walked) -> dict[str, str | None]:
    drawn = {
        path: models.picture(
            files[path],
            done=walked.elements.keys(),
            counts=walked.elements,
            flows_taken=walked.flows.keys(),
        )
        for path in sorted(files)
        if path.endswith(".bpmn")
    }
    # Drawn by engine.bpmn, which writes every text of the model as text.
    return {path: Markup(svg) if svg else None for path, svg in drawn.items()}


def _rule(rule: RuleWords, count: int) -> Rule:
    return Rule(
        rule.id,
        rule.table,
        tuple((name, cell_words(cell)) for name, cell in rule.conditions),
        tuple((name, cell_words(cell)) for name, cell in rule.outputs),
        count,
    )


def _share(found: Mapping[str, int], all_: list[str]) -> tuple[int, int]:
    known = set(all_)
    return len(known & found.keys()), len(known)


def _shipped(key: str) -> dict[str, Path]:
    """Give the scenarios that the platform brought for a process, by name."""
    root = workflows_root()
    known = {path.name for path in root.iterdir() if path.is_dir()}
    if key not in known:  # a key is what a designer wrote: it never becomes part of a path
        return {}
    return {path.name: path for path in sorted((root / key / "scenarios").glob("*.toml"))}
