"""The `phone` figure: a first visit of the task page, and the page after it, on a slow phone.

A real browser at 390 px, held by its own protocol to 400 kbit/s, 300 ms and a quarter of the CPU.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import databases
from bench.house import MODELS, House

VISITS = 5
_LINE = {
    "offline": False,
    "latency": 300,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}


@dataclass(frozen=True)
class Figure:
    """Middle of some visits, in seconds, and what the first page of one fetched.

    next_page_s -- one more page, its parts known; sent_s -- a submission with the page after it
    """

    visits: int
    usable_s: float
    next_page_s: float
    sent_s: float
    requests: int
    bytes: int


def figures() -> Iterator[Figure]:
    """Visit a task, fill it in, send it, and see the page that follows."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, databases.new("sqlite", Path(name)) as url:
        house = House(Path(name), url)
        key = house.deploy(MODELS / "two_step")
        for _ in range(VISITS):
            house.start(key)
        with house.serving() as server, sync_playwright() as player:
            browser = player.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
            address = f"http://127.0.0.1:{server.port}"
            seen = [
                _visit(browser, address, task, house.cookie("EMP"))
                for task in house.open_tasks("request")
            ]
            browser.close()
        house.close()
    usable, following, sent, requests, size = zip(*seen, strict=True)
    middle = len(seen) // 2
    yield Figure(
        len(seen),
        round(sorted(usable)[middle], 2),
        round(sorted(following)[middle], 2),
        round(sorted(sent)[middle], 2),
        max(requests),
        max(size),
    )


def _visit(
    browser: Any, address: str, task: int, cookie: str
) -> tuple[float, float, float, int, int]:
    name, _, value = cookie.partition("=")
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    phone = context.new_cdp_session(page)
    phone.send("Network.enable")
    phone.send("Network.emulateNetworkConditions", _LINE)
    phone.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    weights: list[int] = []
    phone.on("Network.loadingFinished", lambda one: weights.append(one["encodedDataLength"]))
    began = time.monotonic()
    page.goto(f"{address}/tasks/{task}", wait_until="commit")
    page.locator("[name='subject']").fill("Cuti")  # waits until it can be typed into
    usable = time.monotonic() - began
    page.wait_for_load_state("networkidle")
    fetched = len(weights), sum(weights)
    page.locator("[name='days']").fill("2")
    began = time.monotonic()
    page.locator(".al-actions button[value='complete']").click(no_wait_after=True)
    page.wait_for_url("**/sent")
    page.locator("main h1").wait_for()
    sent = time.monotonic() - began
    began = time.monotonic()
    page.goto(f"{address}/tasks/{task}", wait_until="commit")
    page.locator("main h1").wait_for()
    following = time.monotonic() - began
    context.close()
    return usable, following, sent, *fetched


def _chromium() -> str | None:
    import shutil

    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


if __name__ == "__main__":
    for figure in figures():
        print(figure)
