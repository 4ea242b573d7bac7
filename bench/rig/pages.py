"""How long pages take in a full database, each fetched as one of those whose page it is."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from engine import Engine
    from web.settings import Settings

# Who looks, by the short name of a demo's login, and where.
PAGES = (
    ("emp", "/"),
    ("rtr", "/"),
    ("hro", "/"),
    ("hrc", "/"),
    ("hrc", "/?tab=groups"),
    ("hrc", "/?tab=waiting"),
    ("emp", "/?tab=done"),
    ("emp", "/notices"),
    ("emp", "/me"),
    ("emp", "/activities"),
    ("rtr", "/activities/review"),
    ("rtr", "/team"),
    ("hrc", "/team"),
    ("hrc", "/boards"),
    ("hro", "/boards"),
    ("hrc", "/campaigns"),
    ("hrc", "/campaigns/1"),
    ("hrc", "/agency/fairness"),
    ("hrc", "/agency/followups"),
    ("hrc", "/cases"),
    ("hrc", "/cases?q=P02"),
    ("hrc", "/people"),
    ("hrc", "/people?q=sit"),
    ("hrc", "/people/checks"),
    ("hrc", "/start"),
    ("hrc", "/indicators"),
    ("hrc", "/processes"),
    ("hrc", "/processes/daily_activity/1"),
    ("adm", "/operations"),
    ("adm", "/operations/jobs"),
    ("adm", "/operations/incidents"),
    ("adm", "/operations/cases?q=P02"),
    ("aud", "/audit"),
    ("aud", "/audit?kind=TASK_COMPLETED"),
    ("aud", "/audit/map"),
    ("aud", "/audit/map?process=annual_appraisal"),
    ("aud", "/audit/population"),
    ("aud", "/audit/rules"),
    ("emp", "/kinerja"),
    ("emp", "/kinerja/kalibrasi?tahun=2027"),
)
_TIMES = 3


@dataclass(frozen=True)
class Look:
    """A page as one person saw it: medians of the looks after the first."""

    who: str
    path: str
    status: int
    first_ms: float
    ms: float
    cpu_ms: float
    statements: int
    in_database_ms: float
    slowest: str
    kilobytes: float

    def __str__(self) -> str:
        return (
            f"{self.who} {self.path}: {self.ms:.0f} ms, CPU {self.cpu_ms:.0f}, {self.statements}"
            f" statements in {self.in_database_ms:.0f} ms, {self.kilobytes:.0f} kB, {self.status}"
        )


def look(
    engine: Engine,
    settings: Settings,
    clock: Callable[[], datetime],
    pages: Iterable[tuple[str, str]] = PAGES,
) -> list[Look]:
    """Fetch pages, the slowest by CPU and statements first; a login that is not there is left."""
    from hr.accounts.commands import LogIn
    from hr.accounts.queries import demo_logins
    from hr.demo.cast import DEMO_PASSWORD
    from web import create_app
    from web.bootstrap import Platform

    said = _listen(engine)
    platform = Platform(settings.but(second_factor_roles="none"), engine.database, engine, clock)
    app = create_app(platform)
    known = {one.short_name for one in engine.ask(demo_logins)}
    clients: dict[str, Any] = {}
    found = []
    for who, path in pages:
        if who not in known:
            continue
        if who not in clients:
            opened: Any = engine.execute(
                LogIn(username=who, password=DEMO_PASSWORD, address="127.0.0.1")
            )
            clients[who] = app.test_client()
            clients[who].set_cookie("alur", opened.session_token)
        found.append(_fetch(clients[who], who, path, said))
    return sorted(found, key=lambda one: -(one.cpu_ms + one.in_database_ms))


def table(found: Iterable[Look]) -> list[dict[str, Any]]:
    """Give what JSON can say."""
    return [asdict(one) for one in found]


def _fetch(client: Any, who: str, path: str, said: list[tuple[float, str]]) -> Look:
    took, worked = [], []
    for _ in range(1 + _TIMES):
        said.clear()
        began, before = time.perf_counter(), time.process_time()
        answer = client.get(path, follow_redirects=True)
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - before))
    longest = max(said, default=(0.0, ""))
    return Look(
        who,
        path,
        answer.status_code,
        round(took[0], 1),
        round(median(took[1:]), 1),
        round(median(worked[1:]), 1),
        len(said),
        round(sum(ms for ms, _ in said), 1),
        f"{longest[0]:.1f} ms: {' '.join(longest[1].split())[:300]}",
        round(len(answer.data) / 1000, 1),
    )


def _listen(engine: Engine) -> list[tuple[float, str]]:
    """Write down how long each statement takes, as whoever sent it waits for it."""
    from sqlalchemy import event

    said: list[tuple[float, str]] = []
    began = [0.0]

    def begin(*_: Any) -> None:
        began[0] = time.perf_counter()

    def end(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append((1000 * (time.perf_counter() - began[0]), statement))

    event.listen(engine.database, "before_cursor_execute", begin)
    event.listen(engine.database, "after_cursor_execute", end)
    return said
