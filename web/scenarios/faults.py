"""What does not come out as a scenario says: a code with its values, and an English sentence.

`alur test` prints the sentence; pages say the same codes in their own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SENTENCES: Mapping[str, str] = {
    # where the case stands
    "state": "expected state {wanted}, but it is {found}",
    "tasks": "expected open tasks {wanted}, but they are {found}",
    "incidents": "expected incidents {wanted}, but they are {found}",
    "followups": "expected followups {wanted}, but they are {found}",
    "value": "expected {name} to be '{wanted}', but it is '{found}'",
    "path": "expected {element} to be completed, but the path is {path}",
    "path_after": "expected {element} to be completed after {before}, but the path is {path}",
    "never": "expected {element} never to be completed, but it was",
    # what a step was answered
    "accepted": "expected {wanted}, but it was accepted",
    "refused": "expected it to be accepted, but {error}: {said}",
    "refused_otherwise": "expected {wanted}, but {error}: {said}",
    "reason": "expected the refusal {wanted}, but it was {found}",
    "problems": "expected problems at {wanted}, but they are at {found}",
    # what cannot be played
    "no_task": "expected an open task {element}, but open are: {open}",
    "no_incident": "expected an open incident at {element}, but there is none",
    "no_service": "expected a service task, but there is no {name}",
    "no_person": "expected a person of the cast ({known}), but found {name}",
    "no_span": "expected days, hours or working days such as P5D or 5 hari kerja, but it is {name}",
    "beyond": "expected a time of the calendar, but {name} is beyond",
    "too_large": "expected a model that may run, but it has far too many elements",
    "failed": "expected it to go on, but {error}: {said}",
    "broken": "expected a step that can be played, but: {error}",
    # how the file is written
    "unreadable": "expected a scenario in TOML, but: {said}",
    "otherwise": "expected a scenario, but it is written otherwise",
    "moment": "expected [start] at to be a moment with its zone, but it is not",
    "no_description": "expected a description, but there is none",
    "no_expectation": "expected a story that expects something, but this one cannot fail",
    "verbs": "expected step {number} to have one verb, but it has {found}",
    "unknown": "expected only {known} in {place}, but found {found}",
    "no_step": "expected a step {number}, but there are {count}",
    "no_blocks": "expected steps as [[step]] and [expect] behind them, but this scenario is written"
    " otherwise; change it as text",
}


@dataclass(frozen=True)
class Fault:
    """One thing that is not as a scenario says.

    values -- what the code's sentence names: texts, numbers and lists of texts, ready for JSON
    """

    code: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        """Say it in English."""
        said = {key: _joined(key, value) for key, value in self.values.items()}
        return SENTENCES[self.code].format(**said)


class BadStory(Exception):
    """Expected a scenario that can be read and played, but it can't.

    code, values -- as of its fault
    """

    def __init__(self, code: str, **values: Any) -> None:
        self.fault = Fault(code, values)
        super().__init__(str(self.fault))


def _joined(key: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return (" > " if key == "path" else ", ").join(value) or "none"
