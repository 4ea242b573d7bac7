"""What a run is given from outside: the time, the host's functions and verbs, secrets, limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The bounds of one instance; beyond one, the token is parked.

    steps -- automatic elements in one advance; tokens -- live tokens of an instance;
    items -- of one multi-instance; data_bytes -- JSON text of all variables a token sees
    """

    steps: int = 2_000
    tokens: int = 2_000
    items: int = 500
    data_bytes: int = 4_000_000


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
    shuffle -- in place, at random; zone -- of dates and times that a model writes without one
    """

    now: datetime
    service: Callable[[ServiceRequest], Any]
    working_days: Callable[[datetime, int], datetime]
    seal: Callable[[str], str]
    unseal: Callable[[str], str]
    shuffle: Callable[[list[Any]], None]
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    zone: tzinfo = UTC
