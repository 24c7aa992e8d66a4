"""Build: a downloaded document → a packed file, in a process of its own.

A million entries cost a few hundred megabytes and ten seconds while they are read: not in the proxy, which
would keep the memory and make clicks wait. ``python -m sekisho.providers.feeds.build`` reads one job as JSON
from standard input and answers with one JSON object: ``{"count": …}`` or ``{"refused": "…"}``.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sekisho
from sekisho.atomic_file import write_whole
from sekisho.providers.feeds.cancel_token import CancelToken
from sekisho.providers.feeds.entries import FeedError, read_entries
from sekisho.providers.feeds.spec import Form
from sekisho.rulebook.packed_hosts import pack

VERSION = 1
"""Of what the entries mean; another one makes every packed file anew."""
BUILD_SECONDS = 300.0
"""A million entries take fifteen; a small box is ten times slower."""


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a document."""

    count: int
    """Entries in the packed file."""
    read: int
    """Entries of the document, before any is dropped."""
    unreadable: int
    shared: int
    """Lines that were dropped: no host; a public suffix or a whole platform."""


def build_file(source: Path, form: Form, field: str, target: Path, shared: Collection[str]) -> Built:
    """Read the document `source` and write the packed file `target`, in this process.

    Raises FeedError where the document cannot be used, OSError where a file cannot be read or written.
    """
    text = source.read_bytes().decode("utf-8", "replace")
    entries = read_entries(text, form, field, shared)
    del text
    pages = sum(key.endswith("/") for key in entries.keys)
    count = len(entries.keys) - pages
    write_whole(target, pack(_taken_out(entries.keys)))
    return Built(count, entries.read, entries.unreadable, entries.shared)


def _taken_out(keys: dict[str, int]) -> Iterator[tuple[str, int]]:
    """The items of a dict that is empty afterwards, so that a million names are not held twice."""
    while keys:
        yield keys.popitem()


def build_apart(
    source: Path,
    form: Form,
    field: str,
    target: Path,
    shared: Collection[str],
    *,
    cancel_token: CancelToken | None = None,
    seconds: float = BUILD_SECONDS,
) -> Built:
    """As `build_file`, in a child process. Raises FeedError for whatever goes wrong there."""
    job = json.dumps([str(source), form.value, field, str(target), sorted(shared)])
    package = str(Path(sekisho.__file__).parent.parent)
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    with (
        subprocess.Popen(
            [sys.executable, "-P", "-m", "sekisho.providers.feeds.build"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        ) as child,
        (cancel_token or CancelToken()).watching(child.kill),
    ):
        try:
            output, errors = child.communicate(job.encode(), seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            raise FeedError(f"reading it took longer than {seconds:g} seconds") from None
        except BaseException:
            child.kill()
            raise
    try:
        answer: dict[str, Any] = json.loads(output)
        if "refused" in answer:
            raise FeedError(answer["refused"])
        return Built(**answer)
    except (ValueError, TypeError) as error:
        last = (errors.decode("utf-8", "replace").strip().splitlines() or ["no message"])[-1]
        sentence = (
            f"the process that reads it ended with {child.returncode} ({last[:200]}); perhaps memory is short"
        )
        raise FeedError(sentence) from error


def main() -> None:
    """The child process: one job in, one answer out."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)  # a click is more urgent
    source, form, field, target, shared = json.load(sys.stdin)
    try:
        answer = asdict(build_file(Path(source), Form(form), field, Path(target), frozenset(shared)))
    except FeedError as error:
        answer = {"refused": str(error)}
    except OSError as error:
        answer = {"refused": f"{error.filename} cannot be written ({error.strerror})"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
