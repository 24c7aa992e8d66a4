# Sourced by the other scripts: finds a Python, makes .venv and installs what is asked for.
# shellcheck shell=sh

# Prints the path of a Python >= 3.12 that can make a virtual environment.
find_python() {
    for candidate in ${PYTHON:-} python3.13 python3.12 python3.14 python3 python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python; do
        fits "$candidate" && command -v "$candidate" && return
    done
    if command -v uv >/dev/null 2>&1; then
        candidate=$(uv python find --no-python-downloads '>=3.12' 2>/dev/null) || candidate=
        [ -n "$candidate" ] && fits "$candidate" && echo "$candidate" && return
    fi
    {
        echo "sekisho: no Python 3.12 or newer was found."
        echo "  looked for: python3.13, python3.12, python3 on the PATH; pyenv's versions; uv's versions"
        echo "  what to do: install one (Debian 13, Ubuntu 24.04: apt install python3 python3-venv;"
        echo "              macOS: brew install python@3.13; anywhere: uv python install 3.13),"
        echo "              or name it: PYTHON=/path/to/python $0"
    } >&2
    return 1
}

# A pyenv shim is on the PATH even where it leads nowhere, so each candidate is run.
fits() {
    "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

# install LOCK: the environment with these locked packages, and the checkout itself.
# Does nothing where the same lock was installed before.
install() {
    stamp=.venv/$(cat "$1" pyproject.toml | cksum | tr ' ' -).installed
    [ -e "$stamp" ] && .venv/bin/python -c '' 2>/dev/null && return
    python=$(find_python) || exit 1
    if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        rm -rf .venv
        echo "sekisho: making .venv with $("$python" --version) …" >&2
        if ! "$python" -m venv .venv >.venv.log 2>&1; then
            cat .venv.log >&2
            echo "sekisho: $python cannot make a virtual environment (on Debian: apt install python3-venv)" >&2
            rm -rf .venv .venv.log
            exit 1
        fi
        rm -f .venv.log
    fi
    echo "sekisho: installing what it needs (the first time this takes a minute) …" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$1" >&2 || exit 1
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps \
        --editable . >&2 || exit 1
    : >"$stamp"
}

# debian PACKAGE...: what the suite needs from the distribution, where it is missing.
debian() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -z "$missing" ] && return
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "sekisho: this is no Debian or Ubuntu; install by hand:$missing" >&2
        return
    fi
    root=
    [ "$(id -u)" = 0 ] || root=sudo
    echo "sekisho: installing$missing …" >&2
    $root apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq \
        --no-install-recommends $missing >/dev/null || exit 1
}
