"""The steps of a case as a reader may see them: who and when; of anonymous ones neither."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.queries.cases import CaseView, Step
from web.language import gettext, moment
from web.words import element_name


@dataclass(frozen=True)
class Line:
    """A step in words, as parts/timeline.html draws it."""

    name: str
    state: str
    who: str
    when: str
    url: str = ""


def people_of(case: CaseView) -> frozenset[int]:
    """Give everybody whom the steps name."""
    found = {step.person_id for step in case.steps} | {step.on_behalf_of for step in case.steps}
    return frozenset(one for one in found if one is not None)


def line(case: CaseView, step: Step, names: Mapping[int, str]) -> Line:
    """Put one step into words."""
    return Line(
        name=element_name(case.process_key, step.element_id, step.name),
        state=step.state,
        who=_who(step, names),
        when=_when(step),
    )


def _who(step: Step, names: Mapping[int, str]) -> str:
    if step.anonymous:
        return gettext("Anonim")
    if step.person_id is None:
        return gettext("Kelompok %(group)s", group=step.candidate_group or step.lane)
    name = names.get(step.person_id, "")
    if step.on_behalf_of is not None:
        return gettext(
            "%(name)s atas nama %(other)s", name=name, other=names.get(step.on_behalf_of, "")
        )
    return name


def _when(step: Step) -> str:
    if step.anonymous and step.state != "CURRENT":
        return ""
    if step.at is not None:
        return moment(step.at)
    if step.due_at is not None and step.state == "CURRENT":
        return gettext("paling lambat %(at)s", at=moment(step.due_at))
    return ""
