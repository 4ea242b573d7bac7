"""The `http` figure: completed tasks through HTTP, against a bare page, on each kind of database.

Each side is one gunicorn worker (gthread) of its own; what counts is the CPU that the worker itself
takes.  PostgreSQL's own is told beside it.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import databases
from bench.house import MODELS, WORKFLOWS, House, Post, Server, bare, filled

ROUNDS, POSTS = 8, 40
QUARTERLY_ROUNDS, QUARTERLY_POSTS = 4, 20
_BARE = [Post("/notes", "text=Cuti+besar")] * POSTS
_ANSWERS = {
    "request": ("EMP", {"subject": "Cuti besar", "days": "4"}),
    "review": ("RTR", {"approved": "on"}),
}
_VALUES = "service_oriented accountable competent harmonious loyal adaptive collaborative"
_ASSESSED = dict.fromkeys(_VALUES.split(), "4") | {"proud_of": "Antrean habis."}


@dataclass(frozen=True)
class Figure:
    """CPU microseconds of one POST, up to its redirect, or with the page that follows."""

    database: str
    name: str
    baseline_us: float
    ours_us: float
    database_us: float

    @property
    def times_as_dear(self) -> float:
        """Give how many bare pages one of our submissions costs."""
        return self.ours_us / self.baseline_us


@dataclass
class _Used:
    """Seconds per POST of the processes, round by round."""

    ours: list[float]
    database: list[float]

    def low(self) -> tuple[float, float]:
        return _low(self.ours), _low(self.database)


def _low(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=4)[0] * 1e6


def figures() -> Iterator[Figure]:
    """Measure the submissions of two models, in turns with the bare page."""
    for kind in databases.kinds():
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(databases.new(kind, folder))
            house = House(folder, url)
            stack.callback(house.close)
            simple = stack.enter_context(bare(folder))
            ours = stack.enter_context(house.serving())
            yield from _two_tasks(kind, house, simple, ours)
            yield _quarterly(kind, house, simple, ours)


def _two_tasks(kind: str, house: House, simple: Server, ours: Server) -> Iterator[Figure]:
    key = house.deploy(MODELS / "two_step")
    base: list[float] = []
    used = {element: _Used([], []) for element in _ANSWERS}
    for number in range(ROUNDS + 1):
        for _ in range(POSTS):
            house.start(key)
        taken = [_timed(simple, _BARE, lambda: 0.0)[0]]
        seconds = []
        for element, (who, answers) in _ANSWERS.items():
            tasks = house.open_tasks(element)[:POSTS]
            posts = filled(ours, tasks, answers, house.cookie(who))
            seconds.append(_timed(ours, posts, _database_cpu(kind, house)))
        if number:  # the first round warms up
            base += taken
            for one, (mine, its) in zip(used.values(), seconds, strict=True):
                one.ours.append(mine)
                one.database.append(its)
    lows = {element: one.low() for element, one in used.items()}
    for element, (mine, its) in lows.items():
        yield Figure(kind, element, _low(base), mine, its)
    mean = [statistics.mean(each) for each in zip(*lows.values(), strict=True)]
    yield Figure(kind, "two tasks, mean", _low(base), *mean)


def _quarterly(kind: str, house: House, simple: Server, ours: Server) -> Figure:
    """Measure the quarterly evaluation's self-assessment with the page that follows."""
    from bench.quarterly import at_self_assessment

    key = house.deploy(WORKFLOWS / "quarterly_evaluation")
    base: list[float] = []
    used = _Used([], [])
    for number in range(QUARTERLY_ROUNDS + 1):
        tasks = at_self_assessment(house, key, number * QUARTERLY_POSTS, QUARTERLY_POSTS)
        posts = filled(ours, tasks, _ASSESSED, house.cookie("EMP"))
        taken = _timed(simple, _BARE, lambda: 0.0)[0]
        mine, its = _timed(ours, posts, _database_cpu(kind, house), follow=True)
        if number:
            base.append(taken)
            used.ours.append(mine)
            used.database.append(its)
    mine, its = used.low()
    return Figure(kind, "self-assessment and the page after", _low(base), mine, its)


def _timed(
    server: Server, posts: Sequence[Post], database: Callable[[], float], *, follow: bool = False
) -> tuple[float, float]:
    server.http.close()  # what was idle for a while is closed at the other end
    before, its = server.cpu(), database()
    for post in posts:
        place = server.post(post)
        if follow:
            server.get(place, post.cookie)
    return (server.cpu() - before) / len(posts), (database() - its) / len(posts)


def _database_cpu(kind: str, house: House) -> Callable[[], float]:
    if kind == "sqlite":
        return lambda: 0.0
    pids = databases.backends_of(house.url)
    return lambda: databases.cpu_of(*pids)


if __name__ == "__main__":
    for figure in figures():
        print(figure, f"{figure.times_as_dear:.1f} times a bare page")
