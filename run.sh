#!/bin/sh
# How to do things with Alur.  Each function below is a task:  ./run.sh demo
set -eu
cd "$(dirname "$0")"

# The virtual environment is made and kept up to date by every task that needs it.
VENV=${ALUR_VENV:-.venv}
PYTHON=${PYTHON:-python3}

install() { # make .venv and install Alur into it, to run
    _install "" "-e ."
}

demo() { # a synthetic small city at http://127.0.0.1:8080/, with logins for every role
    install
    exec "$VENV/bin/alur" demo "$@" # a signal to end reaches the server itself
}

test() { # everything: style, types, layers, engine, hr, pages, processes, browser, on both databases
    _install "-test" "-e .[test]"
    _say_what_is_missing
    "$VENV/bin/python" -m pytest -n "${ALUR_TEST_PROCESSES:-auto}" --dist worksteal -q "$@"
}

lint() { # style and layers
    _install "-test" "-e .[test]"
    "$VENV/bin/ruff" check .
    "$VENV/bin/ruff" format --check .
    "$VENV/bin/lint-imports" --no-cache
}

typing() { # types, strictly
    _install "-test" "-e .[test]"
    "$VENV/bin/mypy" --strict --package=engine --package=hr --package=web
}

format() { # rewrite what style wants otherwise
    _install "-test" "-e .[test]"
    "$VENV/bin/ruff" check --fix . || true
    "$VENV/bin/ruff" format .
}

serve() { # the pages and one worker, on the database of ALUR_DATABASE_URL
    install
    "$VENV/bin/alur" db upgrade
    exec "$VENV/bin/alur" serve "$@"
}

worker() { # one more worker, on this or on another machine
    install
    exec "$VENV/bin/alur" worker
}

scenarios() { # play the stories of all processes, or of the folders given
    install
    "$VENV/bin/alur" test "$@"
}

bench() { # what things cost, against fixed baselines: all figures, or the one named
    install
    "$VENV/bin/alur" bench "$@"
}

drill() { # search for trouble longer than a test may: ./run.sh drill feel --seconds 120
    _install "-drill" "-e .[drill]"
    "$VENV/bin/alur" drill "$@"
}

wheel() { # build dist/alur-*.whl
    _install "-test" "-e .[test]"
    "$VENV/bin/pip" wheel --quiet --no-deps --wheel-dir dist .
    ls dist
}

browser() { # where to get a browser for the tests, when there is no Chromium
    _install "-test" "-e .[test]"
    "$VENV/bin/playwright" install chromium
}

help() { # this list
    sed -n 's/^\([a-z]*\)() { # \(.*\)/  \1\t\2/p' "$0"
}

# ---- what the tasks share

_install() { # $1: mark of what is installed, $2: what pip is to install
    if ! [ -x "$VENV/bin/python" ]; then
        "$PYTHON" -m venv "$VENV"
    fi
    # The core is part of the test installation: do not take it back.
    newest="$VENV/.installed-test"
    if [ "$1" = "" ] && [ -e "$newest" ] && _is_current "$newest"; then return; fi
    if _is_current "$VENV/.installed$1"; then return; fi
    echo "Installing Alur into $VENV ..." >&2
    quiet=--quiet
    [ -t 2 ] && quiet="" # somebody watches: pip shows how far it is
    # shellcheck disable=SC2086  # options and a list of what to install
    "$VENV/bin/python" -m pip install $quiet --disable-pip-version-check $2
    touch "$VENV/.installed$1"
}

_is_current() { # $1: the mark; nothing that decides what is installed is newer
    [ -e "$1" ] && [ -z "$(find pyproject.toml hatch_build.py web/frontend -newer "$1" \
        -not -path '*/node_modules*' -type f 2>/dev/null | head -n 1)" ]
}

_say_what_is_missing() {
    "$VENV/bin/python" -m tests.missing
}

task=${1:-help}
[ $# -gt 0 ] && shift
case "$task" in
    install | demo | test | lint | typing | format | serve | worker | scenarios | bench | drill | wheel | browser | help) "$task" "$@" ;;
    *) help && exit 2 ;;
esac
