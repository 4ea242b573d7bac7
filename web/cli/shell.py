"""What all commands share: the group they hang on, where they write, how they refuse."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from web.settings import InvalidSetting

P = ParamSpec("P")
R = TypeVar("R")

# Findings and tables are the result: stdout.  Progress and explanations are not: stderr.
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alur")
def main() -> None:
    """Alur runs a city's civil-service performance management as BPMN processes."""


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Turn what our own code refuses into one sentence and an exit status."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except InvalidSetting as error:
            err.print(str(error), markup=False)
            sys.exit(2)
        except Exception as error:
            if not _is_ours(error):
                raise
            err.print(str(error) or (type(error).__doc__ or "").strip(), markup=False)
            sys.exit(1)

    return run


def _is_ours(error: Exception) -> bool:
    from engine.errors import EngineError
    from web.bootstrap import NotReady
    from web.clock import NotADemo
    from web.keys import KeyProblem

    return isinstance(error, EngineError | NotReady | KeyProblem | NotADemo | OSError)


@contextmanager
def progress() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        yield progress
