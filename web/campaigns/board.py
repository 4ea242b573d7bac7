"""A campaign's board: how far each office is, in which step it hangs, who is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from flask import render_template, request, url_for

from engine.errors import NotFound
from engine.queries import campaigns as engine_views
from engine.queries import definitions
from engine.queries.campaigns import Waiting
from hr.campaigns import queries
from hr.campaigns.queries import ActView, CampaignView
from hr.directory import queries as directory
from web import words
from web.site import engine, now

_PAGE = 25
_LONGEST = 120


@dataclass
class Line:
    """An office or a step: cases by state, those that wait in it, and how many of them are late."""

    key: str
    name: str
    states: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    late: int = 0

    @property
    def cases(self) -> int:
        """Count all cases."""
        return self.states.total()

    @property
    def done(self) -> int:
        """Give how many percent have come to their end."""
        return self.states["COMPLETED"] * 100 // self.cases if self.cases else 0


def campaign(campaign_id: int) -> CampaignView:
    """Give a campaign, or say that there is none."""
    found = engine().ask(queries.campaign, campaign_id)
    if found is None:
        raise NotFound(f"Expected a campaign {campaign_id}, but there is none.")
    return found


def offices(seen: CampaignView) -> list[Line]:
    """Sum up a campaign per office, those with the most late cases first."""
    lines = {
        unit.path: Line(unit.path, unit.name) for unit in engine().ask(directory.offices, now())
    }
    for stage in engine().ask(engine_views.stages, seen.key):
        _line(lines, office_of(stage.scope_path)).states[stage.state] += stage.cases
    for one in _waiting(seen):
        line = _line(lines, office_of(one.scope_path))
        line.waiting += one.cases
        line.late += one.late
    found = [line for line in lines.values() if line.cases]
    return sorted(found, key=lambda line: (-line.late, line.done, line.name))


def page(campaign_id: int, problems: Mapping[str, str]) -> str:
    """Show a campaign."""
    seen = campaign(campaign_id)
    lines = offices(seen)
    chosen = next((one for one in lines if one.key == request.args.get("office", "")), None)
    office = chosen.key if chosen else ""
    late = engine().ask(
        engine_views.late_tasks,
        seen.key,
        now(),
        prefix=office,
        after=request.args.get("after", "").replace("\0", "")[:_LONGEST] or None,
        limit=_PAGE,
    )
    acts = engine().ask(queries.acts, seen.id)
    people = {row.assignee_id for row in late.rows} | {act.person_id for act in acts}
    next_url = None
    if late.next:
        next_url = url_for(".show", campaign_id=seen.id, office=office or None, after=late.next)
    return render_template(
        "campaigns/board.html",
        seen=seen,
        name=process_name(seen.process_key),
        offices=lines,
        office=chosen,
        totals=Line("", "", sum((one.states for one in lines), Counter())),
        steps=_steps(seen, office),
        late=late.rows,
        late_cases=sum(one.late for one in lines),
        next_url=next_url,
        acts=acts,
        moving=any(act.done + act.passed < act.wanted for act in acts),
        names=engine().ask(directory.names, [one for one in people if one is not None]),
        step_name=step_names(seen.process_key),
        act_words=_act_words(acts, lines),
        problems=problems,
        typed=request.form,
        now=now(),
    )


def process_name(key: str) -> str:
    """Give a process's name, or its key where it is not deployed any more."""
    drawn = next((row.name for row in words.latest() if row.key == key), key)
    return words.process_name(key, drawn)


def step_names(key: str) -> Callable[[str], str]:
    """Give what names the steps of a process."""
    known = any(row.key == key for row in words.latest())
    ready = engine().ask(definitions.ready, key) if known else None

    def name(element_id: str) -> str:
        elements = ready.compiled.elements if ready is not None else {}
        drawn = elements[element_id].name if element_id in elements else element_id
        return words.element_name(key, element_id, drawn or element_id)

    return name


def office_of(path: str) -> str:
    """Give the office in which a scope path lies."""
    found = directory.ancestors(path)
    return found[-1] if found else ""


def _steps(seen: CampaignView, office: str) -> list[Line]:
    """Sum up a campaign per step, the one in which most hangs first."""
    name, lines = step_names(seen.process_key), dict[str, Line]()
    for one in _waiting(seen):
        if one.scope_path.startswith(office):
            line = lines.setdefault(one.element_id, Line(one.element_id, name(one.element_id)))
            line.waiting += one.cases
            line.late += one.late
    return sorted(lines.values(), key=lambda line: (-line.late, -line.waiting, line.name))


def _waiting(seen: CampaignView) -> Iterable[Waiting]:
    return engine().ask(engine_views.waiting, seen.key, now())


def _line(lines: dict[str, Line], path: str) -> Line:
    return lines.setdefault(path, Line(path, path))


def _act_words(acts: Iterable[ActView], lines: Iterable[Line]) -> dict[int, str]:
    """Give the name of the office that each act was about."""
    names = {line.key: line.name for line in lines}
    return {act.id: names.get(act.office_path, act.office_path) for act in acts}
