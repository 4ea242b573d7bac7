"""The drill `feel`: bytes become expressions and DMN files; only what is promised may come out.

    alur drill feel --seconds 120

atheris (the extra `drill`) changes the bytes so that they reach ever more of engine.feel and
engine.dmn.  What breaks the promise is printed, and kept under var/drill/feel/ beside the inputs
that reached something new, with which the next run begins.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from bench.drills import ROOT

try:
    import atheris
except ImportError:
    print('Expected atheris, but it is not installed: pip install "alur[drill]".', file=sys.stderr)
    sys.exit(2)

with atheris.instrument_imports(include=["engine.feel", "engine.dmn"]):
    from engine.dmn import load
    from engine.dmn.check import check, check_file
    from engine.errors import InvalidProcess
    from engine.feel import FeelError, compile, evaluate
    from engine.feel.builtins import NAMES
    from engine.feel.scope import KEYWORDS
    from engine.feel.translate import script_in_feel, translate
    from engine.feel.values import from_json, to_json

CONTEXT: dict[str, Any] = {
    "nilai": 92.5,
    "masa kerja": {"bulan": 52, "pre-service": None},
    "pegawai": [{"nip": "1", "nilai": 80}, {"nip": "2", "nilai": None}],
    "kosong": None,
}
_KEPT = ROOT / "var" / "drill" / "feel"


def one(data: bytes) -> None:
    """Try one input: its first byte says as what."""
    kind, text = data[:1], data[1:].decode("utf-8", "surrogateescape")
    if kind == b"<":
        _as_model(data)
    elif kind == b"?":
        _as_cell(text)
    elif kind == b"~":
        _as_pattern(text)
    else:
        _as_expression(text)


def _as_expression(text: str) -> None:
    translated = translate(text) or script_in_feel(text)
    if translated:
        compile(translated)
    try:
        value = evaluate(text, CONTEXT, notes=[])
    except FeelError as error:
        _expect_thought_of(error)
        return
    try:
        written = to_json(value)
    except ValueError as error:
        if "stored" not in str(error):
            raise
        return
    if to_json(from_json(written)) != written:
        raise AssertionError(f"{text!r} gives a value that changes when it is stored")


def _as_cell(text: str) -> None:
    try:
        verdict = compile(text, CONTEXT, unary=True).evaluate(CONTEXT, input=92)
    except FeelError as error:
        _expect_thought_of(error)
        return
    if verdict not in (True, False, None):
        raise AssertionError(f"{text!r} as a cell gives {verdict!r}")


def _as_pattern(text: str) -> None:
    pattern, _, rest = text.partition("~")
    context = {"p": pattern, "t": rest}
    for call in ("matches(t, p)", 'replace(t, p, "[$0]")', "split(t, p)", 'matches(t, p, "xi")'):
        try:
            evaluate(call, context)
        except FeelError as error:
            _expect_thought_of(error)


def _as_model(data: bytes) -> None:
    for finding in check_file(data):
        if not (finding.message and finding.rule):
            raise AssertionError(f"a finding says nothing: {finding}")
    try:
        model = load(data)
    except InvalidProcess:
        return
    check(model)
    for decision in model.decisions:
        if decision.name:
            model.inputs(decision.name)
            model.outputs(decision.name)
            model.explain(decision.name, {"predicate": "B", "minutes": 3, "results": [{}]})


def _expect_thought_of(error: FeelError) -> None:
    """Fail where an error was caught by the last net only."""
    if "to give a value, but:" in error.message:
        raise AssertionError(error.message) from error


def _seeds(folder: Path) -> None:
    """Write what to begin with: the guide's expressions, the city's tables, patterns."""
    guide = (ROOT / "docs" / "feel.md").read_text()
    lines = [line.rpartition("=>")[0].strip() for line in guide.splitlines() if "=>" in line]
    texts = [f" {line}".encode() for line in lines]
    texts += [b"?>= 90", b'?"Baik", not("SK")', b"?[1..5)", b"~^(a|b)+[^c-e]{1,3}$~abab"]
    texts += [path.read_bytes() for path in sorted((ROOT / "workflows").rglob("*.dmn"))]
    for number, text in enumerate(texts):
        (folder / f"seed-{number:03}").write_bytes(text)


def _words(file: Path) -> None:
    """Write the words of the language, so that they need not be found letter by letter."""
    words = [*sorted(KEYWORDS), *sorted(NAMES), "instance of", "satisfies", "..", '@\\"P1D\\"']
    words += ["<decisionTable", "<literalExpression>", "<text>", "hitPolicy=", "typeRef="]
    file.write_text("".join(f'"{word}"\n' for word in words))


def main() -> None:
    """Search for some time, and leave with status 1 if something was found."""
    parser = argparse.ArgumentParser(prog="alur drill feel")
    parser.add_argument("--seconds", type=int, default=60, help="how long to search")
    seconds = parser.parse_args().seconds
    for folder in ("seeds", "reached"):
        (_KEPT / folder).mkdir(parents=True, exist_ok=True)
    _seeds(_KEPT / "seeds")
    _words(_KEPT / "words")
    options = [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={_KEPT}/",
        f"-dict={_KEPT / 'words'}",
        "-max_len=20000",
        "-timeout=30",
    ]
    # never comes back: the library ends the process, with a status above 0 after a fault
    atheris.Setup([sys.argv[0], *options, str(_KEPT / "reached"), str(_KEPT / "seeds")], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
