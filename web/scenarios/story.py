"""Reads a scenario file into frozen views; refuses what docs/scenarios.md does not know."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from web.scenarios.faults import BadStory

# Each verb, and what may stand beside it.
_VERBS: dict[str, frozenset[str]] = {
    "complete": frozenset({"as", "answers", "of"}),
    "draft": frozenset({"as", "answers", "of"}),
    "claim": frozenset({"as", "of"}),
    "unclaim": frozenset({"as", "of"}),
    "assign": frozenset({"as", "of", "to", "because"}),
    "advance": frozenset(),
    "publish": frozenset({"as", "correlation", "payload"}),
    "fail_service": frozenset(),
    "heal_service": frozenset(),
    "retry": frozenset({"as"}),
    "cancel": frozenset({"as"}),
}
_ALWAYS = frozenset({"refused", "reason", "problems", "expect"})
_START = frozenset(
    {"at", "subject", "scope_path", "period", "variables", "as", "draft", "effective"}
)
_EXPECT = frozenset({"state", "tasks", "variables", "incidents", "followups", "path", "never"})


@dataclass(frozen=True)
class Step:
    """One thing that somebody does, or that time does.

    what -- the verb's object: an element, a duration, a message, a service, a reason
    given -- everything else that stands beside the verb, and `expect`
    """

    number: int
    verb: str
    what: str
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Name the step for whoever has to find it in the file."""
        by = f" as {self.given['as']}" if "as" in self.given else ""
        return f"step {self.number} ({self.verb} {self.what}{by})"


@dataclass(frozen=True)
class Story:
    path: Path
    description: str
    at: datetime
    start: Mapping[str, Any]
    steps: tuple[Step, ...]
    expect: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Name the story as process and file: two_step/happy."""
        return f"{self.path.parent.parent.name}/{self.path.stem}"


def read(path: Path) -> Story:
    """Read one scenario file; raises BadStory naming what is wrong in it."""
    return parse(path.read_bytes(), path)


def parse(content: bytes, path: Path, *, unfinished: bool = False) -> Story:
    """Read a scenario; raises BadStory naming what is wrong in it.

    unfinished -- one that is being played: it may still expect nothing
    """
    try:
        text = tomllib.loads(content.decode(), parse_float=Decimal)
        return _story(path, text, unfinished=unfinished)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadStory("unreadable", said=str(error)) from error
    except (ValueError, RecursionError, TypeError, AttributeError) as error:
        raise BadStory("otherwise") from error


def _story(path: Path, text: dict[str, Any], *, unfinished: bool) -> Story:
    _only(text, {"description", "start", "step", "expect"}, "scenario")
    start = text.get("start", {})
    _only(start, _START, "[start]")
    at = start.get("at")
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise BadStory("moment")
    if not str(text.get("description", "")).strip():
        raise BadStory("no_description")
    expect = text.get("expect", {})
    _only(expect, _EXPECT, "[expect]")
    steps = tuple(_step(number, step) for number, step in enumerate(text.get("step", []), 1))
    fails = bool(expect) or any("expect" in s.given or "refused" in s.given for s in steps)
    if not fails and not unfinished:
        raise BadStory("no_expectation")
    return Story(path, text["description"], moment.astimezone(UTC), start, steps, expect)


def _step(number: int, step: dict[str, Any]) -> Step:
    verbs = [key for key in step if key in _VERBS]
    if len(verbs) != 1:
        raise BadStory("verbs", number=number, found=verbs)
    verb = verbs[0]
    given = {key: value for key, value in step.items() if key != verb}
    _only(given, _VERBS[verb] | _ALWAYS, f"[[step]] {number}")
    _only(given.get("expect", {}), _EXPECT, f"[step.expect] {number}")
    return Step(number, verb, str(step[verb]), given)


def _only(found: Mapping[str, Any], known: frozenset[str] | set[str], place: str) -> None:
    if unknown := sorted(set(found) - known):
        raise BadStory("unknown", known=sorted(known), place=place, found=unknown)
