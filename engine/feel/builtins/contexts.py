"""Built-in functions on contexts: reading, building, putting and merging entries."""

from __future__ import annotations

from typing import Any

from engine.feel.builtins.registry import NoResult, builtin
from engine.feel.run import Run
from engine.feel.types import type_of


@builtin("get value(m: context, key: string)")
@builtin("get value(context: context, key: string)")
def get_value(run: Run, context: dict[str, Any], key: str) -> Any:
    if key not in context:
        raise NoResult(f"Expected an entry `{key}`, but the context has none.")
    return context[key]


@builtin("get value(context: context, keys: list)")
def get_value_at(run: Run, context: dict[str, Any], keys: list[Any]) -> Any:
    value: Any = context
    for key in keys:
        if type(value) is not dict or type(key) is not str or key not in value:
            raise NoResult(f"Expected an entry `{key}`, but there is none.")
        value = value[key]
    return value


@builtin("get entries(m: context)")
@builtin("get entries(context: context)")
def get_entries(run: Run, context: dict[str, Any]) -> list[dict[str, Any]]:
    run.budget.grown(len(context))
    run.budget.spend(len(context) * 2)
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context(entries: list)")
def build(run: Run, entries: list[Any]) -> dict[str, Any]:
    run.budget.grown(len(entries))
    built: dict[str, Any] = {}
    for entry in entries:
        if type(entry) is not dict or "value" not in entry or type(entry.get("key")) is not str:
            raise NoResult("Expected entries with `key` (a text) and `value`, but one is not so.")
        if entry["key"] in built:
            raise NoResult(f"Expected every key once, but {entry['key']!r} is there twice.")
        built[entry["key"]] = entry["value"]
    return built


@builtin("context put(context: context, key: string, value: any)")
def put(run: Run, context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    run.budget.grown(len(context) + 1)
    return {**context, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def put_at(run: Run, context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    if not keys:
        raise NoResult("Expected at least one key, but there is none.")
    return _put(run, context, keys, 0, value)


def _put(run: Run, context: Any, keys: list[Any], index: int, value: Any) -> dict[str, Any]:
    key = keys[index]
    if type(context) is not dict or type(key) is not str or index > 100:
        raise NoResult(f"Expected a context for the key {key!r}, but got a {type_of(context)}.")
    run.budget.grown(len(context) + 1)
    inner = value if index == len(keys) - 1 else _put(run, context.get(key), keys, index + 1, value)
    return {**context, key: inner}


@builtin("context merge(contexts: list)")
def merge(run: Run, contexts: list[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for context in contexts:
        if type(context) is not dict:
            raise NoResult(f"Expected contexts to merge, but there is a {type_of(context)}.")
        run.budget.grown(len(context) + 2)
        merged.update(context)
    return merged
