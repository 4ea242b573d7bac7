"""The `editors` figure: a first visit of each editor of the studio, on an office's shared line.

A real browser at 1280 px, held by its own protocol to 2 Mbit/s and 100 ms, nothing kept before.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import databases
from bench.house import WORKFLOWS, House
from bench.phone import _chromium

VISITS = 3
FILES = ("process.bpmn", "dt04_rater_weights.dmn", "forms/final_rating.json")
_LINE = {
    "offline": False,
    "latency": 100,
    "downloadThroughput": 2_000_000 / 8,
    "uploadThroughput": 2_000_000 / 8,
}


@dataclass(frozen=True)
class Figure:
    """Middle of some visits of one editor, in seconds, and what it fetched until it was quiet.

    ready_s -- the file is drawn and keys and panels work; again_s -- the same with a warm cache
    """

    file: str
    visits: int
    ready_s: float
    again_s: float
    requests: int
    bytes: int


def figures() -> Iterator[Figure]:
    """Open a file of the quarterly evaluation in each editor."""
    from playwright.sync_api import sync_playwright

    from engine import Actor, BeginDraft
    from engine.queries import definitions
    from hr.demo.cast import CAST

    with tempfile.TemporaryDirectory() as name, databases.new("sqlite", Path(name)) as url:
        house = House(Path(name), url)
        key = house.deploy(WORKFLOWS / "quarterly_evaluation")
        (version,) = house.engine.ask(definitions.versions, key)
        begin = BeginDraft(definition_id=version.id)
        draft = house.engine.execute(begin, by=Actor(person_id=CAST["DSN"])).draft_id
        with house.serving() as server, sync_playwright() as player:
            browser = player.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
            address = f"http://127.0.0.1:{server.port}"
            cookie = house.cookie("DSN")
            server.http.close()  # idle while the browser was started
            server.get(f"/studio/drafts/{draft}/edit?file={FILES[0]}", cookie)  # found once
            for file in FILES:
                page = f"{address}/studio/drafts/{draft}/edit?file={file}"
                seen = [_visit(browser, address, page, cookie) for _ in range(VISITS)]
                ready, again, requests, size = (sorted(each) for each in zip(*seen, strict=True))
                middle = VISITS // 2
                yield Figure(
                    file,
                    VISITS,
                    round(ready[middle], 2),
                    round(again[middle], 2),
                    requests[-1],
                    size[-1],
                )
            browser.close()
        house.close()


def _visit(browser: Any, address: str, place: str, cookie: str) -> tuple[float, float, int, int]:
    name, _, value = cookie.partition("=")
    context = browser.new_context(viewport={"width": 1280, "height": 844})
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", _LINE)
    weights: list[int] = []
    line.on("Network.loadingFinished", lambda one: weights.append(one["encodedDataLength"]))
    ready = _ready(page, place)
    page.wait_for_load_state("networkidle")
    fetched = len(weights), sum(weights)
    again = _ready(page, place)
    context.close()
    return ready, again, *fetched


def _ready(page: Any, place: str) -> float:
    began = time.monotonic()
    page.goto(place, wait_until="commit")
    page.locator("body[data-ready]").wait_for(state="attached")
    took = time.monotonic() - began
    if page.evaluate("document.body.dataset.ready") == "failed":
        raise RuntimeError(f"Expected {place} to open, but its editor failed.")
    return took


if __name__ == "__main__":
    for figure in figures():
        print(figure)
