"""The bundle as it is sent: packed by the build, whole for who cannot unpack, and small enough."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from flask import Flask

from engine.feel.builtins import BUILTINS
from web.parts import assets

FRONTEND = Path(__file__).parents[3] / "web/frontend"
FRAME = ("app.css", "app.js", "studio.css", "icons.svg", "alur.svg")
FONTS = {"bpmn": ("bpmn-",), "dmn": ("bpmn-", "dmn-"), "form": ()}


@pytest.fixture
def bundle() -> dict[str, dict[str, list[str]]]:
    file = assets.BUNDLE / "manifest.json"
    if not file.is_file():
        pytest.skip("no built front end")
    return json.loads(file.read_text())


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", None)],
)
def test_a_file_is_sent_as_the_browser_unpacks_it(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, accepted: str, encoding: str | None
) -> None:
    (tmp_path / "app-AB12.js").write_bytes(b"export {};")
    (tmp_path / "app-AB12.js.br").write_bytes(b"packed by brotli")
    (tmp_path / "app-AB12.js.gz").write_bytes(gzip.compress(b"export {};"))
    monkeypatch.setattr(assets, "BUNDLE", tmp_path)
    answer = app.test_client().get("/static/app-AB12.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.mimetype == "text/javascript"
    assert answer.vary.as_set() == {"accept-encoding"}
    contents = {"br": b"packed by brotli", "gzip": gzip.compress(b"export {};")}
    assert answer.data == contents.get(encoding or "", b"export {};")


# A line of 2 Mbit/s carries 250 kB in a second: with these an editor stands within three.
@pytest.mark.parametrize(("kind", "most"), [("bpmn", 420_000), ("dmn", 350_000), ("form", 380_000)])
def test_an_editor_stays_within_its_bytes(bundle: dict, kind: str, most: int) -> None:
    own = [bundle[name] for name in (*FRAME, f"studio_{kind}.js", f"studio_{kind}.css")]
    files = {*own, *bundle["imported"][f"studio_{kind}.js"]}
    fonts = [f for f in assets.BUNDLE.glob("*.woff2") if f.name.startswith(FONTS[kind])]
    packed = [assets.BUNDLE / f"{name}.br" for name in files]
    total = sum(file.stat().st_size for file in (*packed, *fonts))
    assert 100_000 < total <= most


def test_formulas_are_completed_with_the_functions_of_our_own_engine() -> None:
    offered = json.loads((FRONTEND / "studio/builtins.json").read_text())
    assert offered == [
        {
            "name": name,
            "type": "function",
            "params": [
                {"name": each.name}
                for each in BUILTINS[name].signatures[0].parameters
                if not each.optional
            ],
            "info": "\n".join(BUILTINS[name].described()),
        }
        for name in sorted(BUILTINS)
    ]
