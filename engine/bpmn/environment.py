"""What a run is given from outside: the time, the host's functions and verbs, secrets, bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from engine.bounds import Bounds


@dataclass(frozen=True)
class ServiceRequest:
    """A service task's call."""

    element_id: str
    name: str
    arguments: Mapping[str, Any]
    token: int


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Everything a run needs from its host.

    now -- aware, UTC; functions -- read-only host functions for FEEL
    service -- does what a service task asks, or raises
    working_days -- the end of the n-th working day after a time
    seal, unseal -- protect an anonymous answer while its group is open
    rounds -- how often a user task has begun in this case before
    shuffle -- in place, at random; zone -- of dates and times that a model writes without one
    """

    now: datetime
    service: Callable[[ServiceRequest], Any]
    working_days: Callable[[datetime, int], datetime]
    seal: Callable[[str], str]
    unseal: Callable[[str], str]
    shuffle: Callable[[list[Any]], None]
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    rounds: Callable[[str], int] = field(default=lambda _: 0)
    bounds: Bounds = field(default_factory=Bounds)
    zone: tzinfo = UTC
